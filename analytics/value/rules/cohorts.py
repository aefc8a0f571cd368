"""Further purchases and referrals by the age of the relation, tried on the past (ANA-50). Pure.

A rate is events a year at one age of the relation. Few events say little: each age is drawn towards
the age before it, the first towards the rate of all ages, and that towards a prior.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.value.rules.clv import OLDEST, shrunk

# Until enough is seen: what one owner brings a year.
PRIOR_SECOND: Final = Decimal("0.010")
PRIOR_REFERRAL: Final = Decimal("0.030")
PRIOR_YEARS: Final = 200
AGE_YEARS: Final = 100


@dataclass(frozen=True, slots=True)
class Exposure:
    """Owners whose first purchase was in year ``cohort``: years lived and events at one age."""

    cohort: int
    age: int
    years: float
    owners: int
    second: int
    referral: int


@dataclass(frozen=True, slots=True)
class CohortLine:
    """Further purchases and referrals of one cohort in the year that was kept back."""

    cohort: int
    owners: int
    expected_second: float
    second: int
    expected_referral: float
    referral: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the rates foresaw and what came; errors are sums over cohorts, naive is one rate."""

    lines: tuple[CohortLine, ...]
    error: float
    naive_error: float

    @property
    def expected(self) -> float:
        """Events foreseen in all cohorts."""
        return sum(line.expected_second + line.expected_referral for line in self.lines)

    @property
    def actual(self) -> int:
        """Events that came."""
        return sum(line.second + line.referral for line in self.lines)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "lines": [
                {key: round(value, 3) for key, value in asdict(line).items()} for line in self.lines
            ],
            "error": round(self.error, 3),
            "naive_error": round(self.naive_error, 3),
            "expected": round(self.expected, 3),
            "actual": self.actual,
        }


def rates_of(exposure: Iterable[Exposure]) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """Return second purchases and referrals a year, for 0 … 10 years since the first purchase."""
    rows = list(exposure)
    return (
        _by_age(rows, "second", PRIOR_SECOND),
        _by_age(rows, "referral", PRIOR_REFERRAL),
    )


def backtest(before: Sequence[Exposure], after: Sequence[Exposure]) -> Backtest | None:
    """Return how the rates of ``before`` foresaw what came until ``after``; None without owners.

    Both hold everything up to their moment, so the time in between is their difference. The naive
    forecast knows one rate for all ages.
    """
    if not before:
        return None
    second, referral = rates_of(before)
    flat_second, flat_referral = _overall(before)
    known = {(each.cohort, each.age): each for each in before}
    cohorts = {each.cohort for each in before}
    lines: dict[int, list[Any]] = {}
    naive: dict[int, Decimal] = {}
    for each in after:
        if each.cohort not in cohorts:
            continue
        past = known.get((each.cohort, each.age))
        years = Decimal(str(each.years - (past.years if past else 0.0)))
        age = min(each.age, OLDEST)
        line = lines.setdefault(each.cohort, [0, Decimal(0), 0, Decimal(0), 0])
        if each.age == 0:
            line[0] = past.owners if past else each.owners
        line[1] += years * second[age]
        line[2] += each.second - (past.second if past else 0)
        line[3] += years * referral[age]
        line[4] += each.referral - (past.referral if past else 0)
        flat = naive.setdefault(each.cohort, Decimal(0))
        naive[each.cohort] = flat + years * (flat_second + flat_referral)
    found = tuple(
        CohortLine(cohort, owners, float(more), bought, float(told), referred)
        for cohort, (owners, more, bought, told, referred) in sorted(lines.items())
    )
    error = sum(
        abs(one.expected_second + one.expected_referral - one.second - one.referral)
        for one in found
    )
    flat_error = sum(abs(float(naive[one.cohort]) - one.second - one.referral) for one in found)
    return Backtest(found, error, flat_error)


def _by_age(rows: Sequence[Exposure], name: str, prior: Decimal) -> tuple[Decimal, ...]:
    years = [0.0] * (OLDEST + 1)
    events = [0] * (OLDEST + 1)
    for each in rows:
        age = min(each.age, OLDEST)
        years[age] += each.years
        events[age] += getattr(each, name)
    near = shrunk(sum(events), sum(years), prior=prior, weight=PRIOR_YEARS)
    found = []
    for age in range(OLDEST + 1):
        near = shrunk(events[age], years[age], prior=near, weight=AGE_YEARS)
        found.append(near)
    return tuple(found)


def _overall(rows: Sequence[Exposure]) -> tuple[Decimal, Decimal]:
    years = sum(each.years for each in rows)
    return (
        shrunk(sum(e.second for e in rows), years, prior=PRIOR_SECOND, weight=PRIOR_YEARS),
        shrunk(sum(e.referral for e in rows), years, prior=PRIOR_REFERRAL, weight=PRIOR_YEARS),
    )
