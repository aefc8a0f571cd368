"""The board of open tickets: one column for each state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from service.clocks.selectors.nearest import lit, with_nearest_clock
from service.tickets.choices import STATES
from service.tickets.models import Ticket
from service.tickets.rules import OPEN_STATES

SHOWN = 20  # cards of a column; the list holds the others


@dataclass(frozen=True, slots=True)
class Column:
    """A state, its first cards, and how many tickets are in it altogether."""

    key: str
    label: str
    count: int
    cards: list[Ticket]

    @property
    def more(self) -> int:
        """How many are not on the board."""
        return self.count - len(self.cards)


def columns(rows: Any, now: datetime) -> list[Column]:
    """Return the columns of open states in their order; three queries for any number of tickets."""
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    place = Window(
        RowNumber(), partition_by=[F("state")], order_by=[F("rank").asc(), F("opened_at").asc()]
    )
    cards: dict[str, list[Ticket]] = {}
    first = rows.order_by().annotate(place=place).filter(place__lte=SHOWN).values_list("pk")
    shown = with_nearest_clock(Ticket.objects.filter(pk__in=[pk for (pk,) in first]).for_list())
    for ticket in lit(list(shown.order_by("rank", "opened_at", "pk")), now):
        cards.setdefault(ticket.state, []).append(ticket)
    return [
        Column(key, str(label), counts.get(key, 0), cards.get(key, []))
        for key, label in STATES
        if key in OPEN_STATES
    ]
