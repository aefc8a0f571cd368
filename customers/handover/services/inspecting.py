"""The simulated inspection and the life of a defect: found, repaired, re-checked (SVC-80)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.handover import choices
from customers.handover.errors import DeliveryRefusedError
from customers.handover.hooks import follow_defect
from customers.handover.models import DefectEvent, DeliveryRoom, UnitDefect, UnitDelivery
from customers.handover.rules import (
    DEFECT_STEPS,
    DefectState,
    DefectStep,
    Occasion,
    Severity,
    Trade,
    rooms_of,
)
from customers.property.launching import store_photo
from customers.property.models import Unit
from customers.rules.text import clean_text

ONCE = "unit_defect_entered_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What somebody found: where, whose work, how bad, in words; ``key`` makes it one record."""

    room: str
    trade: str
    severity: str
    text: str
    photo: bytes | None = None
    key: str = ""


def rooms_in(unit: Unit) -> list[str]:
    """Return the rooms of a unit that are walked."""
    layout = unit.layout
    return rooms_of(
        unit.kind,
        bedrooms=layout.bedrooms if layout else 0,
        living_rooms=layout.living_rooms if layout else 0,
        bathrooms=layout.bathrooms if layout else 0,
    )


def occasion_of(delivery: UnitDelivery) -> Occasion:
    """Return on which occasion a defect found now is found: with the buyer while one is there."""
    is_here = delivery.visits.filter(ended_at=None).exists()
    return Occasion.HANDOVER if is_here else Occasion.SIMULATED


def record_defect(
    *, delivery: UnitDelivery, found: Found, actor: User, now: datetime
) -> UnitDefect:
    """Write a defect and return it; the same person's same key returns the first one.

    Raise DeliveryRefusedError for a room the unit has not, no words, or a unit taken over before.
    """
    words = clean_text(found.text)
    if found.room not in rooms_in(delivery.unit):
        raise DeliveryRefusedError(_("The unit has no such room."))
    if found.trade not in set(Trade) or found.severity not in set(Severity):
        raise DeliveryRefusedError(_("Choose trade and severity."))
    if not words:
        raise DeliveryRefusedError(_("Say what is wrong."))
    known = UnitDefect.objects.filter(found_by=actor, entry_key=found.key)
    earlier: UnitDefect | None = known.first() if found.key else None
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            return _write(delivery, found, words, actor, now)
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
        first: UnitDefect = known.get()
        return first


def _write(
    delivery: UnitDelivery, found: Found, words: str, actor: User, now: datetime
) -> UnitDefect:
    current = UnitDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if current.taken_at is not None:
        raise DeliveryRefusedError(
            _("The unit is taken over. What is found now is reported as a repair.")
        )
    photo = store_photo(data=found.photo, actor=actor, now=now) if found.photo else None
    defect = UnitDefect.objects.create(
        delivery=current,
        occasion=occasion_of(current).value,
        room=found.room,
        trade=found.trade,
        severity=found.severity,
        text=words,
        photo=photo,
        found_by=actor,
        found_at=now,
        entry_key=found.key,
    )
    _note(defect, DefectStep.FOUND, words, actor=actor, now=now)
    return defect


@transaction.atomic
def step_defect(
    *, defect: UnitDefect, step: DefectStep, note: str, actor: User, now: datetime
) -> UnitDefect:
    """Take a defect one step on: repaired, re-check passed, re-check failed; return it.

    Raise DeliveryRefusedError without words on a repair or a failure, StaleError for a step its
    state does not list.
    """
    before, after = DEFECT_STEPS[step]
    words = clean_text(note)
    if not words and step is not DefectStep.ACCEPT:
        raise DeliveryRefusedError(_("Say what was done or what is still wrong."))
    rows = UnitDefect.objects.select_for_update(of=("self",))
    current: UnitDefect = rows.get(pk=defect.pk)
    if current.state != before:
        raise StaleError(
            _("The defect is “%(state)s” meanwhile. Reload.")
            % {"state": dict(choices.DEFECT_STATES)[current.state]}
        )
    current.state = after.value
    current.closed_at = now if after is DefectState.CLOSED else None
    current.failures += step is DefectStep.FAIL
    current.save(update_fields=["state", "closed_at", "failures", "updated_at"])
    _note(current, step, words, actor=actor, now=now)
    return current


@transaction.atomic
def walk_room(*, delivery: UnitDelivery, room: str, actor: User, now: datetime) -> bool:
    """Note a room as walked; return whether it was the last one, which ends the inspection.

    Walking it again changes nothing. Raise DeliveryRefusedError for a room the unit has not.
    """
    rooms = rooms_in(delivery.unit)
    if room not in rooms:
        raise DeliveryRefusedError(_("The unit has no such room."))
    current = UnitDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    DeliveryRoom.objects.get_or_create(
        delivery=current, room=room, defaults={"walked_by": actor, "walked_at": now}
    )
    walked = set(current.rooms.values_list("room", flat=True))
    if current.walked_at is not None or not walked >= set(rooms):
        return False
    current.walked_at = now
    current.save(update_fields=["walked_at", "updated_at"])
    record(
        kind="delivery.walked",
        actor=actor,
        subject=("delivery", current.pk),
        facts={"rooms": len(rooms), "defects": current.defects.count()},
        now=now,
    )
    return True


def _note(defect: UnitDefect, step: DefectStep, words: str, *, actor: User, now: datetime) -> None:
    DefectEvent.objects.create(
        defect=defect, at=now, step=step.value, note=words[:300], actor=actor
    )
    follow_defect(defect, step, actor=actor, now=now)
