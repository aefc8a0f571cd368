"""The board of open tickets: one column for each state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString

from crm_site.common.display import EMPTY
from crm_site.common.templatetags.crm import time_left
from service.tickets.choices import KINDS, STATES
from service.tickets.rules import OPEN_STATES, TicketState

SHOWN = 20  # cards of a column; the list holds the others
FEW = 1000  # so many are put in order at once; of more each column takes its first by an index
ORDER = ("rank", "opened_at", "pk")
# What a card shows; a whole ticket holds long texts and numbers to be decrypted.
CARD = (
    *ORDER,
    *("state", "number", "urgency", "subject", "kind", "step_due_at"),
    *("project__name", "handler__name", "first_responder__name"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket as the board shows it."""

    state: str
    url: str
    number: str
    urgency: str
    subject: str
    about: str
    left: SafeString | str

    @property
    def is_timed(self) -> bool:
        """Whether its step has a limit that runs."""
        return self.left != ""


@dataclass(frozen=True, slots=True)
class Column:
    """A state, its first cards, and how many tickets are in it altogether."""

    key: str
    label: str
    count: int
    cards: list[Card]

    @property
    def more(self) -> int:
        """How many are not on the board."""
        return self.count - len(self.cards)


def columns(rows: Any, *, now: datetime) -> list[Column]:
    """Return the columns of open states in their order; two queries for any number of tickets."""
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    cards: dict[str, list[Card]] = {}
    words = {key: str(label) for key, label in KINDS}
    for row in _first(rows, counts):
        card = _card(row, words, now)
        cards.setdefault(card.state, []).append(card)
    return [
        Column(key, str(label), counts.get(key, 0), cards.get(key, []))
        for key, label in STATES
        if key in OPEN_STATES
    ]


def _first(rows: Any, counts: dict[str, int]) -> list[tuple[Any, ...]]:
    """Return what the cards show of the first tickets of each state, in their order."""
    if sum(counts.values()) <= FEW:
        place = Window(RowNumber(), partition_by=[F("state")], order_by=ORDER)
        found = rows.annotate(place=place).filter(place__lte=SHOWN).values_list(*CARD)
    else:
        one, *more = (
            rows.filter(state=state).order_by(*ORDER).values_list(*CARD)[:SHOWN] for state in counts
        )
        found = one.union(*more, all=True)
    return sorted(found, key=lambda row: row[: len(ORDER)])


def _card(row: tuple[Any, ...], words: dict[str, str], now: datetime) -> Card:
    _rank, _opened, pk, state, number, urgency, subject, kind, due, project, *people = row
    is_timed = due is not None and state != TicketState.WAITING
    return Card(
        state=state,
        url=reverse("service:ticket-detail", args=[pk]),
        number=number,
        urgency=urgency,
        subject=subject,
        about=f"{words[kind]} · {project} · {next(filter(None, people), EMPTY)}",
        left=time_left(due, now) if is_timed else "",
    )
