"""Incentives on the ledger, honours, the bonus fund with approval and pay list (ANA-36…38)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.improvement.errors import ImprovementError
from analytics.improvement.people_models import (
    Appraisal,
    BonusLine,
    BonusRun,
    Honour,
    IncentiveAccount,
    IncentiveEntry,
)
from analytics.improvement.policies import reward_rules
from analytics.improvement.querysets import APPRAISE, PAY, SIGN, people_under
from analytics.improvement.rules.bonus import divide, fund
from analytics.reviews.figures import asking_of, label_of, lines_of, place_at
from analytics.reviews.querysets import place_of
from analytics.reviews.rules.attained import attainment
from analytics.reviews.rules.periods import Span
from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.ledger.services import Posting, post, reverse
from crm_site.staff.models import User

BONUS, COMMISSION, REWARD = "bonus", "commission", "reward"
APPROVAL: Final = "bonus-fund"
WITHIN: Final = timedelta(days=30)
ADJUSTED_BY: Final = ("conversion_rate", "csat", "clv")  # CAE, CSAT, CLV


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A material incentive; ``key`` makes it happen once."""

    person: User
    kind: str
    amount: Decimal
    note: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HonourDraft:
    """A distinction without money."""

    person: User
    kind: str
    title: str
    reason: str
    given_on: date


def account_of(person: User) -> IncentiveAccount:
    """Return the account of a person, opening it with nothing in it where there is none."""
    found, _is_new = IncentiveAccount.objects.get_or_create(person=person)
    return found


@transaction.atomic
def grant(*, given: Grant, actor: User, now: datetime) -> IncentiveEntry:
    """Write a commission or reward for a person of one's region; the same ``key`` writes once.

    Raise NotAllowedError without the right, ValidationError for no amount or no reason.
    """
    region, node = place_of(actor), given.person.node
    near = node is not None and region in (None, node.region_id)
    if not actor.has_perm(PAY) or not near:
        raise NotAllowedError(_("Your role does not grant this."))
    if given.amount <= 0:
        raise ValidationError({"amount": _("Enter an amount above 0.")})
    if not given.note.strip():
        raise ValidationError({"note": _("Say what it is for.")})
    return enter(given, actor=actor, now=now)


@transaction.atomic
def take_back(*, entry: IncentiveEntry, reason: str, actor: User, now: datetime) -> IncentiveEntry:
    """Reverse an entry with a reason, and return the opposite one; the first one stays."""
    if not actor.has_perm(PAY):
        raise NotAllowedError(_("Your role does not grant this."))
    found: IncentiveEntry = reverse(entry=entry, reason=reason, actor=actor, now=now)
    _audit("improvement.incentive_reversed", found.account, actor, now, entry=found.pk)
    return found


def enter(given: Grant, *, actor: User, now: datetime) -> IncentiveEntry:
    """Write an entry for a person; the caller has checked the right."""
    account = account_of(given.person)
    note = given.note.strip()[:300]
    posting = Posting(amount=given.amount, kind=given.kind, key=given.key[:80], note=note)
    found: IncentiveEntry = post(account=account, posting=posting, actor=actor, now=now)
    facts = {"entry": found.pk, "incentive": given.kind}
    _audit("improvement.incentive_granted", account, actor, now, **facts)
    return found


@transaction.atomic
def honour(*, given: HonourDraft, actor: User, now: datetime) -> Honour:
    """Write a distinction without money for somebody the actor leads, and return it (ANA-38)."""
    person = given.person
    if not actor.has_perm(APPRAISE) or not people_under(actor).filter(pk=person.pk).exists():
        raise NotAllowedError(_("You honour the people you lead."))
    if given.given_on > timezone.localdate(now):
        raise ValidationError({"given_on": _("The day lies in the future.")})
    row = Honour.objects.create(
        person=person,
        kind=given.kind,
        title=given.title.strip(),
        reason=given.reason.strip(),
        given_on=given.given_on,
        by=actor,
    )
    subject, facts = ("user", person.pk), {"kind": given.kind}
    record(kind="improvement.honoured", actor=actor, subject=subject, facts=facts, now=now)
    return row


@transaction.atomic
def compute_bonus(*, span: Span, total_pay: Decimal, actor: User, now: datetime) -> BonusRun:
    """Compute the bonus fund of one's region for a span, with its division, and return it.

    Raise ImprovementError where there is one already, or nobody was appraised for the span.
    """
    if not actor.has_perm(PAY):
        raise NotAllowedError(_("Your role does not compute the bonus fund."))
    if total_pay <= 0:
        raise ValidationError({"total_pay": _("Enter an amount above 0.")})
    region_id = place_of(actor)
    people = _appraised(region_id, span)
    if not people:
        raise ImprovementError(_("Nobody has a published appraisal for this period yet."))
    rules, version = reward_rules(now)
    asking = asking_of(span, place_at(region_id), now)
    lines = lines_of(ADJUSTED_BY, asking)
    shares = {one.kpi.key: attainment(one.reading.value, one.goal, one.kpi.good) for one in lines}
    known = [one for one in shares.values() if one is not None]
    found = fund(
        total_pay, known, base=rules.base, floor=rules.floor, low=rules.low, high=rules.high
    )
    try:
        with transaction.atomic():
            row = BonusRun.objects.create(
                region_id=region_id,
                starts_on=span.starts_on,
                ends_on=span.ends_on,
                total_pay=total_pay,
                factor=found.factor,
                computed=found.computed,
                share=found.share,
                is_below=found.is_below,
                pool=found.pool,
                facts={key: None if one is None else str(one) for key, one in shares.items()},
                policy_version=version,
                by=actor,
            )
    except IntegrityError as error:
        raise ImprovementError(_("The fund of this period was computed already.")) from error
    parts = divide(found.pool, {person: score for person, score in people.items() if score > 0})
    BonusLine.objects.bulk_create(
        [
            BonusLine(run=row, person_id=key, score=people[key], amount=amount)
            for key, amount in sorted(parts.items())
        ]
    )
    _audit("improvement.bonus_computed", row, actor, now, below=found.is_below)
    return row


