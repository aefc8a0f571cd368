"""Where other parts bring what KPIs need and the base does not hold.

Marketing brings cost and the start of campaigns, churn how many are red, win-back the recovered,
value the expected part. Until somebody does, the KPI reads "no data".
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from analytics.kpis.kinds import (
    NO_DATA,
    Asking,
    Everywhere,
    ListedSums,
    Period,
    Reading,
    Rows,
    ScopeKind,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """One item of cost with where and what for it was spent; ``key`` is unique in its source.

    Keys of places are those of nodes and accounts; ``margin`` is the attributed gain, if known.
    ``kind`` is marketing, sales, service, care, compensation or complaint.
    """

    key: int
    on: dt.date
    amount: Decimal
    label: str
    kind: str = "marketing"
    region: int | None = None
    project: int | None = None
    team: int | None = None
    consultant: int | None = None
    channel: str = ""
    campaign: str = ""
    margin: Decimal | None = None
    url: str = ""

    def at(self, kind: ScopeKind) -> int | None:
        """Return the key of the place of a kind it was spent for."""
        found: int | None = getattr(self, kind.value)
        return found


CostSource = Callable[[Period, dt.datetime], Iterable[Cost]]
CampaignSource = Callable[[dt.datetime], Mapping[str, dt.date]]


@dataclass(frozen=True, slots=True)
class Collector:
    """A whole KPI brought by another part: its figure, its rows, all places of a kind in one go.

    ``everywhere``, ``listed_sums`` and ``empty``, the figure of a place without rows, are as those
    of ``kinds.Kpi``.
    """

    read: Callable[[Asking], Reading]
    rows: Callable[[Asking], Rows]
    by_place: Callable[[Period, ScopeKind, dt.datetime], Mapping[int, Reading]] | None = None
    everywhere: Everywhere | None = None
    listed_sums: ListedSums | None = None
    empty: Callable[[Period, dt.datetime], Reading] = lambda period, now: NO_DATA


_COSTS: dict[str, CostSource] = {}
_CAMPAIGNS: dict[str, CampaignSource] = {}
_COLLECTORS: dict[str, Collector] = {}


def register_cost_source(name: str, source: CostSource) -> None:
    """Bring items of cost of a period; registering the name again replaces it."""
    _COSTS[name] = source


def register_campaign_source(name: str, source: CampaignSource) -> None:
    """Bring the first day of campaigns by their code."""
    _CAMPAIGNS[name] = source


def register_collector(key: str, collector: Collector) -> None:
    """Bring the figure of ``red_warnings``, ``recovery_rate`` or ``clv_expected``."""
    _COLLECTORS[key] = collector


def forget(*names: str) -> None:
    """Take away what was registered under these names; of use in tests only."""
    for name in names:
        for known in (_COSTS, _CAMPAIGNS, _COLLECTORS):
            known.pop(name, None)


def costs_of(period: Period, now: dt.datetime) -> list[Cost] | None:
    """Return the cost of a period from all sources, None while nobody brings any."""
    if not _COSTS:
        return None
    found = [cost for source in _COSTS.values() for cost in source(period, now)]
    return [cost for cost in found if period.start <= cost.on < period.end]


def campaigns_at(now: dt.datetime) -> dict[str, dt.date]:
    """Return the starts of all campaigns known by now."""
    return {code: day for source in _CAMPAIGNS.values() for code, day in source(now).items()}


def collector_of(key: str) -> Collector | None:
    """Return who brings a KPI, None while nobody does."""
    return _COLLECTORS.get(key)
