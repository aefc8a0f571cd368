"""The decision on the warranty of a repair: by the rule of the day the home was handed over."""

from collections.abc import Collection
from datetime import date, datetime, time

from django.db.models import Min
from django.utils import timezone

from customers.models import Purchase, Unit, UnitDelivery
from service.repairs.models import RepairOrder
from service.repairs.policies import terms_at
from service.repairs.rules.warranty import Part, Terms, judge, last_day


def handed_on(unit: Unit | None) -> date | None:
    """Return the day a unit was first handed over to a buyer, None before it."""
    if unit is None:
        return None
    taken: datetime | None = (
        UnitDelivery.objects.filter(unit=unit).values_list("taken_at", flat=True).first()
    )
    rows = Purchase.objects.filter(unit=unit, handed_over_at__isnull=False)
    first: datetime | None = rows.aggregate(at=Min("handed_over_at"))["at"]
    known = [at for at in (taken, first) if at is not None]
    return timezone.localdate(min(known)) if known else None


def terms_for(day: date | None, *, now: datetime) -> Terms:
    """Return the warranty a home handed over on ``day`` has; that of today before the handover."""
    if day is None:
        return terms_at(now)
    return terms_at(timezone.make_aware(datetime.combine(day, time(23, 59))))


def decide_warranty(order: RepairOrder, *, now: datetime) -> None:
    """Write into an unsaved ``order`` what the rule says: standing, reason, last day, version."""
    unit = order.ticket.unit
    day = handed_on(unit)
    terms = terms_for(day, now=now)
    verdict = judge(
        Part(order.part) if order.part else None,
        reported_on=order.reported_on,
        handed_on=day,
        has_unit=unit is not None,
        terms=terms,
    )
    order.handed_on, order.warranty_until = day, verdict.until
    order.standing, order.standing_reason = verdict.standing.value, verdict.reason.value
    order.warranty_version = terms.version


def warranty_table(unit: Unit, *, now: datetime) -> list[tuple[Part, date | None]]:
    """Return the last day under warranty of each part of a unit, None before the handover."""
    day = handed_on(unit)
    terms = terms_for(day, now=now)
    return [(part, last_day(part, day, terms) if day else None) for part in Part]


def warranty_tables(
    units: Collection[Unit], *, now: datetime
) -> dict[int, list[tuple[Part, date | None]]]:
    """Return ``warranty_table`` of each unit by its key, asked once for all of them."""
    rows = Purchase.objects.filter(unit__in=units, handed_over_at__isnull=False)
    sold = rows.values_list("unit", "handed_over_at")
    taken = UnitDelivery.objects.filter(unit__in=units, taken_at__isnull=False)
    days: dict[int, date] = {}
    for unit, at in [*sold, *taken.values_list("unit", "taken_at")]:
        day = timezone.localdate(at)
        days[unit] = min(day, days.get(unit, day))
    terms = {day: terms_for(day, now=now) for day in set(days.values())}
    return {
        unit.pk: [
            (part, last_day(part, days[unit.pk], terms[days[unit.pk]]) if unit.pk in days else None)
            for part in Part
        ]
        for unit in units
    }
