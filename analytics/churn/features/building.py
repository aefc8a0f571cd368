"""One snapshot of the inputs of a range of customers; training, scoring and tests all use it.

``read_snapshot`` looks at nothing that happened or was recorded after the cut-off, and proves it:
each source tells the latest moment it looked at, and one beyond the cut-off is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, Final

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from analytics.churn.features.custom import Fields, past_values, read_custom
from analytics.churn.features.projects import Projects, read_projects
from analytics.churn.features.reading import Floats, aligned, as_float, read_floats, seconds
from analytics.churn.features.sources import LATE, SOURCES, Source
from analytics.churn.rules.columns import COLUMNS, UNITS
from analytics.churn.rules.labels import DAY
from analytics.churn.rules.words import Stage
from analytics.scoring.rules.tables import Table
from customers.models import Lead, VocabularyTerm
from customers.refusal_sql import REFUSED

STAGES: Final = tuple(stage.value for stage in Stage)
LEAD, VISIT, RESERVATION, SIGNED, OWNER = range(5)
MOMENTS: Final = frozenset(
    {
        "last_talk",
        "last_try",
        "first_visit",
        "first_lead",
        "last_lead",
        "last_payment",
        "deal_since",
    }
)
# No row of these means none; of the others, that nothing is known.
COUNTS: Final = (
    *("visits", "visits_before", "talks", "talks_before", "no_answers", "bad_moods", "refused_us"),
    *("consultant_changes", "complaints_open", "complaints_overdue", "complaints_on_time"),
    *("online_moves", "online_before", "visit_booked", "competitor_seen", "loan_refused"),
    *("payments", "paid", "bought_before", "referrals", "lead_visited", "lead_reserved"),
    *("lead_signed", "is_owner", "is_signed", "is_reserved"),
)


class FutureError(ValueError):
    """A source looked at something after the cut-off, which a score must not know."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__(f"the source {source} looks beyond the cut-off")


@dataclass(frozen=True)
class Cut:
    """What is the same for every range of customers of one moment; read once a run."""

    at: datetime
    projects: Projects
    channels: tuple[str, ...]
    fields: Fields
    sources: tuple[Source, ...]

    @property
    def seconds(self) -> float:
        """The moment as seconds since 1970."""
        return self.at.timestamp()


@dataclass(frozen=True)
class Snapshot:
    """Customers at one moment: who, at which stage (a place in ``STAGES``), with which inputs.

    ``value`` is what they stand for in yuan: the deal, else the budget, else the usual price of the
    project. ``churned`` is as of today and of use for today only.
    """

    at: datetime
    ids: NDArray[np.int64]
    stages: NDArray[np.int64]
    table: Table
    owner: Floats
    project: Floats
    churned: NDArray[np.bool_]
    value: Floats

    def of_stage(self, stage: int) -> "Snapshot":
        """Return the customers of one stage alone."""
        return self.take(np.flatnonzero(self.stages == stage))

    def take(self, rows: NDArray[Any]) -> "Snapshot":
        """Return these rows."""
        return Snapshot(
            at=self.at,
            ids=self.ids[rows],
            stages=self.stages[rows],
            table=self.table.take(rows),
            owner=self.owner[rows],
            project=self.project[rows],
            churned=self.churned[rows],
            value=self.value[rows],
        )


def cut_at(at: datetime, *, sources: Sequence[Source] = SOURCES) -> Cut:
    """Return what every range of the moment ``at`` shares."""
    codes = VocabularyTerm.objects.filter(list_key="source").order_by("code")
    channels = list(codes.values_list("code", flat=True))
    if not channels:
        channels = sorted(Lead.objects.order_by().values_list("source", flat=True).distinct())
    return Cut(
        at=at,
        projects=read_projects(at, timezone.localdate(at)),
        channels=tuple(channels),
        fields=Fields.of_company(),
        sources=tuple(sources),
    )


