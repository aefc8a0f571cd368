"""Times at which buyers come, each for so many at once, and who stands where (SVC-82, SVC-94)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.handover import choices
from customers.handover.day_models import DeliveryDuty
from customers.handover.errors import DeliveryRefusedError, SlotFullError
from customers.handover.models import DeliveryBatch, DeliverySlot, UnitDelivery
from customers.handover.rules import Duty, Side, SlotPlan, roster_gaps
from customers.purchase.models import Purchase
from customers.purchase.rules import Step
from customers.rules.text import clean_text

MOST_SLOTS = 60


@transaction.atomic
def open_slots(*, batch: DeliveryBatch, plan: SlotPlan, actor: User, now: datetime) -> int:
    """Open the slots of a plan, leaving out those that stand already; return how many came.

    Raise DeliveryRefusedError for a plan without a slot, in the past, before the batch begins.
    """
    times = plan.times()
    if not times or plan.capacity < 1:
        raise DeliveryRefusedError(_("No slot fits between these times."))
    if len(times) > MOST_SLOTS:
        raise DeliveryRefusedError(_("These are too many slots. Make them longer."))
    if plan.first <= now or timezone.localtime(plan.first).date() < batch.planned_on:
        raise DeliveryRefusedError(_("The slots begin before the handover does."))
    before = batch.slots.count()
    DeliverySlot.objects.bulk_create(
        [
            DeliverySlot(batch=batch, starts_at=start, ends_at=end, capacity=plan.capacity)
            for start, end in times
        ],
        ignore_conflicts=True,
    )
    made = batch.slots.count() - before
    _audit("delivery.slots_opened", batch, actor, now, slots=made)
    return made


@transaction.atomic
def book_slot(
    *, delivery: UnitDelivery, slot: DeliverySlot, actor: User, now: datetime
) -> UnitDelivery:
    """Book a slot for an invited unit, giving an earlier one back, and return the unit's handover.

    Of two who want the last place one gets it: the place is taken by one conditional update.
    Raise SlotFullError, or DeliveryRefusedError where the unit cannot be booked.
    """
    current = lock_delivery(delivery)
    _refuse_unbookable(current, slot, now)
    if current.slot_id == slot.pk:
        return current
    keys = sorted({slot.pk, current.slot_id or slot.pk})
    list(DeliverySlot.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    free = DeliverySlot.objects.filter(pk=slot.pk, taken__lt=F("capacity"))
    if not free.update(taken=F("taken") + 1):
        raise SlotFullError(_("Somebody else took the last place. Choose another time."))
    give_back(current)
    current.slot, current.due_on = slot, timezone.localtime(slot.starts_at).date()
    current.save(update_fields=["slot", "due_on", "updated_at"])
    _audit("delivery.booked", current.batch, actor, now, delivery=current.pk, slot=slot.pk)
    return current


def give_back(delivery: UnitDelivery) -> None:
    """Give the place of a locked handover's slot back; the caller sets the slot."""
    if delivery.slot_id is not None:
        held = DeliverySlot.objects.filter(pk=delivery.slot_id, taken__gt=0)
        held.update(taken=F("taken") - 1)


def forget_buyer(purchase: Purchase, step: Step, _actor: User | None, now: datetime) -> None:
    """Free what was arranged with a buyer whose signature was taken back; the unit stays walked."""
    if step is not Step.UNSIGN:
        return
    rows = UnitDelivery.objects.select_for_update(of=("self",)).filter(purchase=purchase)
    for delivery in rows.filter(taken_at=None).order_by("pk"):
        give_back(delivery)
        delivery.visits.filter(ended_at=None).update(ended_at=now)
        delivery.purchase = delivery.slot = delivery.invited_at = delivery.due_on = None
        delivery.refused_at, delivery.refusal, delivery.refusal_reason = None, "", ""
        delivery.save()


def lock_delivery(delivery: UnitDelivery) -> UnitDelivery:
    """Lock and return the handover of a unit as it is now."""
    rows = UnitDelivery.objects.select_related("batch__project", "unit__building", "unit__layout")
    current: UnitDelivery = rows.select_for_update(of=("self",)).get(pk=delivery.pk)
    return current


def _refuse_unbookable(delivery: UnitDelivery, slot: DeliverySlot, now: datetime) -> None:
    if delivery.invited_at is None:
        raise DeliveryRefusedError(_("The buyer has no handover notice yet."))
    if delivery.taken_at is not None:
        raise StaleError(_("The unit is taken over already."))
    if slot.batch_id != delivery.batch_id:
        raise DeliveryRefusedError(_("The time belongs to another batch."))
    if slot.starts_at <= now:
        raise DeliveryRefusedError(_("This time is past."))


def put_on_roster(
    *, batch: DeliveryBatch, day: date, duty: Duty, side: Side, name: str, actor: User
) -> DeliveryDuty:
    """Put somebody on the roster of a day and return the line; twice is once.

    Raise DeliveryRefusedError without a name, before the first day, for a lead who is not of the
    property company.
    """
    words = clean_text(name)
    if not words:
        raise DeliveryRefusedError(_("Enter the name."))
    if day < batch.planned_on:
        raise DeliveryRefusedError(_("The handover of this batch begins later."))
    if duty is Duty.LEAD and side is not Side.PROPERTY:
        raise DeliveryRefusedError(_("The property company leads the day."))
    row, _made = DeliveryDuty.objects.get_or_create(
        batch=batch,
        day=day,
        duty=duty.value,
        name=words,
        defaults={"side": side.value, "added_by": actor},
    )
    return row


def gaps_of(batch: DeliveryBatch, day: date) -> list[str]:
    """Return in words the duties of a day for which nobody stands."""
    rows = DeliveryDuty.objects.filter(batch=batch, day=day).values_list("duty", "side")
    words = dict(choices.DUTIES)
    return [str(words[duty.value]) for duty in roster_gaps(rows)]


def _audit(kind: str, batch: DeliveryBatch, actor: User, now: datetime, **facts: object) -> None:
    record(kind=kind, actor=actor, subject=("delivery-batch", batch.pk), facts=facts, now=now)
