"""What the pages of batches and units to be handed over show, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Prefetch, Q
from django.utils import timezone

from crm_site.common.subjects import resolve
from crm_site.outbox.addressees import reason_word
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User
from customers.handover import choices
from customers.handover.day_models import DeliveryNotice, DeliveryStop, DeliveryVisit
from customers.handover.models import DeliveryBatch, DeliveryCheck, UnitDefect, UnitDelivery
from customers.handover.registers import PROBLEMS
from customers.handover.releasing import release_blockers
from customers.handover.rules import POINTS, Risk, checks_for, rate, roster_gaps
from customers.handover.services.inspecting import rooms_in
from customers.handover.services.notices import proof_of
from customers.purchase.models import Purchase

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list, with how many are invited and how many took over."""

    batch: DeliveryBatch
    units: int
    invited: int
    taken: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the checklist; ``done`` None while it is open."""

    key: str
    label: Any
    done: DeliveryCheck | None


@dataclass(frozen=True, slots=True)
class AreaLine:
    """The risk of one area of a batch with the points it gives."""

    label: Any
    risk: str
    points: int


@dataclass(frozen=True, slots=True)
class RosterDay:
    """A day of the handover: who stands where, and which duties nobody has."""

    day: date
    duties: list[Any]
    gaps: list[Any]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the list; the buyer's name only for who may see the customer."""

    delivery: UnitDelivery
    buyer: str


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room, whether it was walked, and its defects that are not closed."""

    key: str
    label: str
    is_walked: bool
    defects: int


@dataclass(frozen=True, slots=True)
class WaitLine:
    """How long buyers waited at a station, in whole minutes: on average and at most."""

    label: Any
    served: int
    minutes: int
    longest_minutes: int


def batch_rows(batches: list[DeliveryBatch]) -> list[BatchRow]:
    """Return the rows of a page of batches."""
    keys = [batch.pk for batch in batches]
    counted = UnitDelivery.objects.filter(batch__in=keys).values_list("batch")
    numbers = {
        key: (units, invited, taken)
        for key, units, invited, taken in counted.annotate(
            units=Count("pk"),
            invited=Count("pk", filter=Q(invited_at__isnull=False)),
            over=Count("pk", filter=Q(taken_at__isnull=False)),
        ).order_by()
    }
    rows = [(batch, *numbers.get(batch.pk, (0, 0, 0))) for batch in batches]
    return [
        BatchRow(batch, units, invited, taken, rate(taken, invited))
        for batch, units, invited, taken in rows
    ]


def check_lines(batch: DeliveryBatch) -> list[CheckLine]:
    """Return the checklist that the grade of the batch yields."""
    done = {row.key: row for row in batch.checks.select_related("done_by")}
    return [
        CheckLine(key, choices.CHECKS[key], done.get(key)) for key in checks_for(Risk(batch.grade))
    ]


def area_lines(batch: DeliveryBatch) -> list[AreaLine]:
    """Return why the batch has its grade."""
    words = dict(choices.AREAS)
    return [
        AreaLine(words[area.value], risk.value, POINTS[risk]) for area, risk in batch.risks.items()
    ]


def roster_of(batch: DeliveryBatch) -> list[RosterDay]:
    """Return the days that have slots or a roster, each with the duties nobody has."""
    words = dict(choices.DUTIES)
    by_day: dict[date, list[Any]] = {
        timezone.localtime(start).date(): []
        for start in batch.slots.values_list("starts_at", flat=True)
    }
    for row in batch.duties.order_by("day", "duty", "name"):
        by_day.setdefault(row.day, []).append(row)
    return [
        RosterDay(
            day,
            rows,
            [words[duty.value] for duty in roster_gaps((row.duty, row.side) for row in rows)],
        )
        for day, rows in sorted(by_day.items())
    ]


def problems_of(batch: DeliveryBatch, user: User) -> Sequence[RegisterEntry]:
    """Return the problems of the days of a batch, the open ones first."""
    rows = RegisterEntry.objects.visible_to(user).of(PROBLEMS).about("delivery-batch", batch.pk)
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "-pk")[:20])


def waits_of(batch: DeliveryBatch) -> list[WaitLine]:
    """Return how long buyers of a batch waited at each station (SVC-82)."""
    span = ExpressionWrapper(F("called_at") - F("queued_at"), output_field=DurationField())
    rows = DeliveryStop.objects.filter(visit__delivery__batch=batch, called_at__isnull=False)
    found = {
        station: (served, round(average / MINUTE), round(longest / MINUTE))
        for station, served, average, longest in rows.values_list("station")
        .annotate(served=Count("pk"), average=Avg(span), longest=Max(span))
        .order_by()
    }
    return [WaitLine(label, *found[key]) for key, label in choices.STATIONS if key in found]


def queue_of(batch: DeliveryBatch) -> Sequence[DeliveryStop]:
    """Return where the buyers on site are, who waits longest first."""
    rows = DeliveryStop.objects.filter(
        visit__delivery__batch=batch, visit__ended_at=None, done_at=None
    )
    rows = rows.select_related("visit__delivery__unit__building")
    return list(rows.order_by(F("called_at").asc(nulls_first=True), "queued_at", "pk"))


def unit_rows(deliveries: Iterable[UnitDelivery], user: User) -> list[UnitRow]:
    """Return the rows of a page of units; one query for the buyers one may see."""
    found = list(deliveries)
    keys = [row.purchase_id for row in found if row.purchase_id]
    seen = Purchase.objects.visible_to(user).filter(pk__in=keys)
    names = dict(seen.values_list("pk", "customer__name"))
    return [UnitRow(row, names.get(row.purchase_id or 0, "")) for row in found]


def room_lines(delivery: UnitDelivery) -> list[RoomLine]:
    """Return the rooms of a unit in the order they are walked."""
    walked = set(delivery.rooms.values_list("room", flat=True))
    rows = delivery.defects.exclude(state="closed").values_list("room").annotate(Count("pk"))
    numbers = dict(rows.order_by())
    return [
        RoomLine(room, choices.room_label(room), room in walked, numbers.get(room, 0))
        for room in rooms_in(delivery.unit)
    ]


def defects_of(delivery: UnitDelivery) -> list[UnitDefect]:
    """Return the defects of a unit with their steps, what is to do first."""
    order = {"open": 0, "repaired": 1, "closed": 2}
    rows = delivery.defects.select_related("found_by").prefetch_related(
        Prefetch("events", to_attr="steps")
    )
    found = rows.defer("photo__content").order_by("room", "pk")
    return sorted(found, key=lambda one: (order[one.state], one.severity != "major"))


def unit_page(delivery: UnitDelivery, *, user: User, now: datetime) -> dict[str, Any]:
    """Return what the page of a unit to be handed over prints."""
    visit = delivery.visits.filter(ended_at=None).first()
    notice = delivery.notices.order_by("-written_at").first()
    transfer = getattr(delivery, "transfer", None)
    purchase = resolve("purchase", delivery.purchase_id or 0, user)
    proof = proof_of(notice) if isinstance(notice, DeliveryNotice) else None
    return {
        "delivery": delivery,
        "purchase": purchase,
        "blockers": release_blockers(delivery),
        "notice": notice,
        "proof": proof,
        "proof_reason": reason_word(proof.reason) if proof and proof.reason else "",
        "slots": delivery.batch.slots.filter(starts_at__gt=now, taken__lt=F("capacity"))
        if delivery.invited_at and not delivery.taken_at
        else [],
        "visit": visit,
        "stop": visit.stops.filter(done_at=None).first() if visit else None,
        "visits": _visits(delivery),
        "defects": defects_of(delivery),
        "transfer": transfer,
        "items": transfer.items.order_by("pk") if transfer else [],
        "refusals": choices.REFUSALS,
    }


def _visits(delivery: UnitDelivery) -> Sequence[DeliveryVisit]:
    rows = delivery.visits.select_related("received_by").prefetch_related("stops")
    return list(rows.order_by("-arrived_at"))