def read_snapshot(cut: Cut, first: int, last: int) -> Snapshot:
    """Return the customers with ids ``first`` to ``last`` as they were at the cut-off.

    Merged customers, those who refuse to be assessed (PIPL, article 24) and those not yet known at
    the cut-off are not in it. Raise ``FutureError`` for a source that looks beyond the cut-off.
    """
    params = {"t": cut.at, "first": first, "last": last, "sources": list(cut.channels)}
    raw = read_floats(EVERYBODY, params, ("id", *_BASE))
    keys = raw["id"]
    for source in cut.sources:
        raw |= aligned(_of_source(source, cut, params), keys, tuple(source.picks))
    known = np.flatnonzero(np.fmin(raw["known"], raw["first_lead"]) <= cut.seconds)
    raw = {name: values[known] for name, values in raw.items()}
    for name in COUNTS:
        if name in raw:
            raw[name] = np.nan_to_num(raw[name])
    past = past_values(cut.at, first, last)
    return _snapshot(cut, raw["id"].astype(np.int64), raw, past)


_BASE: Final = {
    "known": seconds("c.created_at"),
    "home": as_float("c.project_id"),
    "owner": as_float("c.owner_id"),
    "budget": as_float("c.budget_max"),
    "churned": "(c.phase = 'churned')::int::float8",
    "was_referred": "(c.referrer_id IS NOT NULL)::int::float8",
    "moved_in": as_float("(c.buying_stage = 'moved_in' AND c.stage_since <= %(t)s)::int"),
}
EVERYBODY: Final = (
    f"SELECT c.id::float8, {', '.join(_BASE.values())} FROM customers_customer c"  # noqa: S608
    " WHERE c.id BETWEEN %(first)s AND %(last)s AND c.merged_into_id IS NULL"
    f" AND c.id NOT IN ({REFUSED} AND no.customer_id BETWEEN %(first)s AND %(last)s) ORDER BY c.id"
)


STANDING: Final = (
    f"SELECT c.id::float8, {_BASE['churned']} FROM customers_customer c"  # noqa: S608
    " WHERE c.id BETWEEN %(first)s AND %(last)s AND c.merged_into_id IS NULL"
    f" AND c.id NOT IN ({REFUSED} AND no.customer_id BETWEEN %(first)s AND %(last)s) ORDER BY c.id"
)


def still_standing(shot: Snapshot, first: int, last: int) -> Snapshot:
    """Return those of a range of ``shot`` who may be scored now.

    Some time lies between reading and writing: who refused, was merged, lost or deleted since is
    looked up again.
    """
    raw = read_floats(STANDING, {"first": first, "last": last}, ("id", "churned"))
    begin, end = np.searchsorted(shot.ids, (first, last + 1))
    rows = np.arange(begin, end)
    found = shot.take(rows[np.isin(shot.ids[begin:end], raw["id"].astype(np.int64))])
    churned = raw["churned"][np.searchsorted(raw["id"], found.ids)] > 0
    return replace(found, churned=churned)


def statement(source: Source) -> str:
    """Return the SQL of one source: a row for each customer of a range, in their order.

    Each source is a statement of its own: an aggregate over one range of an index, which no size of
    the other tables can turn into a bad plan. The text is put together from constants alone.
    """
    picks = [
        (seconds if name in MOMENTS else as_float)(pick) for name, pick in source.picks.items()
    ]
    columns = [f"{source.customer}::float8", seconds(f"max({source.at})"), *picks]
    tests = [f"{source.customer} BETWEEN %(first)s AND %(last)s"]
    if source.is_cut:
        tests.append(f"{source.at} <= %(t)s")
        if source.recorded:
            late = f"{source.recorded} > {source.at} + {LATE}"
            tests.append(f"({source.recorded} <= %(t)s OR {late})")
    if source.where:
        tests.append(source.where)
    return (
        f"SELECT {', '.join(columns)} FROM {source.rows}"  # noqa: S608 -- constants of ``sources``
        f" WHERE {' AND '.join(tests)} GROUP BY {source.customer} ORDER BY {source.customer}"
    )


def _of_source(source: Source, cut: Cut, params: Mapping[str, Any]) -> dict[str, Floats]:
    found = read_floats(statement(source), params, ("customer", "seen", *source.picks))
    if len(found["seen"]) and np.nanmax(found["seen"]) > cut.seconds + 1e-6:
        raise FutureError(source.name)
    return found


