"""What comes next in a series, how sure that is, and whether the method earns it (ANA-46). Pure.

A method is used only where it beat the seasonal naive forecast – the same season of the last cycle
– on the past (rolling origin). Intervals come from those past errors, not from the model's words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analytics.value.rules.forecast_names import DRIFT, NAIVE, SMOOTH

SEASON: Final = 12
FOLDS: Final = 6
SEASONAL_FROM: Final = 2 * SEASON + FOLDS  # periods of history from which seasons are known
LEAST: Final = 10  # periods of history below which nothing is forecast
Z80: Final = 1.2816


@dataclass(frozen=True, slots=True)
class Point:
    """One period ahead: 1 is the next one; ``low`` … ``high`` holds 8 of 10."""

    ahead: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tested:
    """Mean absolute error of each method over the past, in units of the series."""

    errors: dict[str, float]
    folds: int
    horizon: int

    @property
    def best(self) -> str:
        """The method of the smallest error; the naive one where nothing beats it."""
        return min(self.errors, key=lambda name: (round(self.errors[name], 9), name != NAIVE))

    @property
    def gain(self) -> float:
        """By which share the best method's error is below that of the naive one."""
        naive = self.errors[NAIVE]
        return 0.0 if naive == 0 else 1 - self.errors[self.best] / naive


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast with the method that made it and how it did on the past."""

    method: str
    points: tuple[Point, ...]
    tested: Tested


def seasonal_naive(history: Sequence[float], ahead: int, season: int = SEASON) -> Any:
    """Return the values of the same season of the last cycle."""
    last = np.asarray(history, dtype=float)[-season:]
    return np.resize(last, ahead)


def season_and_trend(history: Sequence[float], ahead: int, season: int = SEASON) -> Any:
    """Return trend by least squares times the usual shape of the cycle."""
    y = np.asarray(history, dtype=float)
    t = np.arange(len(y))
    slope, level = np.polyfit(t, y, 1)
    line = level + slope * t
    floor = max(float(np.abs(y).mean()) * 0.05, 1e-9)
    ratio = y / np.maximum(line, floor)
    shape = np.array([ratio[t % season == s].mean() for s in range(season)])
    shape = shape / shape.mean() if shape.mean() > 0 else np.ones(season)
    later = np.arange(len(y), len(y) + ahead)
    return np.maximum(level + slope * later, 0) * shape[later % season]


def holt_winters(history: Sequence[float], ahead: int, season: int = SEASON) -> Any:
    """Return the forecast of exponential smoothing with a damped trend and seasons."""
    import warnings

    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ExponentialSmoothing(
            np.asarray(history, dtype=float),
            trend="add",
            damped_trend=True,
            seasonal="add" if season > 1 else None,
            seasonal_periods=season if season > 1 else None,
            initialization_method="estimated",
        )
        return np.asarray(model.fit().forecast(ahead))


METHODS: Final[dict[str, Callable[..., Any]]] = {
    NAIVE: seasonal_naive,
    DRIFT: season_and_trend,
    SMOOTH: holt_winters,
}


def backtest(history: Sequence[float], *, horizon: int, season: int = SEASON) -> Tested:
    """Return how each method would have done: forecasts from several days of the past."""
    tested, _residuals = _try(history, horizon=horizon, season=season)
    return tested


def outlook(
    history: Sequence[float], *, horizon: int, lowest: float | None = 0.0
) -> Outlook | None:
    """Return the next ``horizon`` periods; None where the history is too short or empty.

    Below two and a half years there are no seasons to know: the naive forecast is then the last
    value. ``lowest`` bounds values and intervals, as counts and prices have no less than 0.
    """
    y = np.asarray(history, dtype=float)
    if len(y) < LEAST or not np.isfinite(y).all() or not y.any():
        return None
    season = SEASON if len(y) >= SEASONAL_FROM else 1
    tested, residuals = _try(history, horizon=horizon, season=season)
    method = tested.best
    values = METHODS[method](y, horizon, season)
    spread = _spreads(residuals[method], horizon)
    floor = -np.inf if lowest is None else lowest
    points = tuple(
        Point(
            ahead=step + 1,
            value=float(max(value, floor)),
            low=float(max(value - Z80 * spread[step], floor)),
            high=float(max(value + Z80 * spread[step], floor)),
        )
        for step, value in enumerate(values)
    )
    return Outlook(method, points, tested)


def _try(
    history: Sequence[float], *, horizon: int, season: int
) -> tuple[Tested, dict[str, list[Any]]]:
    """Return the errors of each method and what each fold was off by."""
    y = np.asarray(history, dtype=float)
    latest = len(y) - 1
    first = max(2 * season, latest - FOLDS + 1, 4)
    origins = range(first, latest + 1)
    residuals: dict[str, list[Any]] = {name: [] for name in METHODS}
    for origin in origins:
        actual = y[origin : origin + horizon]
        for name, method in METHODS.items():
            residuals[name].append(actual - method(y[:origin], len(actual), season))
    errors = {name: float(np.abs(np.concatenate(off)).mean()) for name, off in residuals.items()}
    return Tested(errors, len(residuals[NAIVE]), horizon), residuals


def _spreads(residuals: Sequence[Any], horizon: int) -> Any:
    """Return the deviation of each step ahead, never smaller than that of the step before."""
    overall = float(np.sqrt((np.concatenate(residuals) ** 2).mean()))
    by_step = []
    for step in range(horizon):
        seen = [off[step] for off in residuals if len(off) > step]
        own = float(np.sqrt(np.mean(np.square(seen)))) if len(seen) > 2 else overall
        by_step.append(max(own, overall))
    return np.maximum.accumulate(by_step)
