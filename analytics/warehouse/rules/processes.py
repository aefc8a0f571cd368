"""What share of a process each part and each department had (ANA-34). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

TENTH = Decimal("0.1")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Taken:
    """The seconds that a part took over all cases, and whose time it was."""

    key: str
    department: str
    seconds: Decimal


def shares(parts: Sequence[Decimal]) -> list[Decimal | None]:
    """Return the percent of each part with one decimal; together exactly 100.

    What rounding leaves over goes to the parts that lost most by it. None without any time.
    """
    whole = sum(parts, Decimal(0))
    if whole <= 0:
        return [None for _part in parts]
    exact = [part * HUNDRED / whole for part in parts]
    found = [each.quantize(TENTH, ROUND_FLOOR) for each in exact]
    left = int((HUNDRED - sum(found, Decimal(0))) / TENTH)
    most = sorted(range(len(parts)), key=lambda place: (found[place] - exact[place], place))
    for place in most[:left]:
        found[place] += TENTH
    return list(found)


def by_department(parts: Sequence[Taken]) -> list[tuple[str, Decimal]]:
    """Return the seconds of each department, the longest first."""
    found: dict[str, Decimal] = {}
    for part in parts:
        found[part.department] = found.get(part.department, Decimal(0)) + part.seconds
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
