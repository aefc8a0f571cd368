"""Warnings follow the levels of scores: opened, raised, lowered, closed, once each (CUS-99).

Everything that follows from one chunk of scores is written in its transaction: the move, the draw
of red ones, the case, its task and the notice. Killed half-way, nothing has happened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from analytics.churn.hooks import ScoreChange
from analytics.churn.models import ChurnScore
from analytics.churn.rules.words import Level
from analytics.winback.models import AlertEvent, ChurnAlert
from analytics.winback.policies import WINBACK, WinbackRules
from analytics.winback.rules.levels import Move, move_of
from analytics.winback.rules.plans import main_cause
from analytics.winback.rules.words import CAUSES, RANK, Ending
from analytics.winback.services.drawing import draw_red
from analytics.winback.services.starting import end_work, start_work
from analytics.winback.services.stopping import stopped
from crm_site.common.columns import write_columns
from crm_site.policies.services import in_force
from customers.models import Customer


def follow(changes: Sequence[ScoreChange], now: datetime) -> None:
    """Let warnings follow the changes of one chunk of scores."""
    apply_levels(changes, now=now)


@dataclass(slots=True)
class _Batch:
    """What one batch changes."""

    rules: WinbackRules
    version: int
    now: datetime
    stops: dict[int, Ending]
    standing: dict[int, ChurnAlert]
    resting: dict[int, ChurnAlert]
    fresh: list[ChurnAlert] = field(default_factory=list)
    moved: list[ChurnAlert] = field(default_factory=list)
    events: list[AlertEvent] = field(default_factory=list)

    @property
    def judge_at(self) -> datetime:
        return self.now + timedelta(days=self.rules.judge_days)


@transaction.atomic
def apply_levels(changes: Sequence[ScoreChange], *, now: datetime) -> int:
    """Bring the warnings of these customers to the level after; return how many moved.

    The same changes again move nothing.
    """
    if not changes:
        return 0
    policy = in_force(WINBACK, at=now)
    mine = ChurnAlert.objects.filter(customer__in=[change.customer_id for change in changes])
    locked = mine.open().select_for_update(of=("self",)).order_by("pk")
    standing = {row.customer_id: row for row in locked}
    least = RANK[policy.value.opens_from]
    # Most who are new are calm: nothing stands of them and nothing opens.
    told = [
        change
        for change in changes
        if change.customer_id in standing or RANK[Level(change.after)] >= least
    ]
    if not told:
        return 0
    ids = [change.customer_id for change in told]
    calm = mine.filter(ending=Ending.CALMED, verdict="", judge_at__gt=now).order_by("closed_at")
    batch = _Batch(
        rules=policy.value,
        version=policy.version,
        now=now,
        stops=stopped(ids, {change.customer_id: change.stage for change in told}),
        standing=standing,
        resting={row.customer_id: row for row in calm.filter(customer__in=ids)},
    )
    for change in told:
        _take(batch, change)
    return _write(batch)


def _take(batch: _Batch, change: ScoreChange) -> None:
    ending = batch.stops.get(change.customer_id)
    after = Level.NONE if ending else Level(change.after)
    alert = batch.standing.get(change.customer_id)
    calm = batch.resting.get(change.customer_id)
    move = move_of(
        standing=Level(alert.level) if alert else None,
        after=after,
        opens_from=batch.rules.opens_from,
        resting=calm is not None,
    )
    if move is None:
        return
    before = alert.level if alert else Level.NONE.value
    if move is Move.OPENED:
        alert = _new(batch, change)
    elif move is Move.REOPENED and calm is not None:
        alert = calm
        alert.closed_at, alert.ending = None, ""
        _set_level(batch, alert, change)
    elif alert is not None and move is Move.CLOSED:
        alert.closed_at = batch.now
        alert.ending = (ending or _ending_of(change)).value
        batch.moved.append(alert)
    elif alert is not None:
        _set_level(batch, alert, change)
        if move is Move.RAISED and after is Level.RED and not alert.arm:
            alert.counted_from, alert.judge_at = batch.now, batch.judge_at
            alert.verdict, alert.verdict_at = "", None
            alert.behaviour, alert.behaviour_at = "", None
    if alert is not None:
        batch.events.append(
            AlertEvent(
                alert=alert,
                at=batch.now,
                kind=move.value,
                before=before,
                after=after.value,
                points=change.points,
            )
        )


def _ending_of(change: ScoreChange) -> Ending:
    taken_away = change.after == Level.NONE and not change.blocks
    return Ending.UNASSESSED if taken_away else Ending.CALMED


def _new(batch: _Batch, change: ScoreChange) -> ChurnAlert:
    alert = ChurnAlert(
        customer_id=change.customer_id,
        level=change.after,
        rank=RANK[Level(change.after)],
        stage=change.stage,
        points=change.points,
        probability=change.probability,
        blocks=dict(change.blocks),
        cause=main_cause(change.blocks, CAUSES),
        opened_at=batch.now,
        level_at=batch.now,
        counted_from=batch.now,
        judge_at=batch.judge_at,
        policy_version=batch.version,
    )
    batch.fresh.append(alert)
    return alert


def _set_level(batch: _Batch, alert: ChurnAlert, change: ScoreChange) -> None:
    alert.level, alert.rank = change.after, RANK[Level(change.after)]
    alert.level_at, alert.points = batch.now, change.points
    alert.probability, alert.blocks = change.probability, dict(change.blocks)
    if change.stage:
        alert.stage = change.stage
    batch.moved.append(alert)


COLUMNS = (
    *("level", "rank", "stage", "points", "probability", "blocks", "level_at", "closed_at"),
    *("ending", "counted_from", "judge_at", "verdict", "verdict_at", "behaviour", "behaviour_at"),
    "updated_at",
)


def _write(batch: _Batch) -> int:
    """Write warnings and events, then draw and start work; return how many warnings moved."""
    _place(batch.fresh)
    ChurnAlert.objects.bulk_create(batch.fresh, ignore_conflicts=True)
    made = _made(batch.fresh)
    for alert in batch.moved:
        alert.updated_at = batch.now
    write_columns(batch.moved, COLUMNS)
    events = []
    for event in batch.events:
        found = event.alert if event.alert.pk else made.get(event.alert.customer_id)
        if found is not None:
            event.alert = found
            events.append(event)
    AlertEvent.objects.bulk_create(events)
    going = [*made.values(), *(row for row in batch.moved if row.closed_at is None)]
    draw_red(going, rules=batch.rules, now=batch.now)
    waiting = waiting_for_red(row.customer_id for row in going)
    ready = [row for row in going if row.customer_id not in waiting]
    start_work(ready, rules=batch.rules, now=batch.now)
    end_work([row for row in batch.moved if row.closed_at is not None], now=batch.now)
    return len(events)


def waiting_for_red(customers: Iterable[int]) -> set[int]:
    """Return those whose score is red while the run has not let them in yet.

    Nothing is done about them before that is decided: the draw has to come first. The job starts
    those who stay yellow once the run is over.
    """
    rows = ChurnScore.objects.filter(customer__in=list(customers), wanted=Level.RED.value)
    return set(rows.exclude(level=Level.RED.value).values_list("customer_id", flat=True))


def _place(alerts: Iterable[ChurnAlert]) -> None:
    """Write project and owner of their customers onto new warnings."""
    rows = list(alerts)
    found = Customer.objects.filter(pk__in=[row.customer_id for row in rows])
    places = {pk: place for pk, *place in found.values_list("pk", "project_id", "owner_id")}
    for row in rows:
        row.project_id, row.owner_id = places[row.customer_id]


def _made(drafts: Iterable[ChurnAlert]) -> dict[int, ChurnAlert]:
    """Return the warnings that came to be of these drafts; somebody else's are not among them."""
    ids = [draft.customer_id for draft in drafts]
    if not ids:
        return {}
    rows = ChurnAlert.objects.open().filter(customer__in=ids, events__isnull=True)
    return {row.customer_id: row for row in rows}
