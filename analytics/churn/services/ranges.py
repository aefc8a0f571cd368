"""One range of customers: inputs, scores, levels, what differs, and who is told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.churn.features.building import OWNER, STAGES, Snapshot
from analytics.churn.features.reading import Floats, as_float, read_floats
from analytics.churn.hooks import ScoreChange, follow_changes
from analytics.churn.rules.health import health, parts_of, taken_off
from analytics.churn.rules.levels import (
    LEVELS,
    NONE,
    Cuts,
    levels_of,
    points_of,
    shown_levels,
)
from analytics.churn.rules.scored import Scored, score, top_reasons
from analytics.churn.services import writing
from analytics.churn.services.engines import SCORED, Engine, Engines
from analytics.scoring.rules.tables import CATEGORY, Table

Ints = NDArray[np.int64]
WORTH_NOTING: Final = 5  # points a score must move to be kept in the history
STORED: Final = f"""
SELECT s.customer_id::float8, {as_float("array_position(%(stages)s::text[], s.stage::text) - 1")},
    s.points::float8, s.noted::float8,
    {as_float("array_position(%(levels)s::text[], s.wanted::text) - 1")},
    {as_float("array_position(%(levels)s::text[], s.level::text) - 1")},
    s.model_version::float8, (s.engine = 'card')::int::float8
