"""Who answers an enquiry and within which time, by how hard and how urgent it is (CUS-48). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from customers.rules.followups import Urgency


class Complexity(StrEnum):
    """How hard an enquiry is to answer."""

    SIMPLE = "simple"
    STANDARD = "standard"
    COMPLEX = "complex"


class Level(StrEnum):
    """The staff level that answers, from the desk upwards."""

    FRONT_DESK = "front_desk"
    SENIOR = "senior"
    SPECIALIST = "specialist"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix: the level, and the limit in minutes of the desk's working time."""

    complexity: Complexity
    urgency: Urgency
    level: Level
    minutes: int


# Urgent enquiries within two hours, routine ones within four, the simple ones sooner.
DEFAULT_MATRIX = (
    Cell(Complexity.SIMPLE, Urgency.ROUTINE, Level.FRONT_DESK, 120),
    Cell(Complexity.SIMPLE, Urgency.URGENT, Level.FRONT_DESK, 30),
    Cell(Complexity.STANDARD, Urgency.ROUTINE, Level.SENIOR, 180),
    Cell(Complexity.STANDARD, Urgency.URGENT, Level.SENIOR, 60),
    Cell(Complexity.COMPLEX, Urgency.ROUTINE, Level.SPECIALIST, 240),
    Cell(Complexity.COMPLEX, Urgency.URGENT, Level.MANAGER, 120),
)


def is_complete(matrix: Iterable[Cell]) -> bool:
    """Return whether every complexity and urgency has exactly one cell."""
    pairs = [(cell.complexity, cell.urgency) for cell in matrix]
    every = {(complexity, urgency) for complexity in Complexity for urgency in Urgency}
    return len(pairs) == len(every) and set(pairs) == every


def cell_for(matrix: Iterable[Cell], *, complexity: str, urgency: str) -> Cell | None:
    """Return the cell of an enquiry, ``None`` where it is not rated on both axes."""
    return next(
        (cell for cell in matrix if (cell.complexity, cell.urgency) == (complexity, urgency)), None
    )
