"""ACSI, satisfaction against loyalty, cross-tabulation (SVC-59, SVC-60, SVC-55). Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from service.surveys.rules.figures import FEW
from service.surveys.rules.scales import PROMOTER_FROM, SATISFIED_FROM


class Construct(StrEnum):
    """The six blocks of the ACSI questionnaire, in the order of its sections."""

    EXPECTATION = "expectation"
    QUALITY = "quality"
    VALUE = "value"
    SATISFACTION = "satisfaction"
    COMPLAINTS = "complaints"
    LOYALTY = "loyalty"


class Quadrant(StrEnum):
    """Kinds of loyalty: does somebody like it, and do they stay."""

    LOYAL = "loyal"  # content and recommends
    MERCENARY = "mercenary"  # content, yet leaves for a better offer
    HOSTAGE = "hostage"  # not content, yet stays
    DEFECTOR = "defector"  # neither


ONE_TO_TEN: Final = 9  # steps between 1 and 10


@dataclass(frozen=True, slots=True)
class Cross:
    """Two questions against each other: counts by (row, column), with their sums."""

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Mapping[tuple[str, str], int]
    n: int

    @property
    def is_few(self) -> bool:
        """Whether there are too few answers to rest on."""
        return self.n < FEW

    def of_row(self, row: str) -> int:
        """Return how many are in a row."""
        return sum(self.counts[row, column] for column in self.columns)

    def of_column(self, column: str) -> int:
        """Return how many are in a column."""
        return sum(self.counts[row, column] for row in self.rows)


def acsi_index(means: Sequence[tuple[Decimal, int]]) -> Decimal | None:
    """Return the index 0 to 100 of (mean on 1 to 10, weight) of the satisfaction questions.

    (sum of weight x mean - sum of weights) / (9 x sum of weights) x 100, the published form of the
    American Customer Satisfaction Index; None without weight.
    """
    weights = sum(weight for _mean, weight in means)
    if not weights:
        return None
    total = sum((mean * weight for mean, weight in means), Decimal(0))
    return (total - weights) / (ONE_TO_TEN * weights) * 100


def quadrant_of(rating: Decimal, recommends: int) -> Quadrant:
    """Return the kind of loyalty of a rating out of ten and a recommendation from 0 to 10."""
    content, loyal = rating >= SATISFIED_FROM, recommends >= PROMOTER_FROM
    if content:
        return Quadrant.LOYAL if loyal else Quadrant.MERCENARY
    return Quadrant.HOSTAGE if loyal else Quadrant.DEFECTOR


def quadrants(pairs: Iterable[tuple[Decimal, int]]) -> dict[Quadrant, int]:
    """Return how many are in each quadrant; the four sum to the number of pairs."""
    found = Counter(quadrant_of(*pair) for pair in pairs)
    return {each: found.get(each, 0) for each in Quadrant}


def cross(rows: Sequence[str], columns: Sequence[str], pairs: Iterable[tuple[str, str]]) -> Cross:
    """Return the table of two questions; a cell that nobody filled counts 0."""
    found = Counter(pair for pair in pairs if pair[0] in rows and pair[1] in columns)
    counts = {(row, column): found.get((row, column), 0) for row in rows for column in columns}
    return Cross(rows, columns, counts, sum(counts.values()))
