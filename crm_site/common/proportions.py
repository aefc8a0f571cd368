"""Two shares compared: difference, z-test, intervals, exact test, sample size, balance. Pure.

A share is ``hits`` of ``n``. The z-test pools the variance and is two-sided. Of the three intervals
Newcombe's (1998, method 10, from Wilson's intervals) keeps its level with few rows and with shares
near 0 or 1; the other two are the ones found in most text books.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

NORMAL: Final = NormalDist()
LEVEL: Final = 0.95
# Far below 5 %, because it is looked at each day: a real fault of the draw is smaller still.
MISMATCH: Final = 0.001
LARGEST_EXACT: Final = 200_000  # people in both arms up to whom the exact test is worked out
CLOSE: Final = 1e-7  # tables as likely as the one seen, but for rounding

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of ``n`` did what was hoped for."""

    hits: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.n:
            raise ValueError("hits must lie between 0 and n")

    @property
    def rate(self) -> float:
        """Return the share, 0 to 1; of nobody it is 0."""
        return self.hits / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Treatment less control, as shares (0 to 1); ``lift`` is None where the control is 0."""

    control: Share
    treatment: Share
    difference: float
    lift: float | None
    z: float
    p: float
    pooled: Interval
    wald: Interval
    newcombe: Interval

    @property
    def chi2(self) -> float:
        """Return the statistic of the chi-squared test without correction, one degree."""
        return self.z * self.z

    def is_clear(self, alpha: float = 1 - LEVEL) -> bool:
        """Return whether no difference at all is outside what chance explains."""
        return self.p < alpha


def critical(level: float = LEVEL) -> float:
    """Return how many standard errors an interval of ``level`` reaches to each side."""
    return NORMAL.inv_cdf(0.5 + level / 2)


def wilson(share: Share, *, level: float = LEVEL) -> Interval:
    """Return Wilson's interval of one share; of nobody it is 0 to 1."""
    if not share.n:
        return 0.0, 1.0
    n, p, z = share.n, share.rate, critical(level)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if share.hits == 0 else max(0.0, middle - half)
    high = 1.0 if share.hits == n else min(1.0, middle + half)
    return low, high


def compare(control: Share, treatment: Share, *, level: float = LEVEL) -> Comparison:
    """Return the effect of treatment; raise ValueError where an arm is empty."""
    if not control.n or not treatment.n:
        raise ValueError("an arm is empty")
    before, after = control.rate, treatment.rate
    difference = after - before
    both = (control.hits + treatment.hits) / (control.n + treatment.n)
    error = math.sqrt(both * (1 - both) * (1 / control.n + 1 / treatment.n))
    apart = math.sqrt(before * (1 - before) / control.n + after * (1 - after) / treatment.n)
    z = difference / error if error else 0.0
    reach = critical(level)
    low_c, high_c = wilson(control, level=level)
    low_t, high_t = wilson(treatment, level=level)
    return Comparison(
        control=control,
        treatment=treatment,
        difference=difference,
        lift=difference / before if before else None,
        z=z,
        p=math.erfc(abs(z) / math.sqrt(2)),
        pooled=(difference - reach * error, difference + reach * error),
        wald=(difference - reach * apart, difference + reach * apart),
        newcombe=(
            difference - math.hypot(after - low_t, high_c - before),
            difference + math.hypot(high_t - after, before - low_c),
        ),
    )


def exact_p(control: Share, treatment: Share) -> float | None:
    """Return Fisher's two-sided p: all tables no likelier than this one; None of too many."""
    total = control.n + treatment.n
    if total > LARGEST_EXACT:
        return None
    hits = control.hits + treatment.hits

    def log_of(seen: int) -> float:
        return _log_choose(control.n, seen) + _log_choose(treatment.n, hits - seen)

    whole = _log_choose(total, hits)
    here = log_of(control.hits)
    first, last = max(0, hits - treatment.n), min(hits, control.n)
    logs = (log_of(seen) for seen in range(first, last + 1))
    return min(1.0, math.fsum(math.exp(one - whole) for one in logs if one <= here + CLOSE))


def balance(counts: Sequence[int], shares: Sequence[float]) -> tuple[float, float]:
    """Return chi-squared and p of arms so unlike the shares they were drawn with.

    Raise ValueError where shares and arms differ in number or a share is not positive.
    """
    if len(counts) != len(shares) or len(counts) < 2 or min(shares) <= 0:
        raise ValueError("each arm has a positive share")
    total, whole = sum(counts), math.fsum(shares)
    if not total:
        return 0.0, 1.0
    expected = [total * share / whole for share in shares]
    chi2 = math.fsum((n - e) ** 2 / e for n, e in zip(counts, expected, strict=True))
    return chi2, _chi2_above(chi2, len(counts) - 1)


def sample_size(before: float, after: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return how many each arm needs to see ``before`` become ``after``, unrounded.

    By Cohen's h, two-sided. Raise ValueError where there is no difference to see.
    """
    h = abs(2 * math.asin(math.sqrt(after)) - 2 * math.asin(math.sqrt(before)))
    if not h:
        raise ValueError("there is no difference to see")
    reach, wanted = NORMAL.inv_cdf(1 - alpha / 2), NORMAL.inv_cdf(power)
    low, high = 0.0, 2 * ((reach + wanted) / h) ** 2
    for _step in range(200):  # both tails count, so the closed form is only an upper bound
        middle = (low + high) / 2
        shift = h * math.sqrt(middle / 2)
        reached = NORMAL.cdf(shift - reach) + NORMAL.cdf(-shift - reach)
        low, high = (middle, high) if reached < power else (low, middle)
    return high


def least_per_arm(before: float, after: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Return how many each arm needs, in whole people; raise ValueError as ``sample_size``."""
    return math.ceil(sample_size(before, after, alpha=alpha, power=power) - 1e-9)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _chi2_above(chi2: float, degrees: int) -> float:
    """Return how likely a chi-squared of so many degrees is at least ``chi2``."""
    half = chi2 / 2
    if degrees % 2 == 0:
        return math.exp(-half) * math.fsum(half**k / math.factorial(k) for k in range(degrees // 2))
    rest = math.fsum(
        half ** (k - 0.5) / math.gamma(k + 0.5) for k in range(1, (degrees - 1) // 2 + 1)
    )
    return math.erfc(math.sqrt(half)) + math.exp(-half) * rest
