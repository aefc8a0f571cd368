"""KPIs over items of cost that other parts bring (ANA-04, ANA-12, ANA-22); no data until then."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.hooks import Cost, costs_of
from analytics.kpis.kinds import (
    Asking,
    CutLine,
    CutTable,
    Kpi,
    Line,
    Period,
    Place,
    Reading,
    Rows,
    ScopeKind,
    Sums,
)
from analytics.kpis.rules import formulas
from analytics.kpis.sources import MOST_LINES, NOT_SAID, Source, everywhere, rows_of
from analytics.kpis.sources import by_place as counted_by_place
from customers.vocabulary import labels

ACQUIRING: Final = ("marketing", "sales")
NO_COST: Final = Reading(None, None, None, 0, note="no_cost")
HEADINGS: Final = (
    pgettext_lazy("kpi", "Cost"),
    pgettext_lazy("kpi", "Day"),
    _("Channel"),
    _("Campaign"),
    _("Amount (yuan)"),
)
PARTS: Final = {"channel": _("Channel"), "campaign": _("Campaign")}

Formula = Callable[[Sequence[Cost], int], Reading]


@dataclass(frozen=True, slots=True)
class CostFigure:
    """Items of cost of some kinds, and whom they are divided by; ``source`` None for nobody."""

    formula: Formula
    kinds: tuple[str, ...] = ACQUIRING
    source: Source | None = None
    chosen: Callable[[Period], Source] | None = None
    is_cut: bool = False  # by channel and campaign; its source, if any, has these cuts too

    def counts(self, period: Period) -> Source | None:
        """Return the rows the cost is divided by in a period."""
        return self.chosen(period) if self.chosen else self.source

    def read(self, costs: Sequence[Cost], number: int) -> Reading:
        """Return the figure; where no cost was written down there is none, not one of 0 yuan."""
        return self.formula(costs, number) if costs else NO_COST


def per_customer(costs: Sequence[Cost], number: int) -> Reading:
    """Return the cost of one (ANA-04)."""
    return formulas.per_unit(_sum(costs), number, len(costs))


def customers_per_ten_thousand(costs: Sequence[Cost], number: int) -> Reading:
    """Return how many new customers 10,000 yuan brought (ANA-03); ``top`` is the cost."""
    spent = _sum(costs)
    value = formulas.quotient(Decimal(number) * 10_000, spent)
    note = "" if value is not None else "no_data"
    return Reading(value, spent, Decimal(number), len(costs), note=note)


def return_on_cost(costs: Sequence[Cost], _number: int) -> Reading:
    """Return what cost brought back, in percent (ANA-22); of items whose gain is attributed."""
    known = [cost for cost in costs if cost.margin is not None]
    spent = _sum(known)
    gained = sum((cost.margin or Decimal(0) for cost in known), Decimal(0))
    value = formulas.return_on(gained, spent)
    note = "" if value is not None else "no_data"
    return Reading(value, _sum(costs), gained, len(costs), note=note)


def from_costs(figure: CostFigure, **words: Any) -> Kpi:
    """Return a KPI over items of cost; ``words`` are its other attributes."""
    return Kpi(
        read=lambda asking: read(figure, asking),
        rows=lambda asking: listed(figure, asking),
        by_place=lambda period, kind, now: by_place(figure, period, kind, now),
        everywhere=lambda period, now: all_at_once(figure, period, now),
        listed_sums=lambda period, kind, now: listed_sums(figure, period, kind, now),
        empty=lambda _period, _now: NO_COST,
        cuts=(lambda asking: cut_tables(figure, asking)) if figure.is_cut else None,
        **words,
    )


def cut_tables(figure: CostFigure, asking: Asking) -> tuple[CutTable, ...]:
    """Return the figure by channel and by campaign, the dearest first (ANA-22)."""
    costs = _of(_costs(figure, asking.period, asking.now) or (), asking.place)
    return tuple(
        CutTable(key, label, tuple(_cut_lines(figure, asking, costs, key)))
        for key, label in PARTS.items()
    )


def _cut_lines(
    figure: CostFigure, asking: Asking, costs: Sequence[Cost], key: str
) -> Iterator[CutLine]:
    source = figure.counts(asking.period)
    words = labels("source") if key == "channel" else {}
    by_value: dict[str, list[Cost]] = {}
    for cost in costs:
        by_value.setdefault(getattr(cost, key), []).append(cost)
    dearest = sorted(by_value.items(), key=lambda item: (-_sum(item[1]), item[0]))
    for value, items in dearest[:MOST_LINES]:
        part = replace(asking, part=(key, value))
        number = 0 if source is None else rows_of(source, part).count()
        name = words.get(value, value) or NOT_SAID
        yield CutLine(value, name, figure.read(items, number))


def read(figure: CostFigure, asking: Asking) -> Reading:
    """Return the figure of a place; no data while nobody brings cost."""
    costs = _costs(figure, asking.period, asking.now)
    if costs is None:
        return NO_COST
    source = figure.counts(asking.period)
    number = 0 if source is None else rows_of(source, asking).count()
    return figure.read(_of_part(_of(costs, asking.place), asking.part), number)


def by_place(
    figure: CostFigure, period: Period, kind: ScopeKind, now: dt.datetime
) -> Mapping[int, Reading]:
    """Return the figures of all places of a kind; one query for whom the cost is divided by."""
    costs = _costs(figure, period, now)
    if costs is None:
        return {}
    source = figure.counts(period)
    counted = {} if source is None else counted_by_place(source, period, kind, now)
    return _shared_out(figure, costs, kind, counted)


def all_at_once(
    figure: CostFigure, period: Period, now: dt.datetime
) -> Mapping[ScopeKind, Mapping[int, Reading]]:
    """Return the figures of all places of all kinds; one query for whom the cost is divided by."""
    costs = _costs(figure, period, now)
    if costs is None:
        return {}
    source = figure.counts(period)
    counted = {} if source is None else everywhere(source, period, now)
    return {kind: _shared_out(figure, costs, kind, counted.get(kind, {})) for kind in ScopeKind}


def listed_sums(
    figure: CostFigure, period: Period, kind: ScopeKind, now: dt.datetime
) -> Mapping[int, Sums]:
    """Return number and total of the items that the list of each place of a kind holds."""
    found: dict[int, list[Cost]] = {}
    for cost in _costs(figure, period, now) or ():
        key = 0 if kind is ScopeKind.COMPANY else cost.at(kind)
        if key is not None:
            found.setdefault(key, []).append(cost)
    return {key: (len(items), _sum(items)) for key, items in found.items()}


def _shared_out(
    figure: CostFigure, costs: Sequence[Cost], kind: ScopeKind, counted: Mapping[int, Reading]
) -> dict[int, Reading]:
    numbers = {key: reading.n for key, reading in counted.items()}
    keys = {0} if kind is ScopeKind.COMPANY else {cost.at(kind) for cost in costs} | set(numbers)
    return {
        key: figure.read(_of(costs, Place(kind, key or None)), numbers.get(key, 0))
        for key in keys
        if key is not None
    }


def listed(figure: CostFigure, asking: Asking) -> Rows:
    """Return the items of cost, the latest key first."""
    whole = _of(_costs(figure, asking.period, asking.now) or (), asking.place)
    costs = sorted(
        _of_part(whole, asking.part),
        key=lambda cost: -cost.key,
    )
    total, count = _sum(costs), len(costs)
    if asking.after is not None:
        costs = [cost for cost in costs if cost.key < asking.after]
    more = asking.limit is not None and len(costs) > asking.limit
    shown = costs[: asking.limit] if more else costs
    last = shown[-1].key if shown and more else None
    lines = [
        Line(
            cost.key,
            (cost.label, cost.on, cost.channel, cost.campaign, cost.amount),
            cost.url,
            cost.amount,
        )
        for cost in shown
    ]
    return Rows(HEADINGS, lines, count, total, last)


def _costs(figure: CostFigure, period: Period, now: dt.datetime) -> list[Cost] | None:
    found = costs_of(period, now)
    return None if found is None else [cost for cost in found if cost.kind in figure.kinds]


def _of(costs: Iterable[Cost], place: Place) -> list[Cost]:
    if place.kind is ScopeKind.COMPANY:
        return list(costs)
    return [cost for cost in costs if cost.at(place.kind) == place.id]


def _of_part(costs: list[Cost], part: tuple[str, str] | None) -> list[Cost]:
    """Return the items with one value of a cut; none for a cut there is not."""
    if part is None:
        return costs
    key, value = part
    return [cost for cost in costs if key in PARTS and getattr(cost, key) == value]


def _sum(costs: Iterable[Cost]) -> Decimal:
    return sum((cost.amount for cost in costs), Decimal(0))
