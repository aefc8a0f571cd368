"""The board of open tickets: one column for each state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString

from crm_site.common.display import EMPTY
from crm_site.common.templatetags.crm import time_left, when
from service.clocks.rules.lights import light_of
from service.clocks.selectors.nearest import LABELS, with_nearest_clock
from service.tickets.choices import KINDS, STATES
from service.tickets.models import Ticket
from service.tickets.rules import OPEN_STATES, TicketState

SHOWN = 20  # cards of a column; the list holds the others
FEW = 1000  # so many are put in order at once; of more each column takes its first by an index
ORDER = ("rank", "opened_at", "pk")
WORDS = dict(KINDS)
# What a card shows; a whole ticket holds long texts and numbers to be decrypted.
READ = (
    *("pk", "state", "number", "urgency", "subject", "kind", "step_due_at"),
    *("project__name", "handler__name", "first_responder__name"),
    *("clock_kind", "clock_state", "clock_due_at", "clock_is_provisional"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket as the board shows it; ``light`` is empty without a clock, ``step`` without a limit.

    ``step`` is "late" or "ahead"; ``left`` and ``due`` are of the clock that ends next.
    """

    url: str
    number: str
    urgency: str
    subject: str
    about: str
    light: str
    clock: str
    is_provisional: bool
    left: SafeString | str
    due: SafeString | str
    step: str
    step_left: SafeString | str


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


def columns(rows: Any, now: datetime) -> list[Column]:
    """Return the columns of open states in their order; three queries for any number of tickets."""
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("*")))
    shown = with_nearest_clock(Ticket.objects.filter(pk__in=_first_keys(rows, counts)))
    cards: dict[str, list[Card]] = {}
    for row in shown.order_by(*ORDER).values_list(*READ, named=True):
        cards.setdefault(row.state, []).append(_card(row, now))
    return [
        Column(key, str(label), counts.get(key, 0), cards.get(key, []))
        for key, label in STATES
        if key in OPEN_STATES
    ]


def _first_keys(rows: Any, counts: dict[str, int]) -> list[int]:
    """Return the keys of the first tickets of each state."""
    if sum(counts.values()) <= FEW:
        place = Window(RowNumber(), partition_by=[F("state")], order_by=ORDER)
        found = rows.order_by().annotate(place=place).filter(place__lte=SHOWN).values_list("pk")
    else:
        one, *more = (
            rows.filter(state=state).order_by(*ORDER).values_list("pk")[:SHOWN] for state in counts
        )
        found = one.union(*more, all=True)
    return [pk for (pk,) in found]


def _card(row: Any, now: datetime) -> Card:
    due = row.clock_due_at
    light = light_of(row.clock_state, due, now).value if due else ""
    runs = light not in ("", "still")
    step_due = None if row.state == TicketState.WAITING else row.step_due_at
    person = row.handler__name or row.first_responder__name or EMPTY
    return Card(
        url=reverse("service:ticket-detail", args=[row.pk]),
        number=row.number,
        urgency=row.urgency,
        subject=row.subject,
        about=f"{WORDS[row.kind]} · {row.project__name} · {person}",
        light=light,
        clock=str(LABELS.get(row.clock_kind, "")),
        is_provisional=bool(row.clock_is_provisional),
        left=time_left(due, now) if runs else "",
        due=when(due) if runs else "",
        step="" if step_due is None else "late" if step_due < now else "ahead",
        step_left="" if step_due is None else time_left(step_due, now),
    )
