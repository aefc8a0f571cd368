"""KPIs whose values a test sets, for everything that reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from analytics.improvement import registers as improvement
from analytics.kpis import registry
from analytics.kpis.kinds import Asking, Goal, Group, Kpi, Reading, Rows
from analytics.reviews import registers as reviews

D = Decimal
# key -> group, unit, good direction, comparison and value of the target
GIVEN: dict[str, tuple[str, str, str, str, str]] = {
    "conversion_rate": ("acquisition", "percent", "up", "ge", "15"),
    "customers_per_10k": ("acquisition", "ratio", "up", "ge", "2"),
    "cac": ("acquisition", "yuan", "down", "le", "150"),
    "retention_rate": ("retention", "percent", "up", "ge", "80"),
    "churn_rate": ("retention", "percent", "down", "le", "5"),
    "repurchase_broad": ("retention", "percent", "up", "ge", "30"),
    "clv": ("value", "yuan", "up", "ge", "500000"),
    "csat": ("satisfaction", "points", "up", "ge", "8.5"),
    "complaint_timeliness": ("satisfaction", "percent", "up", "ge", "95"),
    "lifecycle_length": ("value", "days", "up", "ge", "300"),
    "total_revenue": ("value", "yuan", "up", "ge", "1000"),
}


class Figures:
    """The values that KPIs answer; each period and place may have its own."""

    def __init__(self) -> None:
        self.values: dict[Any, Decimal | None] = {
            key: D(goal) for key, (*_rest, goal) in GIVEN.items()
        }

    def set(self, key: str, value: Any, *, start: Any = None, place: Any = None) -> None:
        """Let a KPI answer ``value``, everywhere or for one start and one place."""
        known = None if value is None else D(str(value))
        self.values[(key, start, place) if start or place else key] = known

    def answer(self, key: str, asking: Asking) -> Reading:
        """Return the reading that stands for a question."""
        start, place = asking.period.start, asking.place.id
        for name in ((key, start, place), (key, start, None), (key, None, place), key):
            if name in self.values:
                value = self.values[name]
                n = 0 if value is None else 10
                return Reading(value, value, None if value is None else D(1), n)
        raise KeyError(key)


@contextmanager
def given_kpis() -> Iterator[Figures]:
    """Replace all KPIs by those above until the test is over."""
    kept, figures = dict(registry._KPIS), Figures()
    registry._KPIS.clear()
    for key, (group, unit, good, comparison, goal) in GIVEN.items():
        registry.register_kpi(
            Kpi(
                key=key,
                label=f"指标{key}",
                group=Group(group),
                unit=unit,
                good=good,
                formula="",
                exclusions="",
                owner_role="executive",
                target_key=None,
                read=lambda asking, key=key: figures.answer(key, asking),
                rows=lambda _asking: Rows((), (), 0, D(0)),
                goal=Goal(comparison, D(goal), D(1)),
            )
        )
    _offer_again()
    try:
        yield figures
    finally:
        registry._KPIS.clear()
        registry._KPIS.update(kept)
        _offer_again()


def _offer_again() -> None:
    """Let the registers offer the KPIs there are now."""
    reviews.register()
    improvement.register()
