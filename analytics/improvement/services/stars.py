"""The service star: nominations, one vote a month, one award an act (ANA-40)."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.improvement.errors import ImprovementError
from analytics.improvement.messages import STAR
from analytics.improvement.people_models import StarAward, StarNomination, StarVote
from analytics.improvement.policies import reward_rules
from analytics.improvement.querysets import AWARD, OWN
from analytics.improvement.services.rewards import REWARD, Grant, enter
from analytics.reviews.querysets import place_of
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.outbox.services import send
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a colleague did for a customer, and when."""

    person: User
    act: str
    happened_on: date


def month_of(now: datetime) -> date:
    """Return the first day of the running month."""
    return timezone.localdate(now).replace(day=1)


def key_of(given: Act) -> str:
    """Return the same key for the same act of the same person, however it is spaced."""
    words = "".join(given.act.split())
    return sha256(f"{given.person.pk}|{given.happened_on}|{words}".encode()).hexdigest()


@transaction.atomic
def nominate(*, given: Act, actor: User, now: datetime) -> StarNomination:
    """Name a colleague of one's region for an act, and return the nomination.

    Raise ValidationError for oneself or a day to come, ImprovementError for an act that is named
    this month or was awarded before.
    """
    if not actor.has_perm(OWN):
        raise NotAllowedError(_("Your role does not name colleagues."))
    if given.person.pk == actor.pk:
        raise ValidationError({"person": _("Name a colleague, not yourself.")})
    if given.happened_on > timezone.localdate(now):
        raise ValidationError({"happened_on": _("The day lies in the future.")})
    key = key_of(given)
    if StarAward.objects.filter(act_key=key).exists():
        raise ImprovementError(_("This act was awarded already."))
    node = given.person.node
    try:
        with transaction.atomic():
            row = StarNomination.objects.create(
                region_id=node.region_id if node else None,
                month_on=month_of(now),
                person=given.person,
                act=given.act.strip(),
                happened_on=given.happened_on,
                act_key=key,
                by=actor,
                at=now,
            )
    except IntegrityError as error:
        raise ImprovementError(_("This act is named already this month.")) from error
    _note("improvement.star_named", row, actor, now)
    return row


@transaction.atomic
def vote(*, nomination: StarNomination, actor: User, now: datetime) -> StarVote:
    """Give one's vote of the month, or move it, and return it; not for oneself."""
    if not actor.has_perm(OWN):
        raise NotAllowedError(_("Your role does not vote."))
    if nomination.person_id == actor.pk:
        raise ImprovementError(_("Vote for a colleague, not for yourself."))
    if nomination.month_on != month_of(now):
        raise ImprovementError(_("The month of this nomination is over."))
    if hasattr(nomination, "award"):
        raise ImprovementError(_("The star of this month is awarded."))
    row, _is_new = StarVote.objects.update_or_create(
        month_on=nomination.month_on,
        voter=actor,
        defaults={"nomination": nomination, "at": now},
    )
    return row


def ranked(region_id: int | None, month_on: date) -> Any:
    """Return the nominations of a month, most votes first, the earlier one on a tie."""
    rows = StarNomination.objects.filter(month_on=month_on, region=region_id)
    rows = rows.annotate(n=Count("votes")).select_related("person", "by", "award")
    return rows.order_by("-n", "at", "pk")


@transaction.atomic
def award(*, month_on: date, actor: User, now: datetime) -> StarAward:
    """Award the nomination with most votes of one's region and post the reward, and return it.

    The reward is that of the policy. Raise ImprovementError where nobody voted, or the star of
    the month or the act was awarded before.
    """
    if not actor.has_perm(AWARD):
        raise NotAllowedError(_("Your role does not award the star."))
    region_id = place_of(actor)
    first = ranked(region_id, month_on).first()
    if first is None or not first.n:
        raise ImprovementError(_("Nobody has a vote yet."))
    rules, _version = reward_rules(now)
    try:
        with transaction.atomic():
            given = Grant(
                person=first.person,
                kind=REWARD,
                amount=rules.star,
                note=_("Service star: %(act)s") % {"act": first.act},
                key=f"star:{first.act_key}",
            )
            entry = enter(given, actor=actor, now=now)
            row = StarAward.objects.create(
                region_id=region_id,
                month_on=month_on,
                nomination=first,
                act_key=first.act_key,
                amount=rules.star,
                entry=entry,
                votes=first.n,
                at=now,
                by=actor,
            )
    except IntegrityError as error:
        raise ImprovementError(_("The star of this month, or this act, was awarded.")) from error
    _note("improvement.star_awarded", first, actor, now)
    send(
        kind=STAR,
        recipient=first.person,
        subject=None,
        params={"month": f"{month_on:%Y-%m}", "act": first.act[:80]},
        key=f"star:{row.pk}",
        now=now,
    )
    return row


def _note(kind: str, row: StarNomination, actor: User, now: datetime) -> None:
    facts = {"month": row.month_on.isoformat()}
    record(kind=kind, actor=actor, subject=("user", row.person_id), facts=facts, now=now)
