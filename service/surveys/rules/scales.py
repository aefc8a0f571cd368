"""What an answer is worth on its own scale and beside other scales (SVC-46). Pure.

An answer is kept as typed with the key of its scale. Two values are made of it, never mixed:

* points, 0 to 100, evenly spread from the worst to the best step (min-max): for scores;
* out of ten, for comparing scales: five steps count twice (4 of 5 is 8 of 10), ten steps as they
  are. By min-max 4.3 of 5 would be 8.4 instead of 8.6; figures here always use the doubling.

Raw values of different scales are never averaged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from crm_site.questionnaires.rules import STEPS, Scale

SATISFIED_FROM: Final = Decimal(8)  # out of ten: the two best of five steps
DISSATISFIED_TO: Final = Decimal(4)  # out of ten: the two worst of five steps
PROMOTER_FROM: Final = 9
DETRACTOR_TO: Final = 6
FIVE_STEPS: Final = frozenset({Scale.FIVE, Scale.WORDS})
RATED: Final = frozenset({Scale.TEN, Scale.FIVE, Scale.WORDS})
CENT: Final = Decimal("0.01")


class Box(StrEnum):
    """How content an answer is."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"


class Camp(StrEnum):
    """How somebody would recommend."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of some answers; ``is_converted`` where different scales were made comparable."""

    mean: Decimal
    n: int
    scale: str
    is_converted: bool


def of_ten(scale: str, raw: str | int) -> Decimal | None:
    """Return a rating out of ten, None for other scales and values that are none."""
    steps, value = STEPS.get(scale, ()), str(raw)
    if scale not in RATED or value not in steps:
        return None
    place = steps.index(value) + 1
    return Decimal(place * 2 if scale in FIVE_STEPS else place)


def box_of(rating: Decimal) -> Box:
    """Return how content a rating out of ten is."""
    if rating >= SATISFIED_FROM:
        return Box.SATISFIED
    return Box.DISSATISFIED if rating <= DISSATISFIED_TO else Box.NEUTRAL


def camp_of(value: int) -> Camp:
    """Return the camp of a recommendation from 0 to 10."""
    if value >= PROMOTER_FROM:
        return Camp.PROMOTER
    return Camp.DETRACTOR if value <= DETRACTOR_TO else Camp.PASSIVE


def average(answers: Iterable[tuple[str, str]]) -> Average | None:
    """Return the mean of (scale, raw) answers; None without a rating.

    Answers of one scale keep it (five words count 1 to 5); mixed ones are compared out of ten.
    """
    rated = [(scale, rating) for scale, raw in answers if (rating := of_ten(scale, raw))]
    if not rated:
        return None
    scales = {scale for scale, _rating in rated}
    total = sum((rating for _scale, rating in rated), Decimal(0))
    mean, only = total / len(rated), next(iter(scales))
    if len(scales) > 1:
        return Average(_cents(mean), len(rated), Scale.TEN, is_converted=True)
    own = mean / 2 if only in FIVE_STEPS else mean
    return Average(_cents(own), len(rated), only, is_converted=False)


def distribution(scale_values: Sequence[str], raws: Iterable[str]) -> list[tuple[str, int]]:
    """Return how often each value of a scale was given; one that nobody gave counts 0."""
    counts = dict.fromkeys(scale_values, 0)
    for raw in raws:
        if raw in counts:
            counts[raw] += 1
    return list(counts.items())


def shares(counts: Sequence[int]) -> list[Decimal]:
    """Return percentages with one decimal that sum to exactly 100; all 0 where nothing counts.

    The largest remainders get what rounding down leaves.
    """
    total = sum(counts)
    if not total:
        return [Decimal("0.0") for _each in counts]
    floors = [count * 1000 // total for count in counts]
    order = sorted(range(len(counts)), key=lambda i: (-(counts[i] * 1000 % total), i))
    for index in order[: 1000 - sum(floors)]:
        floors[index] += 1
    return [Decimal(tenths) / 10 for tenths in floors]


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
