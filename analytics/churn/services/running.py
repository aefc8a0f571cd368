"""The nightly scoring: opened once, shared by any number of workers, taken up after a crash.

A run is cut into ranges of customer ids, and ranges are read in blocks. A worker takes a block,
then writes range by range, each under a row lock in one transaction that dates it: a killed worker
leaves whole ranges behind, and the next one goes on.
Only one run is open at a time; whoever starts another meanwhile helps to end the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Sum
from django.utils.translation import gettext as _

from analytics.churn.features.building import (
    Cut,
    FutureError,
    Snapshot,
    cut_at,
    read_snapshot,
    still_standing,
)
from analytics.churn.models import ChurnRun, ChurnShard
from analytics.churn.policies import ChurnLevels, levels_at
from analytics.churn.rules.levels import Cuts
from analytics.churn.services.engines import Engines, engines_in_use
from analytics.churn.services.ranges import Written, write_range
from analytics.churn.services.reds import let_in
from crm_site.common.whole_tables import READING, alone
from customers.models import Customer
from customers.services.holding import hold_against_refusals

OPENING: Final = 4_202_001  # advisory locks of opening and of ending a run
ENDING: Final = 4_202_002
BLOCK: Final = 4_202_004 << 32  # in front of the key of a block's first range
SHARD: Final = 10_000
BLOCKS: Final = 6  # two for each of the workers of a night
MOST_READ: Final = 20  # ranges read at once: two hundred thousand customers
STALE: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker did; ``is_finished`` when the whole run is over."""

    run: ChurnRun
    shards: int = 0
    scored: int = 0
    is_finished: bool = False
    was_done: bool = False


def score_churn(*, slot: str, now: datetime, seconds: float | None = None) -> Done:
    """Score every active customer once in ``slot`` and return what this worker did of it.

    Safe to start twice, at once or again: every range is done by one worker, once. After
    ``seconds`` the worker stops, so that a new task goes on. Raise ``FutureError`` when a source
    looks beyond the cut-off; the scores of the last run stay.
    """
    run = open_run(slot=slot, now=now)
    if run.finished_at is not None:
        return Done(run, is_finished=True, was_done=True)
    try:
        shards, scored = work_on(run, now=now, seconds=seconds)
    except FutureError as error:
        ChurnRun.objects.filter(pk=run.pk).update(failed=str(error)[:300])
        raise
    return Done(run, shards, scored, is_finished=end_run(run, now=now))


@transaction.atomic
def open_run(*, slot: str, now: datetime) -> ChurnRun:
    """Return the run of ``slot``, or the one under way; one nobody ended in time is given up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPENING])
    under_way = ChurnRun.objects.filter(finished_at__isnull=True).order_by("pk")
    for run in under_way:
        if run.started_at > now - STALE:
            return run
        ChurnRun.objects.filter(pk=run.pk).update(finished_at=now, failed=_("Given up"))
    run, created = ChurnRun.objects.get_or_create(
        slot=slot, defaults={"cutoff": now, "started_at": now}
    )
    if created:
        ChurnShard.objects.bulk_create(
            ChurnShard(run=run, first_id=first, last_id=last) for first, last in _ranges()
        )
    return run


def _ranges() -> list[tuple[int, int]]:
    """Return ranges of ids that hold about ``SHARD`` customers each."""
    found = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"), n=Count("pk"))
    if not found["n"]:
        return []
    first, last = found["first"], found["last"]
    width = max(SHARD * (last - first + 1) // found["n"], 1)
    return [(start, min(start + width - 1, last)) for start in range(first, last + 1, width)]


def work_on(run: ChurnRun, *, now: datetime, seconds: float | None = None) -> tuple[int, int]:
    """Do ranges of ``run`` until none is free; return how many, and customers scored."""
    levels = levels_at(now)
    cut, engines = cut_at(run.cutoff), engines_in_use(levels)
    used: dict[str, Any] = engines.used
    ChurnRun.objects.filter(pk=run.pk).update(models_used=used, kept_back=engines.kept_back)
    begun, shards, scored = monotonic(), 0, 0
    for written in _steps(run, cut, engines, levels.cuts, now):
        shards, scored = shards + 1, scored + written.scored
        if seconds is not None and monotonic() - begun > seconds:
            break
    return shards, scored


def _steps(
    run: ChurnRun, cut: Cut, engines: Engines, cuts: Cuts, now: datetime
) -> Iterator[Written]:
    """Do the free ranges of each block nobody else is at; yield what became of each range."""
    for block in _blocks(run):
        with alone(BLOCK + block[0].pk) as is_free:
            if not is_free:
                continue
            keys = [shard.pk for shard in block]
            left = list(run.shards.filter(pk__in=keys, done_at__isnull=True).order_by("pk"))
            if not left:
                continue
            shot = _read(cut, left[0].first_id, left[-1].last_id)
            for shard in left:
                written = _write(shard.pk, shot, engines, cuts, now)
                if written is not None:
                    yield written


@transaction.atomic
def _read(cut: Cut, first: int, last: int) -> Snapshot:
    """Return the inputs of a block, with room for sorting its talks."""
    with connection.cursor() as cursor:
        cursor.execute(READING)
    return read_snapshot(cut, first, last)


def _blocks(run: ChurnRun) -> list[list[ChurnShard]]:
    """Return the ranges in blocks that are read at once.

    Talks lie in the order of time, so any range of customers reads nearly all pages of theirs: few
    wide readings cost far less than many narrow ones. A block is as wide as memory and as sharing
    among workers allow; what is written stays narrow.
    """
    shards = list(run.shards.order_by("pk"))
    size = min(MOST_READ, max(1, -(-len(shards) // BLOCKS)))
    return [shards[start : start + size] for start in range(0, len(shards), size)]


@transaction.atomic
def _write(
    shard_id: int, shot: Snapshot, engines: Engines, cuts: Cuts, now: datetime
) -> Written | None:
    """Write one range in one transaction; None where another worker holds it or it is done."""
    free = ChurnShard.objects.filter(pk=shard_id, done_at__isnull=True)
    shard = free.select_for_update(skip_locked=True).first()
    if shard is None:
        return None
    hold_against_refusals()
    part = still_standing(shot, shard.first_id, shard.last_id)
    found = write_range(part, engines, cuts, first=shard.first_id, last=shard.last_id)
    shard.done_at = now
    shard.scored, shard.changed, shard.removed = found.scored, found.changed, found.removed
    shard.save()
    return found


def end_run(run: ChurnRun, *, now: datetime) -> bool:
    """End ``run`` once all its ranges are done: let customers into red; tell if so."""
    if run.shards.filter(done_at__isnull=True).exists():
        return False
    with alone(ENDING) as is_free:
        if not is_free:
            return False
        run.refresh_from_db()
        if run.finished_at is None:
            _end(run, levels_at(now), now)
    return True


def _end(run: ChurnRun, levels: ChurnLevels, now: datetime) -> None:
    let_in(levels, now=run.cutoff)
    totals = run.shards.aggregate(
        scored=Sum("scored", default=0),
        changed=Sum("changed", default=0),
        removed=Sum("removed", default=0),
    )
    run.scored, run.changed, run.removed = totals["scored"], totals["changed"], totals["removed"]
    run.finished_at = now
    run.save()
    older = ChurnRun.objects.filter(finished_at__isnull=False, pk__lt=run.pk)
    ChurnShard.objects.filter(run__in=older.order_by("-pk")[10:].values("pk")).delete()
