"""What happens to the clocks of a ticket when something happens to the ticket. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.clocks.rules.limits import Promise
from service.tickets.rules import TicketKind, TicketState

S = TicketState
ANSWERED: Final = (Promise.FIRST_TOUCH, Promise.RESPONSE)
SUBSTANTIVE: Final = (*ANSWERED, Promise.FOLLOW_UP)

# A person reached the customer: asked something back, or noted an answer given.
REACHED: Final = frozenset({"waiting"})
# A person told the customer something of substance, or agreed on it.
OF_SUBSTANCE: Final = frozenset({"told", "answered", "called_back"})
STATES_OF_SUBSTANCE: Final = frozenset({S.PLAN_AGREED, S.REPLIED, S.CALLBACK, S.CLOSED})
# Whoever comes to repair something has answered.
VISITING_KINDS: Final = frozenset({TicketKind.REPAIR.value})


@dataclass(frozen=True, slots=True)
class Happening:
    """What the clocks need to know of an event of a ticket; ``by_person`` is false for machines."""

    kind: str
    ticket_kind: str = ""
    from_state: str = ""
    to_state: str = ""
    by_person: bool = True
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """What is done, in this order: revive, go on, meet, stand still, cancel, new round."""

    starts: bool = False
    revives: bool = False
    goes_on: bool = False
    meets: tuple[Promise, ...] = ()
    stands_still: bool = False
    cancels: bool = False
    new_round: bool = False


def moves_of(event: Happening) -> Moves:
    """Return what an event does to the clocks; an answer by a machine stops nothing (CUS-39)."""
    if event.to_state in {S.CANCELLED, S.MERGED}:
        return Moves(cancels=True)
    return Moves(
        starts=event.kind == "opened",
        revives=event.from_state == S.MERGED,
        goes_on=event.from_state == S.WAITING,
        meets=met_by(event),
        stands_still=event.to_state == S.WAITING,
        new_round=event.to_state == S.REOPENED,
    )


def met_by(event: Happening) -> tuple[Promise, ...]:
    """Return the clocks that an event stops.

    Closing stops them all. A reopened ticket has no answer yet. What a person told the customer or
    agreed on is a substantive follow-up; a question back is a first answer only.
    """
    if event.to_state == S.CLOSED:
        return tuple(Promise)
    if not event.by_person or event.to_state == S.REOPENED:
        return ()
    if _is_of_substance(event):
        return SUBSTANTIVE
    return ANSWERED if event.kind in REACHED or _noted(event, "reached") else ()


def _is_of_substance(event: Happening) -> bool:
    visits = event.to_state == S.EXECUTING and event.ticket_kind in VISITING_KINDS
    return (
        event.kind in OF_SUBSTANCE
        or (event.kind == "moved" and event.to_state in STATES_OF_SUBSTANCE)
        or (event.kind == "moved" and visits)
        or _noted(event, "substance")
    )


def _noted(event: Happening, word: str) -> bool:
    return event.kind == "noted" and (event.data or {}).get("clock") == word