@transaction.atomic
def ask_approval(*, run: BonusRun, actor: User, now: datetime) -> BonusRun:
    """Ask for the signature of a fund, and return it; raise ImprovementError past the draft."""
    if not actor.has_perm(PAY):
        raise NotAllowedError(_("Your role does not compute the bonus fund."))
    row = _locked(run.pk, "draft")
    asked = Asked(
        kind=APPROVAL, title=str(row), content=content_of(row), subject=("bonus-run", row.pk)
    )
    row.approval = request_approval(asked=asked, requester=actor, now=now)
    row.state = "asked"
    row.save(update_fields=["approval", "state", "updated_at"])
    return row


def content_of(row: BonusRun) -> dict[str, Any]:
    """Return what gets signed: the sum, the share, the floor and every part."""
    parts = row.lines.order_by("person").values_list("person", "amount")
    return {
        "run": row.pk,
        "period": str(row),
        "total_pay": str(row.total_pay),
        "computed": str(row.computed),
        "share": str(row.share),
        "is_below": row.is_below,
        "pool": str(row.pool),
        "parts": [[person, str(amount)] for person, amount in parts],
    }


def decided(approval: Approval, now: datetime) -> None:
    """Follow a decision: signed puts every part on its account, anything else refuses the fund."""
    row = BonusRun.objects.select_for_update(of=("self",)).filter(approval=approval).first()
    if row is None or row.state != "asked":
        return
    if approval.state != Approval.State.APPROVED:
        row.state = "refused"
        row.save(update_fields=["state", "updated_at"])
        return
    row.state = "approved"
    row.save(update_fields=["state", "updated_at"])
    note = _("Bonus fund %(period)s") % {"period": row}
    for line in row.lines.select_related("person").order_by("person"):
        if line.amount > 0:
            given = Grant(
                person=line.person,
                kind=BONUS,
                amount=line.amount,
                note=note,
                key=f"bonus:{row.pk}",
            )
            enter(given, actor=row.by, now=now)


@transaction.atomic
def mark_paid(*, run: BonusRun, actor: User, now: datetime) -> BonusRun:
    """Note that the pay list was paid; raise ImprovementError before the approval."""
    if not actor.has_perm(PAY):
        raise NotAllowedError(_("Your role does not pay the bonus fund."))
    row = _locked(run.pk, "approved")
    row.state, row.paid_on = "paid", timezone.localdate(now)
    row.save(update_fields=["state", "paid_on", "updated_at"])
    _audit("improvement.bonus_paid", row, actor, now)
    return row


def described(content: Any) -> list[tuple[Any, Any]]:
    """Return what is asked, in words."""
    lines = [
        (pgettext_lazy("report", "Period"), content["period"]),
        (gettext_lazy("Total pay (yuan)"), content["total_pay"]),
        (gettext_lazy("Computed share"), f"{content['computed']} %"),
        (gettext_lazy("Share with the floor"), f"{content['share']} %"),
        (gettext_lazy("Fund (yuan)"), content["pool"]),
        (gettext_lazy("People"), len(content["parts"])),
    ]
    if content["is_below"]:
        lines.append((gettext_lazy("Below the floor"), gettext_lazy("Yes: the floor counts")))
    return lines


def register() -> None:
    """Make the approval known."""
    register_approval(
        ApprovalKind(
            key=APPROVAL,
            label=gettext_lazy("Bonus fund"),
            steps=(SIGN,),
            valid_for=WITHIN,
            describe=described,
            request_permission=PAY,
            on_decided=decided,
        )
    )


def adjusted_words(row: BonusRun) -> list[tuple[str, str]]:
    """Return the attainment of each KPI that adjusts a fund, in words."""
    none = _("no data")
    return [
        (label_of(key), f"{Decimal(one).normalize():f}%" if one else none)
        for key, one in row.facts.items()
    ]


def _appraised(region_id: int | None, span: Span) -> dict[int, Decimal]:
    rows = Appraisal.objects.filter(
        starts_on=span.starts_on, ends_on=span.ends_on, state__in=["published", "final"]
    )
    if region_id is not None:
        rows = rows.filter(person__node__region=region_id)
    return dict(rows.filter(person__is_active=True).values_list("person", "total"))


def _locked(pk: int, state: str) -> BonusRun:
    row: BonusRun = BonusRun.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state != state:
        raise ImprovementError(_("The fund is past this step, or not there yet."))
    return row


def _audit(kind: str, row: Any, actor: User | None, now: datetime, **facts: Any) -> None:
    name = "bonus-run" if isinstance(row, BonusRun) else "incentive-account"
    record(kind=kind, actor=actor, subject=(name, row.pk), facts=facts, now=now)
