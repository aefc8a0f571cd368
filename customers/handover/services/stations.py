"""The day of the handover: arrive, station by station, taken over or refused (SVC-82, SVC-91)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.handover import choices
from customers.handover.day_models import DeliveryStop, DeliveryVisit
from customers.handover.errors import DeliveryRefusedError
from customers.handover.models import UnitDelivery
from customers.handover.releasing import handover_gate, release_blockers
from customers.handover.rules import Refusal, Station, next_station
from customers.handover.services.slots import gaps_of, give_back, lock_delivery
from customers.purchase.hooks import blockers
from customers.purchase.models import Purchase
from customers.purchase.rules import Step
from customers.purchase.services.advancing import hand_over
from customers.purchase.services.locking import lock_purchase
from customers.rules.text import clean_text

NOTE_NEEDED = {Station.IDENTITY, Station.FEES, Station.KEYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What a station notes: in words; at the last one who signed and how satisfied (1 to 5)."""

    note: str = ""
    signed_name: str = ""
    satisfaction: int | None = None


@transaction.atomic
def arrive(*, delivery: UnitDelivery, escort: str, actor: User, now: datetime) -> DeliveryVisit:
    """Let an invited buyer in and queue at the first station; return the visit.

    Raise DeliveryRefusedError while the roster of the day has gaps (SVC-94) or the unit is not
    released, StaleError where the buyer is on site or has taken over already.
    """
    current = lock_delivery(delivery)
    if current.taken_at is not None:
        raise StaleError(_("The unit is taken over already."))
    if current.invited_at is None:
        raise DeliveryRefusedError(_("The buyer has no handover notice yet."))
    _refuse_unreleased(current)
    gaps = gaps_of(current.batch, timezone.localdate(now))
    if gaps:
        words = {"duties": ", ".join(gaps)}
        raise DeliveryRefusedError(_("Nobody stands on today's roster for: %(duties)s") % words)
    try:
        with transaction.atomic():
            visit = DeliveryVisit.objects.create(
                delivery=current, arrived_at=now, escort=clean_text(escort), received_by=actor
            )
    except IntegrityError as error:
        raise StaleError(_("The buyer is on site already.")) from error
    DeliveryStop.objects.create(visit=visit, station=Station.IDENTITY.value, queued_at=now)
    current.refused_at, current.refusal, current.refusal_reason = None, "", ""
    current.save(update_fields=["refused_at", "refusal", "refusal_reason", "updated_at"])
    _audit("delivery.arrived", current, actor, now)
    return visit


@transaction.atomic
def call_up(*, visit: DeliveryVisit, actor: User, now: datetime) -> DeliveryStop:
    """Call the buyer to the station they wait for, which ends the waiting; return the stop."""
    lock_delivery(visit.delivery)
    stop = current_stop(visit)
    called = DeliveryStop.objects.filter(pk=stop.pk, called_at=None)
    if not called.update(called_at=now, served_by=actor):
        raise StaleError(_("The buyer is at this station already."))
    stop.refresh_from_db()
    return stop


@transaction.atomic
def pass_station(
    *, visit: DeliveryVisit, station: Station, passed: Passed, actor: User, now: datetime
) -> DeliveryVisit:
    """Finish the station the buyer is at and queue at the next; the last one hands the unit over.

    Raise StaleError where the buyer is elsewhere, DeliveryRefusedError for what a station lacks,
    PurchaseStepError for everything that keeps the purchase from its last step.
    """
    if station is Station.SIGN:
        return _sign(visit, passed, actor, now)
    if station is Station.FEES:
        _refuse_arrears(visit, now)
    current = lock_delivery(visit.delivery)
    note = clean_text(passed.note)
    if station in NOTE_NEEDED and not note:
        raise DeliveryRefusedError(_("Note what was shown, paid or given."))
    _finish(visit, station, note, now)
    after = next_station(station)
    if after is not None:
        DeliveryStop.objects.create(visit=visit, station=after.value, queued_at=now)
    _audit("delivery.station_passed", current, actor, now, station=station.value)
    return visit


