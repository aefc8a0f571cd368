"""From raw log odds to a probability that holds (design 1.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analytics.scoring.rules.figures import ece, expit, line_through, logit
from analytics.scoring.rules.tables import Floats, Ints

Method = Literal["none", "sigmoid", "isotonic"]
ROWS_FOR_ISOTONIC = 1_000
ECE_THAT_NEEDS_IT = 0.02
CUT = 20.0


@dataclass(frozen=True)
class Calibration:
    """A rising map of log odds onto log odds: none, a line, or straight pieces between knots."""

    method: Method = "none"
    knots: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()
    slope: float = 1.0
    shift: float = 0.0

    def apply(self, odds: Floats) -> Floats:
        """Return the calibrated log odds."""
        found = odds
        if self.method == "sigmoid":
            found = self.shift + self.slope * odds
        elif self.method == "isotonic":
            found = np.interp(odds, np.asarray(self.knots), np.asarray(self.heights))
        return found

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "method": self.method,
            "knots": list(self.knots),
            "heights": list(self.heights),
            "slope": self.slope,
            "shift": self.shift,
        }


def calibration_from_json(data: dict[str, Any]) -> Calibration:
    """Return the map of what is stored; KeyError, TypeError or ValueError when it is broken."""
    knots = tuple(map(float, data["knots"]))
    heights = tuple(map(float, data["heights"]))
    if data["method"] not in ("none", "sigmoid", "isotonic") or len(knots) != len(heights):
        raise ValueError("calibration")
    if list(knots) != sorted(knots) or list(heights) != sorted(heights):
        raise ValueError("a calibration must rise")
    return Calibration(data["method"], knots, heights, float(data["slope"]), float(data["shift"]))


def sigmoid(odds: Floats, labels: Floats) -> Calibration:
    """Return the line through the outcome (Platt); a falling one is held level."""
    shift, slope = line_through(labels, np.clip(odds, -CUT, CUT))
    return Calibration("sigmoid", slope=max(slope, 1e-3), shift=shift)


def isotonic(odds: Floats, labels: Floats) -> Calibration:
    """Return the rising map, its ends kept off 0 and 1 by half a case."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(out_of_bounds="clip").fit(odds, labels)
    off = 0.5 / len(labels)
    heights = logit(np.clip(fitted.y_thresholds_, off, 1 - off))
    knots = tuple(float(one) for one in fitted.X_thresholds_)
    return Calibration("isotonic", knots, tuple(float(one) for one in heights))


def calibrate(odds: Floats, labels: Floats) -> Calibration:
    """Return the map that out-of-fold log odds need: a line when rows are few (design 1.4).

    Above that none when the raw error is small, otherwise the rising map.
    """
    if len(labels) < ROWS_FOR_ISOTONIC:
        return sigmoid(odds, labels)
    if (ece(labels, expit(odds)) or 0.0) <= ECE_THAT_NEEDS_IT:
        return Calibration()
    return isotonic(odds, labels)


def cross_calibrated(
    odds: Floats, labels: Floats, folds: Ints, draw: Callable[[Floats, Floats], Calibration]
) -> Floats:
    """Return the log odds, each calibrated by the map that the rows of the other folds ask for."""
    found = np.zeros(len(odds))
    for fold in np.unique(folds):
        inside = folds != fold
        found[~inside] = draw(odds[inside], labels[inside]).apply(odds[~inside])
    return found
