"""The decision on the warranty of a repair: by the rule of the day the home was handed over."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import Min
from django.utils import timezone

from customers.models import Purchase, Unit, UnitDelivery
from service.repairs.models import RepairOrder
from service.repairs.policies import terms_at
from service.repairs.rules.warranty import Part, Terms, judge


def handover_days(units: Iterable[Unit]) -> dict[int, date]:
    """Return by key the day each unit was first handed over to a buyer; two statements for all.

    A unit not handed over is not in it.
    """
    keys = [unit.pk for unit in units]
    taken = UnitDelivery.objects.filter(unit__in=keys, taken_at__isnull=False)
    rows = Purchase.objects.filter(unit__in=keys, handed_over_at__isnull=False).order_by()
    first = rows.values("unit").annotate(at=Min("handed_over_at")).values_list("unit", "at")
    known: dict[int, datetime] = {}
    for key, at in [*taken.values_list("unit", "taken_at"), *first]:
        known[key] = min(at, known.get(key, at))
    return {key: timezone.localdate(at) for key, at in known.items()}


def handed_on(unit: Unit | None) -> date | None:
    """Return the day a unit was first handed over to a buyer, None before it."""
    return None if unit is None else handover_days([unit]).get(unit.pk)


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
