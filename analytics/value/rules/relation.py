"""What a customer gets from the relation, beside what the firm gets (ANA-57). Pure.

A score of 0 to 100 from five drivers; one that is not known leaves the weighing. The firm's side is
the net value in yuan (``rules.clv``).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Driver(StrEnum):
    """What makes the value for the customer."""

    SATISFACTION = "satisfaction"
    PROMISES = "promises"
    COMPLAINTS = "complaints"
    ANSWERS = "answers"
    PRICE = "price"


WEIGHTS: Final = {
    Driver.SATISFACTION: 35,
    Driver.PROMISES: 20,
    Driver.COMPLAINTS: 20,
    Driver.ANSWERS: 15,
    Driver.PRICE: 10,
}
FULL_DISCOUNT: Final = 0.05  # off the list price that counts as 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What is known of one customer; counts are (good, all), rating is out of ten.

    ``discount`` is the share off the list price of what was bought; None where nothing was.
    """

    rating: float | None = None
    promises: tuple[int, int] = (0, 0)
    complaints: tuple[int, int] = (0, 0)
    answers: tuple[int, int] = (0, 0)
    discount: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One driver: its score, its weight, the points it gives of the whole."""

    driver: Driver
    score: float
    weight: int
    points: float


@dataclass(frozen=True, slots=True)
class ForCustomer:
    """What the customer gets, 0 to 100, and the drivers; points add up to the score."""

    score: float
    parts: tuple[Part, ...]


def for_customer(received: Received) -> ForCustomer | None:
    """Return what the customer gets; None where nothing is known."""
    scores = {
        Driver.SATISFACTION: None if received.rating is None else received.rating * 10,
        Driver.PROMISES: _share(received.promises),
        Driver.COMPLAINTS: _share(received.complaints),
        Driver.ANSWERS: _share(received.answers),
        Driver.PRICE: None
        if received.discount is None
        else min(max(received.discount, 0) / FULL_DISCOUNT, 1) * 100,
    }
    known = {driver: score for driver, score in scores.items() if score is not None}
    whole = sum(WEIGHTS[driver] for driver in known)
    if not whole:
        return None
    parts = tuple(
        Part(driver, score, WEIGHTS[driver], score * WEIGHTS[driver] / whole)
        for driver, score in known.items()
    )
    return ForCustomer(sum(part.points for part in parts), parts)


def _share(counts: tuple[int, int]) -> float | None:
    good, whole = counts
    return None if not whole else 100 * good / whole
