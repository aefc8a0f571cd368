"""Keeping a desk of the sales office for a signature (CUS-66)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models.project import Project
from customers.purchase.models import Purchase
from customers.purchase.rules import Step, may_step
from customers.signing.errors import DeskError
from customers.signing.models import DeskBooking
from customers.signing.policies import SIGNING, SigningRules
from customers.signing.rules import slots

FARTHEST = 60  # days ahead
ONE_EACH = "desk_one_per_purchase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which desk at which time of which day, by the clock of Shanghai."""

    desk: str
    day: date
    at: time


def book_desk(*, purchase: Purchase, wish: Wish, actor: User, now: datetime) -> DeskBooking:
    """Keep a desk for a subscribed purchase and return the booking.

    Raise DeskError for a time that is over, not offered or taken (naming the desks that are free
    then); StaleError where the purchase has a desk already.
    """
    rules: SigningRules = in_force(SIGNING, at=now).value
    _check(purchase, wish, rules, now)
    starts_at = timezone.make_aware(datetime.combine(wish.day, wish.at))
    ends_at = starts_at + timedelta(minutes=rules.desk_minutes)
    if starts_at <= now:
        raise DeskError(_("This time is over. Choose a later one."))
    try:
        with transaction.atomic():
            Project.objects.select_for_update(no_key=True).get(pk=purchase.project_id)
            free = free_desks(purchase.project_id, rules, starts_at, ends_at)
            if wish.desk not in free:
                words = _("This desk is taken then. Free: %(desks)s.")
                raise DeskError(words % {"desks": ", ".join(free) or "--"})
            row = DeskBooking.objects.create(
                purchase=purchase,
                project_id=purchase.project_id,
                desk=wish.desk,
                starts_at=starts_at,
                ends_at=ends_at,
                booked_by=actor,
            )
            _audit("desk.booked", row, actor, now)
    except IntegrityError as error:
        if ONE_EACH in str(error):
            raise StaleError(_("This purchase has a desk already. Cancel it first.")) from error
        raise
    return row


@transaction.atomic
def cancel_desk(*, booking: DeskBooking, actor: User, now: datetime) -> None:
    """Give a desk back."""
    rows = DeskBooking.objects.filter(pk=booking.pk, cancelled_at=None)
    if not rows.update(cancelled_at=now):
        raise StaleError(_("This booking is cancelled already."))
    _audit("desk.cancelled", booking, actor, now)


def free_desks(
    project_id: int, rules: SigningRules, starts_at: datetime, ends_at: datetime
) -> list[str]:
    """Return the desks nobody has between the two moments."""
    rows = DeskBooking.objects.filter(
        project=project_id, cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    taken = set(rows.values_list("desk", flat=True))
    return [desk for desk in rules.desks if desk not in taken]


def times_of(rules: SigningRules) -> list[time]:
    """Return the times of day at which desks are booked."""
    return slots(first=rules.desk_from, last=rules.desk_until, minutes=rules.desk_minutes)


def free_after_step(purchase: Purchase, step: Step, actor: User | None, now: datetime) -> None:
    """Give a desk back that is still ahead when the purchase ends."""
    if step not in (Step.CANCEL, Step.CHANGE_UNIT, Step.UNSIGN):
        return
    ahead = DeskBooking.objects.filter(purchase=purchase, cancelled_at=None, starts_at__gt=now)
    for row in ahead:
        row.cancelled_at = now
        row.save(update_fields=["cancelled_at"])
        _audit("desk.cancelled", row, actor, now)


def _check(purchase: Purchase, wish: Wish, rules: SigningRules, now: datetime) -> None:
    ahead = wish.day - timezone.localtime(now).date()
    if not may_step(purchase.state, Step.SIGN):
        raise DeskError(_("A desk is booked for a subscribed unit."))
    if wish.at not in times_of(rules) or wish.desk not in rules.desks:
        raise DeskError(_("The desks are not booked at this time."))
    if ahead < timedelta(0):
        raise DeskError(_("This time is over. Choose a later one."))
    if ahead > timedelta(days=FARTHEST):
        raise DeskError(_("Desks are booked at most %(days)s days ahead.") % {"days": FARTHEST})


def _audit(kind: str, row: DeskBooking, actor: User | None, now: datetime) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", row.purchase_id),
        facts={"booking": row.pk, "starts_at": row.starts_at.isoformat()},
        now=now,
    )