FROM analytics_churnscore s WHERE s.customer_id BETWEEN %(first)s AND %(last)s
ORDER BY s.customer_id
"""  # noqa: S608 -- constants of the code
FIELDS: Final = ("id", "stage", "points", "noted", "wanted", "level", "version", "is_card")


@dataclass(frozen=True)
class Written:
    """What became of a range."""

    scored: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Stored:
    """What the table holds of a range, and where each scored customer stands in it (-1: not)."""

    raw: dict[str, Floats]
    places: Ints

    def was(self, name: str, otherwise: float) -> Ints:
        """Return a stored figure of each scored customer."""
        held = np.append(self.raw[name], otherwise)
        return held[self.places].astype(np.int64)


def write_range(shot: Snapshot, engines: Engines, cuts: Cuts, *, first: int, last: int) -> Written:
    """Score the customers of a range, write what differs and tell who follows; in a transaction.

    ``shot`` holds those of the range who may be scored, as of the cut-off of the run.

    Customers of a stage that is kept back keep their scores; who is lost, bought a home, refuses
    to be assessed or was merged loses theirs. Entering red is left to the look at the week.
    """
    now = shot.at
    stored = _read_stored(first, last)
    changed = scored = 0
    kept: list[Ints] = []
    changes: list[ScoreChange] = []
    for place in range(len(SCORED)):
        of_stage = shot.take(np.flatnonzero((shot.stages == place) & ~shot.churned))
        kept.append(of_stage.ids)
        engine = engines.by_stage.get(place)
        if engine is None or not len(of_stage.ids):
            continue
        part = _write_stage(of_stage, engine, cuts, stored, place, now)
        changed, scored = changed + part.changed, scored + len(of_stage.ids)
        changes += part.changes
    removed = _remove(stored, np.concatenate(kept), now)
    changes += removed
    _write_health(shot, first, last, now)
    follow_changes(sorted(changes, key=lambda change: change.customer_id), now)
    return Written(scored=scored, changed=changed, removed=len(removed))


@dataclass(frozen=True)
class _Part:
    changed: int
    changes: list[ScoreChange]


def _write_stage(
    shot: Snapshot, engine: Engine, cuts: Cuts, stored: dict[str, Floats], place: int, now: datetime
) -> _Part:
    found = score(engine.champion, shot.table)
    held = Stored(stored, _places(stored["id"], shot.ids))
    points = points_of(found.probabilities, cuts)
    wanted = levels_of(points, held.was("wanted", NONE), cuts)
    before = held.was("level", NONE)
    level = shown_levels(wanted, before)
    is_new = held.places < 0
    differs = ~is_new & (
        (held.was("points", -1) != points)
        | (held.was("wanted", NONE) != wanted)
        | (before != level)
        | (held.was("stage", -1) != place)
        | (held.was("version", -1) != engine.version)
    )
    noted = held.was("noted", 0)
    worth = is_new | (before != level) | (np.abs(points - noted) >= WORTH_NOTING)
    worth |= ~is_new & (held.was("stage", -1) != place)
    lines = _Lines(shot, found, engine, points, np.where(worth, points, noted), wanted, level, now)
    writing.copy_new(lines.of(np.flatnonzero(is_new)))
    writing.merge_changed(lines.of(np.flatnonzero(differs)))
    rows = np.flatnonzero(worth & (is_new | differs))
    writing.keep_history(lines.history(rows, before))
    told = np.flatnonzero(before != level)
    return _Part(
        changed=int(is_new.sum() + differs.sum()),
        changes=lines.changes(told, before),
    )


@dataclass(frozen=True)
class _Lines:
    """The rows of one stage as COPY reads them."""

    shot: Snapshot
    found: Scored
    engine: Engine
    points: Ints
    noted: Ints
    wanted: Ints
    level: Ints
    at: datetime

    @property
    def stage(self) -> str:
        """The stage of all of them."""
        return STAGES[int(self.shot.stages[0])]

    @property
    def now(self) -> str:
        """The moment of the run."""
        return writing.moment(self.at)

    def of(self, rows: Ints) -> list[str]:
        """Return the lines of these rows for the table of scores."""
        if not len(rows):
            return []
        found, shot = self.found, self.shot
        p = found.probabilities[rows]
        columns = (
            shot.ids[rows].tolist(),
            [f"{value!r}" for value in p.tolist()],
            self.points[rows].tolist(),
            self.noted[rows].tolist(),
            np.rint(p * shot.value[rows]).astype(np.int64).tolist(),
            [LEVELS[place] for place in self.wanted[rows].tolist()],
            [LEVELS[place] for place in self.level[rows].tolist()],
            self._blocks(rows),
            self._reasons(rows),
        )
        end = f"\t{self.engine.name}\t{self.engine.version}\t{self.now}\n"
        return [
            f"{pk}\t{self.stage}\t{risk}\t{points}\t{noted}\t{stake}\t{wanted}\t{level}"
            f"\t{blocks}\t{reasons}{end}"
            for pk, risk, points, noted, stake, wanted, level, blocks, reasons in zip(
                *columns, strict=True
            )
        ]

    def history(self, rows: Ints, before: Ints) -> list[str]:
        """Return the lines of these rows for the history."""
        return [
            writing.line(
                (
                    int(self.shot.ids[row]),
                    self.now,
                    self.stage,
                    LEVELS[int(before[row])],
                    LEVELS[int(self.level[row])],
                    int(self.points[row]),
                    self.engine.name,
                    self.engine.version,
                )
            )
            for row in rows.tolist()
        ]

    def changes(self, rows: Ints, before: Ints) -> list[ScoreChange]:
        """Return what is told of these rows."""
        names, blocks = self.found.block_names, self.found.blocks
        return [
            ScoreChange(
                customer_id=int(self.shot.ids[row]),
                before=LEVELS[int(before[row])],
                after=LEVELS[int(self.level[row])],
                probability=float(self.found.probabilities[row]),
                blocks=dict(zip(names, blocks[row].tolist(), strict=True)),
                points=int(self.points[row]),
                stage=self.stage,
            )
            for row in rows.tolist()
        ]

    def _blocks(self, rows: Ints) -> list[str]:
        form = "{{" + ",".join(f'"{name}":{{:.4f}}' for name in self.found.block_names) + "}}"
        return [form.format(*values) for values in self.found.blocks[rows].tolist()]

    def _reasons(self, rows: Ints) -> list[str]:
        names, table = self.found.columns, self.shot.table
        picked, told = top_reasons(self.found, rows)
        shares = np.take_along_axis(self.found.shares[rows], picked, axis=1)
        tell = _tellers(table, names, rows)
        return [
            "["
            + ",".join(
                [
                    tell[place](row, share)
                    for place, is_told, share in zip(places, said, held, strict=True)
                    if is_told
                ]
            )
            + "]"
            for row, (places, said, held) in enumerate(
                zip(picked.tolist(), told.tolist(), shares.tolist(), strict=True)
            )
        ]


Teller = Callable[[int, float], str]


def _tellers(table: Table, names: tuple[str, ...], rows: Ints) -> list[Teller]:
    """Return for each column what writes a reason as JSON: the place of the row, its share."""
    kinds = {column.name: column.kind for column in table.columns}
    return [
        (_telling_text if kinds[name] == CATEGORY else _telling_number)(
            name, np.asarray(table.values[name])[rows].tolist()
        )
        for name in names
    ]


def _telling_text(name: str, values: list[Any]) -> Teller:
    head = f"[{writing.as_json(name)},"
    return lambda row, share: f"{head}{writing.as_json(str(values[row] or ''))},{share:.4f}]"


def _telling_number(name: str, values: list[float]) -> Teller:
    head = f"[{writing.as_json(name)},"

    def tell(row: int, share: float) -> str:
        value = values[row]
        return f"{head}{'null' if value != value else format(value, '.4f')},{share:.4f}]"

    return tell


def _places(keys: Floats, ids: Ints) -> Ints:
    """Return where each id stands among sorted ``keys``, -1 for one that does not."""
    if not len(keys):
        return np.full(len(ids), -1, dtype=np.int64)
    found = np.clip(np.searchsorted(keys, ids.astype(np.float64)), 0, len(keys) - 1)
    return np.where(keys[found] == ids, found, -1)


def _read_stored(first: int, last: int) -> dict[str, Floats]:
    params = {
        "first": first,
        "last": last,
        "stages": list(STAGES),
        "levels": list(LEVELS),
    }
    return read_floats(STORED, params, FIELDS)


def _remove(stored: dict[str, Floats], kept: Ints, now: datetime) -> list[ScoreChange]:
    """Take away the scores of those who are no longer scored; return what is told of it."""
    gone = np.flatnonzero(~np.isin(stored["id"].astype(np.int64), kept))
    keys = stored["id"][gone].astype(np.int64).tolist()
    writing.remove(keys)
    levels = [LEVELS[int(place)] for place in stored["level"][gone]]
    stages = [STAGES[int(place)] for place in stored["stage"][gone]]
    at = writing.moment(now)
    writing.keep_history(
        [
            writing.line((pk, at, stage, before, LEVELS[NONE], 0, "", 0))
            for pk, stage, before in zip(keys, stages, levels, strict=True)
        ]
    )
    return [
        ScoreChange(customer_id=pk, before=before, after=LEVELS[NONE], probability=0.0, stage=stage)
        for pk, stage, before in zip(keys, stages, levels, strict=True)
    ]


def _write_health(shot: Snapshot, first: int, last: int, now: datetime) -> None:
    owners = shot.of_stage(OWNER)
    values: dict[str, Any] = owners.table.values
    parts = taken_off(values)
    points = health(parts)
    at = writing.moment(now)
    lines = [
        writing.line((pk, int(points[row]), writing.as_json(parts_of(values, parts, row)), at))
        for row, pk in enumerate(owners.ids.tolist())
    ]
    writing.merge_health(lines, first=first, last=last, kept=owners.ids.tolist())
