"""How content an owner seems: a hundred less what speaks against it (design 1.2). Pure."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Column -> points taken off for each, and at most.
TAKEN: Final = {
    "complaints_overdue": (20.0, 40.0),
    "complaints_open": (10.0, 30.0),
    "bad_moods": (5.0, 15.0),
    "delay_months": (3.0, 15.0),
}
GOOD_RATING: Final = 8.0
RATING_POINT: Final = 5.0


def taken_off(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the points each part takes off; a rating below 8 of 10 takes 5 a point."""
    found = {
        name: np.minimum(np.nan_to_num(values[name]) * each, most)
        for name, (each, most) in TAKEN.items()
    }
    rating = np.nan_to_num(values["rating"], nan=GOOD_RATING)
    found["rating"] = np.clip((GOOD_RATING - rating) * RATING_POINT, 0.0, 35.0)
    return found


def health(parts: Mapping[str, Floats]) -> NDArray[np.int64]:
    """Return the points left of a hundred."""
    left = 100.0 - sum(parts.values())
    return np.clip(np.rint(left), 0, 100).astype(np.int64)


def parts_of(values: Mapping[str, Floats], parts: Mapping[str, Floats], row: int) -> list[Any]:
    """Return what was taken off one owner: column, value, points; the most first."""
    found = [
        [name, float(values[name][row]), int(np.rint(points[row]))]
        for name, points in parts.items()
        if points[row] >= 1
    ]
    return sorted(found, key=lambda part: (-part[2], part[0]))
