"""The summary tables brought up to date: changed days every few minutes, all of it at night."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from analytics.warehouse.changed_sql import CHANGES, Changes, days_sql, newest_sql
from analytics.warehouse.models import CubeMark, CubeState
from analytics.warehouse.rules.measures import Fact
from analytics.warehouse.services.writing import LOCK_KEY, histories, write_days, write_fact
from crm_site.common.whole_tables import alone

MOST_DAYS = 400  # so many days of a fact are written one by one; more of them as a whole
MARGIN = 100  # rows looked at again after a rebuild while others write: they may hold lower keys


@dataclass(slots=True)
class Done:
    """What a run did: days written by fact, facts written whole, cells; whether it ran at all."""

    days: int = 0
    rebuilt: int = 0
    cells: int = 0
    ran: bool = True
    is_finished: bool = True
    facts: list[str] = field(default_factory=list)


def refresh_cubes(*, now: datetime, seconds: float | None = None) -> Done:
    """Write the days anew whose events changed since the last run, and today (ANA-53).

    Safe to run twice: days are written from the base, and which rows were looked at is noted in
    the same transaction. A fact without cells yet, or with very many changed days, is written as a
    whole. After ``seconds`` no further fact is begun; the next run goes on with it.
    """
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return Done(ran=False)
        missing = _missing()
        if missing:
            return _rebuild(missing, slot="first", now=now, over=_over(seconds))
        return _refresh(now, _over(seconds))


def rebuild_cubes(*, slot: str, now: datetime, seconds: float | None = None) -> Done:
    """Write every fact anew from the base, each in one transaction (ANA-53).

    Facts that ``slot`` has written already are left alone, so a run that was killed is ended by
    the next one with the same slot.
    """
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return Done(ran=False)
        written = CubeState.objects.filter(slot=slot).values_list("fact", flat=True)
        facts = [fact for fact in Fact if fact.value not in set(written)]
        return _rebuild(facts, slot=slot, now=now, over=_over(seconds))


def _rebuild(facts: list[Fact], *, slot: str, now: datetime, over: Callable[[], bool]) -> Done:
    done = Done()
    _begin_marks()
    with histories():
        for fact in facts:
            if over():
                done.is_finished = False
                break
            done.cells += write_fact(fact, slot=slot, now=now)
            done.rebuilt += 1
            done.facts.append(fact.value)
    return done


def _refresh(now: datetime, over: Callable[[], bool]) -> Done:
    """Write the changed days; marks move on only when all facts were written."""
    looked = _looked_at()
    changed = _changed_days(looked)
    today = timezone.localdate(now)
    done = Done()
    for fact in Fact:
        if over():
            done.is_finished = False
            return done
        days = sorted(changed[fact] | {today})
        if len(days) > MOST_DAYS:
            with histories():
                done.cells += write_fact(fact, slot=_slot_of(fact), now=now)
            done.rebuilt += 1
        else:
            done.cells += write_days(fact, days)
            done.days += len(days)
        done.facts.append(fact.value)
        CubeState.objects.filter(fact=fact.value).update(refreshed_at=now)
    _move_marks(looked)
    return done


@dataclass(frozen=True, slots=True)
class _Look:
    """How far a source was read before, how far it reaches now, and which transactions are open."""

    source: str
    mark: CubeMark
    newest: int
    lowest_open: int
    next_transaction: int


def _looked_at() -> list[_Look]:
    marks = CubeMark.objects.in_bulk()
    with connection.cursor() as cursor:
        lowest_open, next_transaction = _transactions(cursor)
        return [
            _Look(
                source,
                marks.get(source) or CubeMark(source=source),
                _newest(cursor, changes),
                lowest_open,
                next_transaction,
            )
            for source, changes in CHANGES.items()
        ]


def _transactions(cursor: Any) -> tuple[int, int]:
    """Return the lowest transaction still open and the one that comes next."""
    cursor.execute(
        "SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text FROM pg_current_snapshot() s"
    )
    lowest_open, next_transaction = cursor.fetchone()
    return int(lowest_open), int(next_transaction)


def _newest(cursor: Any, changes: Changes) -> int:
    cursor.execute(newest_sql(changes.table))
    return int(cursor.fetchone()[0])


def _changed_days(looked: list[_Look]) -> dict[Fact, set[date]]:
    """Return the days of each fact that rows after the marks belong to."""
    changed: dict[Fact, set[date]] = defaultdict(set)
    with connection.cursor() as cursor:
        for look in looked:
            if look.newest <= look.mark.settled:
                continue
            params: dict[str, Any] = {
                "after": look.mark.settled,
                "upto": look.newest,
                "zone": settings.TIME_ZONE,
            }
            for fact, statement in CHANGES[look.source].moments.items():
                cursor.execute(days_sql(statement), params)
                changed[fact] |= {day for (day,) in cursor.fetchall()}
    return changed


@transaction.atomic
def _move_marks(looked: list[_Look]) -> None:
    for look in looked:
        mark = look.mark
        if look.lowest_open >= mark.horizon:
            mark.settled = max(mark.settled, mark.pending)
            mark.pending, mark.horizon = look.newest, look.next_transaction
        mark.save()


def _begin_marks() -> None:
    """Set the marks of a first rebuild: what is written while it runs is looked at afterwards."""
    if CubeMark.objects.exists():
        return
    _set_marks()


@transaction.atomic
def _set_marks() -> None:
    with connection.cursor() as cursor:
        lowest_open, next_transaction = _transactions(cursor)
        margin = MARGIN if lowest_open < next_transaction else 0
        for source, changes in CHANGES.items():
            newest = _newest(cursor, changes)
            CubeMark.objects.update_or_create(
                source=source, defaults={"settled": max(0, newest - margin), "pending": 0}
            )


def _missing() -> list[Fact]:
    known = set(CubeState.objects.values_list("fact", flat=True))
    return [fact for fact in Fact if fact.value not in known]


def _slot_of(fact: Fact) -> str:
    """Return the slot the fact carries, so that a nightly rebuild under way knows its own."""
    return CubeState.objects.values_list("slot", flat=True).get(fact=fact.value)


def _over(seconds: float | None) -> Callable[[], bool]:
    if seconds is None:
        return lambda: False
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end
