"""How far a goal is. Pure."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


def progress(*, baseline: Decimal, target: Decimal, now: Decimal | None) -> int | None:
    """Return how much of the way from baseline to target is done, 0 to 100 %; None without data.

    A target below the baseline (fewer complaints, say) counts downwards; what lies behind the
    baseline is 0 (MKT-01).
    """
    if now is None or baseline == target:
        return None
    share = (now - baseline) / (target - baseline) * HUNDRED
    return int(min(HUNDRED, max(Decimal(0), share)).quantize(Decimal(1), ROUND_HALF_UP))


def time_gone(*, start: date, end: date, today: date) -> int:
    """Return how much of the period is over on ``today``, 0 to 100 %."""
    days = (end - start).days
    if days <= 0:
        return 100
    return min(100, max(0, round((today - start).days * 100 / days)))


def is_behind(*, done: int | None, gone: int, slack: int) -> bool:
    """Return whether a goal lags its time by more than ``slack`` percentage points."""
    return done is not None and done + slack < gone