@transaction.atomic
def refuse(
    *, visit: DeliveryVisit, refusal: Refusal, reason: str, actor: User, now: datetime
) -> UnitDelivery:
    """End a visit because the buyer does not take the unit, with the reason; return the handover.

    The purchase stays signed; a new time can be booked.
    """
    words = clean_text(reason)
    if not words:
        raise DeliveryRefusedError(_("Say why the buyer does not take the unit."))
    current = lock_delivery(visit.delivery)
    _end(visit, now, is_taken=False)
    give_back(current)
    current.slot, current.refused_at = None, now
    current.refusal, current.refusal_reason = refusal.value, words
    current.save()
    _audit("delivery.refused", current, actor, now, refusal=refusal.value)
    return current


def current_stop(visit: DeliveryVisit) -> DeliveryStop:
    """Return where the buyer is or waits; raise StaleError once the visit is over."""
    stop = visit.stops.filter(done_at=None).first()
    if stop is None or DeliveryVisit.objects.filter(pk=visit.pk, ended_at=None).count() == 0:
        raise StaleError(_("This visit is over."))
    return stop


def _sign(visit: DeliveryVisit, passed: Passed, actor: User, now: datetime) -> DeliveryVisit:
    name = clean_text(passed.signed_name)
    if not name:
        raise DeliveryRefusedError(_("Enter who signed."))
    purchase = _purchase_of(visit)
    hand_over(purchase=purchase, actor=actor, now=now)  # locks the purchase before the handover
    current = lock_delivery(visit.delivery)
    _refuse_unreleased(current)  # a defect may have been found while the purchase was locked
    _finish(visit, Station.SIGN, clean_text(passed.note), now)
    _end(visit, now, is_taken=True, signed_name=name, satisfaction=passed.satisfaction)
    current.taken_at = now
    current.save(update_fields=["taken_at", "updated_at"])
    _audit("delivery.taken", current, actor, now)
    visit.refresh_from_db()
    return visit


def _refuse_unreleased(delivery: UnitDelivery) -> None:
    found = release_blockers(delivery)
    if found:
        raise DeliveryRefusedError(_("Still open: %(reasons)s") % {"reasons": "; ".join(found)})


def _refuse_arrears(visit: DeliveryVisit, now: datetime) -> None:
    """Refuse while another part, such as payments, keeps the purchase from its last step."""
    purchase = lock_purchase(_purchase_of(visit))
    own = set(handover_gate(purchase, now))
    found = [words for words in blockers(purchase, Step.HAND_OVER, now=now) if words not in own]
    if found:
        raise DeliveryRefusedError(_("Still open: %(reasons)s") % {"reasons": "; ".join(found)})


def _purchase_of(visit: DeliveryVisit) -> Purchase:
    purchase: Purchase = Purchase.objects.get(deliveries=visit.delivery)
    return purchase


def _finish(visit: DeliveryVisit, station: Station, note: str, now: datetime) -> None:
    stop = current_stop(visit)
    if stop.station != station:
        words = {"station": dict(choices.STATIONS)[stop.station]}
        raise StaleError(_("The buyer is at “%(station)s” meanwhile. Reload.") % words)
    done = DeliveryStop.objects.filter(pk=stop.pk, called_at__isnull=False, done_at=None)
    if not done.update(done_at=now, note=note[:200]):
        raise DeliveryRefusedError(_("Call the buyer to the station first."))


def _end(visit: DeliveryVisit, now: datetime, *, is_taken: bool, **facts: object) -> None:
    running = DeliveryVisit.objects.filter(pk=visit.pk, ended_at=None)
    if not running.update(ended_at=now, is_taken=is_taken, **facts):
        raise StaleError(_("This visit is over."))


def _audit(kind: str, delivery: UnitDelivery, actor: User, now: datetime, **facts: object) -> None:
    record(kind=kind, actor=actor, subject=("delivery", delivery.pk), facts=facts, now=now)
