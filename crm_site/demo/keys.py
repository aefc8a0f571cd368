"""How far the homes of the demo's batches have come: walked, invited, booked, taken, refused."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.defects import Finder
from crm_site.demo.handover import DUTY, Home, Plan, put_on_roster
from crm_site.demo.inviting import write_notices
from customers.handover.rules import Outcome, Refusal, Station, TransferPart
from customers.importers.copying import copy_rows, take_keys
from customers.models import (
    DeliveryRoom,
    DeliverySlot,
    DeliveryStop,
    DeliveryVisit,
    PropertyTransfer,
    Purchase,
    TransferItem,
    UnitDelivery,
)
from customers.payment.querysets import with_arrears

CAPACITY = 6
HOUR = timedelta(hours=1)
AHEAD = timedelta(days=11)  # notices go out so long before the first day
TRANSFER_SHARE = 0.85
# How the homes of a second batch stand, over and over: the blocked ones were not invited.
STANDING = (
    *(Outcome.BOOKED, Outcome.REFUSED, Outcome.UNBOOKED, Outcome.PLANNED, Outcome.MISSED),
    *(Outcome.BOOKED, Outcome.PLANNED, Outcome.BOOKED),
)


@dataclass(slots=True)
class Day:
    """A home with how it stands and, where its buyer came, when and with what end."""

    plan: Plan
    home: Home
    outcome: Outcome
    starts_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    stops: list[tuple[Station, datetime, datetime, datetime | None]] = field(default_factory=list)


def give_keys(
    first: Sequence[Plan], second: Sequence[Plan], *, chance: random.Random, now: datetime
) -> None:
    """Write everything that happened to the homes of all batches."""
    days = [_taken(plan, home, chance) for plan in first for home in plan.homes]
    owing = _owing([home for plan in second for home in plan.homes], now)
    for plan in second:
        # who owes money would not have passed the station of the fees
        homes = sorted(plan.homes, key=lambda home: home.purchase.pk in owing)
        for place, home in enumerate(homes):
            days.append(_under_way(plan, home, STANDING[place % len(STANDING)], place, now))
    _slots(days, now)
    UnitDelivery.objects.bulk_create([day.home.delivery for day in days], batch_size=1000)
    _rooms(days)
    Finder(chance, now).find([(day.home, day.arrived_at, day.outcome) for day in days])
    write_notices([(day.plan, day.home) for day in days])
    _visits([day for day in days if day.arrived_at is not None])
    _transfers([day for day in days if chance.random() < TRANSFER_SHARE and day.ended_at])
    _rosters(days)


def _owing(homes: Sequence[Home], now: datetime) -> set[int]:
    rows = Purchase.objects.filter(pk__in=[home.purchase.pk for home in homes])
    owing = with_arrears(rows, today=timezone.localdate(now))
    return set(owing.values_list("pk", flat=True))


def _opening(plan: Plan) -> datetime:
    return timezone.make_aware(datetime.combine(plan.batch.planned_on, time(10)))


def _taken(plan: Plan, home: Home, chance: random.Random) -> Day:
    """Return the day on which a buyer took the keys."""
    delivery, purchase = home.delivery, home.purchase
    signed_at, ended_at = purchase.signed_at, purchase.handed_over_at
    assert signed_at is not None and ended_at is not None  # noqa: S101, PT018 -- handed over
    invited_at = _opening(plan) - AHEAD
    if signed_at >= invited_at:
        invited_at = signed_at + min(2 * HOUR, (ended_at - signed_at) / 4)
    came = ended_at - timedelta(minutes=chance.randint(55, 100))
    arrived_at = max(came, invited_at + (ended_at - invited_at) / 4)
    _invite(home, invited_at)
    delivery.taken_at = ended_at
    day = Day(plan, home, Outcome.TAKEN, _hour(arrived_at), arrived_at, ended_at)
    _walk_stations(day, tuple(Station), chance)
    return day


def _under_way(plan: Plan, home: Home, outcome: Outcome, place: int, now: datetime) -> Day:
    """Return how a home of a batch stands that began some days ago."""
    day, signed_at = Day(plan, home, outcome), home.purchase.signed_at
    assert signed_at is not None  # noqa: S101 -- signed
    invited_at = max(_opening(plan) - AHEAD, signed_at + 2 * HOUR)
    today = timezone.localtime(now).replace(hour=10, minute=0, second=0, microsecond=0)
    if outcome is Outcome.PLANNED or invited_at > today - timedelta(days=2):
        # walked, with a major defect to repair; or not walked to the end
        day.outcome = Outcome.PLANNED
        home.is_whole, home.has_major = place % 2 == 1, place % 2 == 1
        _walk(home)
        return day
    _invite(home, invited_at)
    if outcome is Outcome.BOOKED:
        day.starts_at = today + timedelta(days=1 + place % 6, hours=place % 4)
    elif outcome is Outcome.MISSED:
        day.starts_at = today - timedelta(days=1, hours=-(place % 4))
    elif outcome is Outcome.REFUSED:
        day.arrived_at = today - timedelta(days=1, minutes=12)
        day.ended_at = day.arrived_at + timedelta(minutes=55)
        stations = (Station.IDENTITY, Station.FEES, Station.INSPECTION)
        _walk_stations(day, stations, random.Random(place))  # noqa: S311 -- demo data
        delivery = home.delivery
        delivery.refused_at, delivery.due_on = day.ended_at, timezone.localdate(day.ended_at)
        delivery.refusal, delivery.refusal_reason = Refusal.QUALITY.value, words.REFUSAL
    return day


def _walk(home: Home) -> None:
    home.delivery.walked_at = home.walked_at if home.is_whole else None


def _invite(home: Home, at: datetime) -> None:
    _walk(home)
    delivery = home.delivery
    delivery.purchase, delivery.invited_at = home.purchase, at
    delivery.due_on = delivery.batch.planned_on


def _hour(at: datetime) -> datetime:
    return timezone.localtime(at).replace(minute=0, second=0, microsecond=0)


def _walk_stations(day: Day, stations: Sequence[Station], chance: random.Random) -> None:
    """Note when the buyer queued, was called and was done; a refusal ends at its last station."""
    assert day.arrived_at is not None and day.ended_at is not None  # noqa: S101, PT018
    part = (day.ended_at - day.arrived_at) / len(stations)
    for place, station in enumerate(stations):
        queued_at = day.arrived_at + part * place
        called_at = queued_at + part * (0.1 + 0.4 * chance.random())
        is_end = place == len(stations) - 1
        done_at = day.ended_at if is_end else queued_at + part
        is_open = is_end and day.outcome is Outcome.REFUSED
        day.stops.append((station, queued_at, called_at, None if is_open else done_at))


def _slots(days: Sequence[Day], now: datetime) -> None:
    """Write the slots that were booked, and some that are free; give each home its own."""
    taken: Counter[tuple[int, datetime]] = Counter()
    plans = {day.plan.batch.pk: day.plan for day in days}
    for day in days:
        if day.starts_at is not None:
            taken[day.plan.batch.pk, day.starts_at] += 1
            day.home.delivery.due_on = timezone.localdate(day.starts_at)
    wanted = dict(taken)
    for key, plan in plans.items():
        if plan.batch.planned_on > timezone.localdate(now) - AHEAD:
            wanted |= {(key, at): taken[key, at] for at in _free(now)}
    made = DeliverySlot.objects.bulk_create(
        DeliverySlot(
            batch=plans[batch].batch,
            starts_at=at,
            ends_at=at + HOUR,
            capacity=max(CAPACITY, count),
            taken=count,
        )
        for (batch, at), count in sorted(wanted.items())
    )
    by_time = {(slot.batch_id, slot.starts_at): slot for slot in made}
    for day in days:
        if day.starts_at is not None:
            day.home.delivery.slot = by_time[day.plan.batch.pk, day.starts_at]


def _free(now: datetime) -> Iterator[datetime]:
    """Yield the slots of the coming week."""
    first = timezone.localtime(now).replace(hour=10, minute=0, second=0, microsecond=0)
    for days in range(1, 8):
        for hours in range(6):
            yield first + timedelta(days=days, hours=hours)


def _rooms(days: Sequence[Day]) -> None:
    copy_rows(
        DeliveryRoom,
        ("delivery_id", "room", "walked_by_id", "walked_at"),
        (
            (
                *(day.home.delivery.pk, room, day.home.people.inspector.pk),
                day.home.walked_at - timedelta(minutes=6 * place),
            )
            for day in days
            for place, room in enumerate(day.home.rooms)
        ),
        {},
    )


def _visits(days: Sequence[Day]) -> None:
    keys = take_keys(DeliveryVisit, len(days))
    numbered = list(zip(keys, days, strict=True))
    copy_rows(
        DeliveryVisit,
        (
            *("id", "delivery_id", "arrived_at", "escort", "satisfaction", "signed_name"),
            *("ended_at", "is_taken", "received_by_id"),
        ),
        (
            (
                *(key, day.home.delivery.pk, day.arrived_at, words.HANDOVER_TEAM[2]),
                *((3 + key % 3, day.home.purchase.customer.name) if _is_taken(day) else (None, "")),
                *(day.ended_at, _is_taken(day), day.home.people.planner.pk),
            )
            for key, day in numbered
        ),
        {},
    )
    copy_rows(
        DeliveryStop,
        ("visit_id", "station", "queued_at", "called_at", "done_at", "note", "served_by_id"),
        (
            (
                *(key, station.value, queued_at, called_at, done_at),
                *(words.STATION_NOTES.get(station.value, ""), day.home.people.planner.pk),
            )
            for key, day in numbered
            for station, queued_at, called_at, done_at in day.stops
        ),
        {},
    )


def _is_taken(day: Day) -> bool:
    return day.outcome is Outcome.TAKEN


def _transfers(days: Sequence[Day]) -> None:
    """Pass homes on to the property company before their first day, signed by both sides."""
    keys = take_keys(PropertyTransfer, len(days))
    numbered = [
        (key, day, _opening(day.plan) - timedelta(days=5, minutes=-7 * (key % 40)))
        for key, day in zip(keys, days, strict=True)
    ]
    copy_rows(
        PropertyTransfer,
        (
            *("id", "delivery_id", "given_by_id", "given_at", "received_name", "received_at"),
            *("created_at", "updated_at"),
        ),
        (
            (
                *(key, day.home.delivery.pk, day.home.people.planner.pk, at),
                *(words.HANDOVER_TEAM[0], at + timedelta(minutes=20), at - HOUR, at),
            )
            for key, day, at in numbered
        ),
        {},
    )
    copy_rows(
        TransferItem,
        ("transfer_id", "part", "value", "is_missing"),
        (
            (key, part.value, _value(part, key), part is TransferPart.GAS and key % 9 == 0)
            for key, _day, _at in numbered
            for part in TransferPart
        ),
        {},
    )


def _value(part: TransferPart, key: int) -> str:
    if part is TransferPart.GAS and key % 9 == 0:
        return ""
    known = words.TRANSFERRED.get(part.value)
    return known or f"{(key * 7919) % 40}.{key % 10}"


def _rosters(days: Sequence[Day]) -> None:
    plans: dict[int, tuple[Plan, set[Any]]] = {}
    for day in days:
        at = day.starts_at or day.arrived_at
        if at is not None:
            plans.setdefault(day.plan.batch.pk, (day.plan, set()))[1].add(timezone.localdate(at))
    rows = [row for plan, found in plans.values() for row in put_on_roster(plan, sorted(found))]
    copy_rows(*DUTY, rows, {})
