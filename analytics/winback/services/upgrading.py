"""Better service for a while: begun within the plan, ended by the clock (CUS-106)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.winback.errors import WinbackError
from analytics.winback.models import ServiceUpgrade, ToolUse, WinbackCase
from analytics.winback.policies import rules_at
from analytics.winback.rules.deadlines import due_at
from analytics.winback.rules.words import CaseState, Tool, Upgrade
from analytics.winback.services.rewarding import spend
from crm_site.audit.services import record
from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.services import calendar_for
from crm_site.ledger.services import Posting
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.journey.tried import in_company_words
from customers.rules.axes import TaskKind
from customers.rules.text import clean_text
from customers.services.notices import DIGITS
from customers.services.tasks import TaskEntry, create_tasks
from service.surveys.models import SurveyResponse

ADVISER: Final = "winback.adviser"
ENDED: Final = "winback.upgrade_ended"
SURVEY, ASKED = "survey", "asked"
EXPIRED, STOPPED = "expired", "stopped"
ASK: Final = gettext_lazy("Ask how satisfied the customer is after: %(what)s")
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What somebody grants: what, until when, by whom, and how satisfied the customer is now."""

    kind: Upgrade
    what: str
    ends_at: datetime
    adviser: User | None = None
    before: Decimal | None = None


def rating_of(customer_id: int, *, since: datetime, until: datetime) -> Decimal | None:
    """Return the newest satisfaction (1 to 10) the customer gave in a survey in that time."""
    rows = SurveyResponse.objects.filter(
        customer=customer_id, rating__isnull=False, at__gt=since, at__lte=until
    )
    found: Decimal | None = rows.order_by("-at").values_list("rating", flat=True).first()
    return found


@transaction.atomic
def grant(*, case: WinbackCase, given: Upgraded, actor: User, now: datetime) -> ServiceUpgrade:
    """Begin an upgrade and return it; its cost is charged to the plan of the case.

    Without an entered satisfaction the newest survey answer of the last year is taken. Raise
    WinbackError for a case that is over, a time that is not ahead or too long, an upgrade that
    runs already, a missing adviser, or a cost the plan does not cover.
    """
    rules = rules_at(now)
    _check(case, given, rules.upgrade_days, now)
    survey = rating_of(case.customer_id, since=now - YEAR, until=now)
    before = given.before if given.before is not None else survey
    cost = rules.upgrade_costs[given.kind.value]
    try:
        with transaction.atomic():
            made = ServiceUpgrade.objects.create(
                case=case,
                customer_id=case.customer_id,
                kind=given.kind.value,
                what=clean_text(given.what)[:200],
                adviser=given.adviser if given.kind is Upgrade.ADVISER else None,
                cost=cost,
                starts_at=now,
                ends_at=given.ends_at,
                before=before,
                before_source="" if before is None else ASKED if given.before else SURVEY,
                by=actor,
            )
    except IntegrityError as error:
        raise WinbackError(_("The customer has this upgrade already.")) from error
    if cost:
        posting = Posting(
            amount=cost, kind="upgrade", key=f"upgrade:{made.pk}", note=made.what,
            more={"case": case},
        )  # fmt: skip
        spend(case=case, posting=posting, actor=actor, now=now)
    ToolUse.objects.create(case=case, tool=Tool.UPGRADE.value, key=str(made.pk), cost=cost, at=now)
    _tell_adviser(made, now)
    record(
        kind="winback.upgraded",
        actor=actor,
        subject=("customer", case.customer_id),
        facts={"case": case.pk, "kind": made.kind, "until": made.ends_at.isoformat()},
        now=now,
    )
    return made


def _check(case: WinbackCase, given: Upgraded, most: int, now: datetime) -> None:
    if case.state != CaseState.OPEN:
        raise WinbackError(_("This case is over."))
    if not now < given.ends_at <= now + timedelta(days=most):
        raise WinbackError(_("Choose an end within the next %(days)s days.") % {"days": most})
    if not clean_text(given.what):
        raise WinbackError(_("Say what the customer gets."))
    if given.kind is Upgrade.ADVISER and given.adviser is None:
        raise WinbackError(_("Name the adviser."))


