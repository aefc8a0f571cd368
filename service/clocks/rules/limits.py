"""Which limits a ticket gets from the table of the policy version it is pinned to. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from crm_site.calendars.rules.states import Basis


class Promise(StrEnum):
    """The clocks of a ticket: three promises to the customer and the desk's own inner limit."""

    FIRST_TOUCH = "first_touch"
    RESPONSE = "response"
    FOLLOW_UP = "follow_up"
    CLOSURE = "closure"


# Every ticket has these; the inner limit runs only where a line of the table fits.
OUTER = (Promise.FIRST_TOUCH, Promise.FOLLOW_UP, Promise.CLOSURE)


@dataclass(frozen=True, slots=True)
class TicketLimit:
    """One line of the table of limits; an empty condition fits everything (SVC-04).

    ``category`` fits the category of this code and all below it; ``calendar`` replaces the
    policy's, for example by the one of the hotline with its seasonal hours.
    """

    clock: str
    minutes: int
    basis: Basis = Basis.NATURAL
    kind: str = ""
    category: str = ""
    urgency: str = ""
    channel: str = ""
    calendar: str = ""

    @property
    def conditions(self) -> int:
        """How many conditions the line states; the line with most of them wins."""
        return sum(map(bool, (self.kind, self.category, self.urgency, self.channel)))

    def fits(self, matter: "Matter") -> bool:
        """Return whether every condition of the line holds for the matter."""
        return (
            self.kind in ("", matter.kind)
            and self.urgency in ("", matter.urgency)
            and self.channel in ("", matter.channel)
            and (not self.category or self.category in matter.categories)
        )


@dataclass(frozen=True, slots=True)
class Matter:
    """What the table asks about a ticket; its category first, then those above it."""

    kind: str = ""
    urgency: str = ""
    channel: str = ""
    categories: tuple[str, ...] = ()


def limits_for(matter: Matter, table: Iterable[TicketLimit]) -> dict[str, TicketLimit]:
    """Return the limit of each clock: the fitting line with most conditions.

    Of lines with as many conditions the one of the nearer category counts, then the first one.
    """
    chosen: dict[str, TicketLimit] = {}
    for line in table:
        if not line.fits(matter):
            continue
        best = chosen.get(line.clock)
        if best is None or _weight(line, matter) > _weight(best, matter):
            chosen[line.clock] = line
    return chosen


def _weight(line: TicketLimit, matter: Matter) -> tuple[int, int]:
    depth = -matter.categories.index(line.category) if line.category else -len(matter.categories)
    return line.conditions, depth