def _snapshot(
    cut: Cut, ids: NDArray[np.int64], raw: dict[str, Floats], past: dict[str, dict[int, str]]
) -> Snapshot:
    now, none = cut.seconds, np.full(len(ids), np.nan)
    known = np.fmin(raw["known"], raw["first_lead"])
    project = _first(raw["deal_project"], raw["lead_project"], raw["home"])
    talk = _latest(raw["last_talk"], raw["last_lead"], raw["last_payment"])
    stages = _stages(raw)
    budget = _first(raw["wish_max"], _as_it_was(raw["budget"], ids, past.get("budget_max", {})))
    price = cut.projects.of(cut.projects.price, project)
    changes, move = cut.projects.moves_seen(project, known)
    delay = np.where(np.isnan(project), np.nan, 0.0)
    late = cut.projects.of(cut.projects.delay, project)
    values: dict[str, Any] = {name: raw.get(name, none) for name in _names()}
    times = {
        "answer_time": raw["answer_hours"],
        "silence": (now - _first(talk, known)) / DAY,
        "known_time": (now - known) / DAY,
        "stage_time": (now - _stage_since(raw, stages, known)) / DAY,
        "payment_time": (now - raw["last_payment"]) / DAY,
        "paid": raw["paid"],
    }
    values |= {
        **{name: np.log1p(np.fmax(held, 0.0) / UNITS[name]) for name, held in times.items()},
        "visits_fallen": raw["visits_before"] - raw["visits"],
        "talks_fallen": raw["talks_before"] / 2 - raw["talks"],
        "online_fallen": raw["online_before"] / 2 - raw["online_moves"],
        "price_changes": changes,
        "price_move": move,
        "budget_gap": np.clip(price / np.where(budget > 0, budget, np.nan) - 1, -1.0, 2.0),
        "delay_months": np.where(np.isnan(late), delay, late),
        "channel": _texts(raw["channel"], cut.channels),
    }
    columns, more = read_custom(cut.fields, ids, past)
    return Snapshot(
        at=cut.at,
        ids=ids,
        stages=stages,
        table=Table((*COLUMNS, *columns), values | more),
        owner=raw["owner"],
        project=project,
        churned=raw["churned"] > 0,
        value=np.nan_to_num(_first(raw["deal_value"], budget, price)),
    )


def _names() -> tuple[str, ...]:
    return tuple(column.name for column in COLUMNS)


def _stages(raw: Mapping[str, Floats]) -> NDArray[np.int64]:
    """Return the stage of each customer: a deal under way, else a home, else how far they came."""
    found = np.full(len(raw["id"]), LEAD, dtype=np.int64)
    found[(raw["lead_visited"] > 0) | ~np.isnan(raw["first_visit"])] = VISIT
    found[(raw["is_owner"] > 0) | (raw["moved_in"] > 0)] = OWNER
    loose = found != OWNER
    found[(raw["is_reserved"] > 0) | ((raw["lead_reserved"] > 0) & loose)] = RESERVATION
    found[(raw["is_signed"] > 0) | ((raw["lead_signed"] > 0) & loose)] = SIGNED
    return found


def _stage_since(raw: Mapping[str, Floats], stages: NDArray[np.int64], known: Floats) -> Floats:
    visited = _first(raw["first_visit"], known)
    return np.where(
        stages == LEAD,
        known,
        np.where(stages == VISIT, visited, _first(raw["deal_since"], visited)),
    )


def _first(*columns: Floats) -> Floats:
    """Return the first of the columns that is known, row by row."""
    return reduce(lambda found, more: np.where(np.isnan(found), more, found), columns)


def _latest(*columns: Floats) -> Floats:
    return reduce(np.fmax, columns)


def _texts(codes: Floats, words: Sequence[str]) -> NDArray[Any]:
    """Return the word of each place counted from 1, the empty text for none."""
    choices = np.array(["", *words], dtype=object)
    return choices[np.nan_to_num(codes).astype(np.int64)]


def _as_it_was(values: Floats, ids: NDArray[np.int64], past: Mapping[int, str]) -> Floats:
    """Return the numbers as they were where they were changed after the cut-off."""
    if not past:
        return values
    found = values.copy()
    for key, text in past.items():
        place = int(np.searchsorted(ids, key))
        if place < len(ids) and ids[place] == key:
            found[place] = _number(text)
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return float("nan")