def _tell_adviser(made: ServiceUpgrade, now: datetime) -> None:
    if made.adviser is None:
        return
    send_many(
        [
            Outgoing(
                kind=ADVISER,
                recipient=made.adviser,
                key=f"winback-adviser:{made.pk}",
                params=_words(made),
                subject=("customer", made.customer_id),
            )
        ],
        now=now,
    )


def _words(made: ServiceUpgrade) -> dict[str, Any]:
    return {
        "customer": DIGITS.sub("…", made.customer.name),
        "what": DIGITS.sub("…", made.what),
        "until": made.ends_at.isoformat(),
    }


@transaction.atomic
def stop(*, upgrade: ServiceUpgrade, actor: User, now: datetime) -> ServiceUpgrade:
    """End an upgrade early and return it; raise WinbackError for one that has ended."""
    row: ServiceUpgrade = ServiceUpgrade.objects.select_for_update(of=("self",)).get(pk=upgrade.pk)
    if row.ended_at is not None:
        raise WinbackError(_("This upgrade has ended."))
    _end(row, STOPPED, now)
    record(
        kind="winback.upgrade_stopped",
        actor=actor,
        subject=("customer", row.customer_id),
        facts={"upgrade": row.pk},
        now=now,
    )
    return row


@transaction.atomic
def rate_after(*, upgrade: ServiceUpgrade, rating: Decimal, now: datetime) -> ServiceUpgrade:
    """Write how satisfied the customer is after an upgrade; raise WinbackError while it runs."""
    row: ServiceUpgrade = ServiceUpgrade.objects.select_for_update(of=("self",)).get(pk=upgrade.pk)
    if row.ended_at is None:
        raise WinbackError(_("Ask once the upgrade has ended."))
    row.after, row.after_source, row.updated_at = rating, ASKED, now
    row.save(update_fields=["after", "after_source", "updated_at"])
    return row


@transaction.atomic
def end_due(*, now: datetime, limit: int = 500) -> int:
    """End the upgrades whose time is over and ask for the satisfaction after; return how many."""
    rows = ServiceUpgrade.objects.filter(ended_at__isnull=True, ends_at__lte=now)
    due = rows.select_related("customer", "case__owner", "by").order_by("ends_at", "pk")
    found = list(due.select_for_update(of=("self",), skip_locked=True)[:limit])
    for row in found:
        _end(row, EXPIRED, now)
    return len(found)


def _end(row: ServiceUpgrade, ending: str, now: datetime) -> None:
    row.ended_at, row.ending = now, ending
    row.after = rating_of(row.customer_id, since=row.starts_at, until=now)
    row.after_source = SURVEY if row.after is not None else ""
    row.save(update_fields=["ended_at", "ending", "after", "after_source", "updated_at"])
    owner = row.case.owner or row.by
    send_many(
        [
            Outgoing(
                kind=ENDED,
                recipient=person,
                key=f"winback-upgrade-ended:{row.pk}:{person.pk}",
                params=_words(row),
                subject=("churn-case", row.case_id),
            )
            for person in {owner, row.adviser or owner}
        ],
        now=now,
    )
    if row.after is None:
        _ask_after(row, owner, now)


def _ask_after(row: ServiceUpgrade, owner: User, now: datetime) -> None:
    """Plan a call that asks for the satisfaction after; none where the customer refuses calls."""
    due = due_at(now, 72, calendar_for(SALES_OFFICE))
    entry = TaskEntry(
        title=in_company_words(ASK, what=row.what)[:200],
        due_at=due.at,
        owner=owner,
        customer=row.customer,
        kind=TaskKind.FOLLOW_UP,
        source="winback-upgrade",
        source_id=str(row.pk),
        subject=("churn-case", row.case_id),
    )
    create_tasks(entries=[entry], actor=None, now=now)
