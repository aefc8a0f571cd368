"""Kinds and states of tickets: what may follow what, and what closing needs (SVC-05, 27, 32). Pure.

The transition table of each kind is data: a kind is changed here and nowhere else.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from customers.rules.followups import IMPORT_HORIZON


class TicketKind(StrEnum):
    INQUIRY = "inquiry"
    COMPLAINT = "complaint"
    REPAIR = "repair"
    PRICE_DISPUTE = "price_dispute"
    SUGGESTION = "suggestion"
    CARE = "care"
    GROUP_COMPLAINT = "group_complaint"
    CRISIS = "crisis"


class TicketState(StrEnum):
    RECEIVED = "received"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    INVESTIGATING = "investigating"
    PLAN_AGREED = "plan_agreed"
    EXECUTING = "executing"
    REPLIED = "replied"
    CALLBACK = "callback"
    CLOSED = "closed"
    REOPENED = "reopened"
    WAITING = "waiting"  # for the customer; beside the way, ``resume_state`` is the way back
    CANCELLED = "cancelled"
    MERGED = "merged"


class Urgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"
    COMPLEX = "complex"


class Severity(StrEnum):
    MINOR = "minor"
    NORMAL = "normal"
    GRAVE = "grave"


class Stage(StrEnum):
    PRE_SALE = "pre_sale"
    IN_SALE = "in_sale"
    AFTER_SALE = "after_sale"


class Channel(StrEnum):
    PHONE = "phone"
    WEB = "web"
    EMAIL = "email"
    FAX = "fax"
    APP = "app"
    VISIT = "visit"
    LETTER = "letter"
    WECHAT = "wechat"
    SURVEY = "survey"
    CARE = "care"
    IMPORT = "import"
    VOICE = "voice"


class Axis(StrEnum):
    """The two trees of classes: what the matter is about, and what caused it (SVC-28)."""

    OBJECT = "object"
    CAUSE = "cause"


class Answer(StrEnum):
    """What the customer said to the solution."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Solved(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Part(StrEnum):
    """The four parts of a closed loop (SVC-05)."""

    SOLUTION = "solution"
    TOLD = "told"
    ANSWER = "answer"
    CALLBACK = "callback"


S = TicketState
RANKS: Final[Mapping[str, int]] = {Urgency.URGENT: 0, Urgency.COMPLEX: 1, Urgency.ROUTINE: 2}
ENDED: Final = frozenset({S.CLOSED, S.CANCELLED, S.MERGED})
OPEN_STATES: Final = frozenset(set(TicketState) - ENDED)
PATHS: Final[Mapping[TicketKind, tuple[TicketState, ...]]] = {
    TicketKind.COMPLAINT: (
        *(S.RECEIVED, S.CLASSIFIED, S.ASSIGNED, S.INVESTIGATING, S.PLAN_AGREED, S.EXECUTING),
        *(S.REPLIED, S.CALLBACK, S.CLOSED),
    ),
    TicketKind.PRICE_DISPUTE: (
        *(S.RECEIVED, S.CLASSIFIED, S.ASSIGNED, S.INVESTIGATING, S.PLAN_AGREED, S.EXECUTING),
        *(S.REPLIED, S.CALLBACK, S.CLOSED),
    ),
    TicketKind.GROUP_COMPLAINT: (
        *(S.RECEIVED, S.ASSIGNED, S.INVESTIGATING, S.PLAN_AGREED, S.EXECUTING, S.REPLIED),
        S.CLOSED,
    ),
    TicketKind.CRISIS: (
        *(S.RECEIVED, S.ASSIGNED, S.INVESTIGATING, S.PLAN_AGREED, S.EXECUTING, S.REPLIED),
        S.CLOSED,
    ),
    TicketKind.REPAIR: (
        *(S.RECEIVED, S.CLASSIFIED, S.ASSIGNED, S.EXECUTING, S.REPLIED, S.CALLBACK, S.CLOSED),
    ),
    TicketKind.INQUIRY: (*(S.RECEIVED, S.CLASSIFIED, S.ASSIGNED, S.REPLIED, S.CALLBACK, S.CLOSED),),
    TicketKind.SUGGESTION: (S.RECEIVED, S.CLASSIFIED, S.ASSIGNED, S.REPLIED, S.CLOSED),
    TicketKind.CARE: (S.RECEIVED, S.ASSIGNED, S.EXECUTING, S.REPLIED, S.CALLBACK, S.CLOSED),
}
# Steps that may be taken besides the next one of the path.
BESIDES: Final[Mapping[TicketKind, Mapping[TicketState, Collection[TicketState]]]] = {
    TicketKind.COMPLAINT: {
        S.INVESTIGATING: {S.ASSIGNED},
        S.PLAN_AGREED: {S.INVESTIGATING},
        S.EXECUTING: {S.PLAN_AGREED},
        S.REPLIED: {S.EXECUTING, S.INVESTIGATING},
    },
    TicketKind.PRICE_DISPUTE: {
        S.INVESTIGATING: {S.ASSIGNED},
        S.PLAN_AGREED: {S.INVESTIGATING},
        S.EXECUTING: {S.PLAN_AGREED},
        S.REPLIED: {S.EXECUTING, S.INVESTIGATING},
    },
    TicketKind.GROUP_COMPLAINT: {S.PLAN_AGREED: {S.INVESTIGATING}, S.REPLIED: {S.EXECUTING}},
    TicketKind.CRISIS: {S.PLAN_AGREED: {S.INVESTIGATING}, S.REPLIED: {S.EXECUTING}},
    TicketKind.REPAIR: {S.REPLIED: {S.EXECUTING}},
    TicketKind.INQUIRY: {S.CLASSIFIED: {S.REPLIED}, S.REPLIED: {S.ASSIGNED}},
    TicketKind.SUGGESTION: {S.CLASSIFIED: {S.REPLIED}},
    TicketKind.CARE: {S.REPLIED: {S.EXECUTING}},
}


def _table(kind: TicketKind) -> dict[TicketState, frozenset[TicketState]]:
    """Return what may follow each state of ``kind``: the path, its side steps, and the ends."""
    path = PATHS[kind]
    table = {one: {after} for one, after in pairwise(path)}
    for state, more in BESIDES[kind].items():
        table[state] |= set(more)
    if S.CALLBACK in path:
        table[S.CALLBACK].add(S.REOPENED)
    for state in table:
        table[state].add(S.CANCELLED)
    worked = [state for state in path if state not in {S.RECEIVED, S.REPLIED, S.CALLBACK, S.CLOSED}]
    table[S.CLOSED] = {S.REOPENED}
    table[S.REOPENED] = set(worked) | {S.CANCELLED}
    return {state: frozenset(after) for state, after in table.items()}


TRANSITIONS: Final = {kind: _table(kind) for kind in TicketKind}

ALL_PARTS: Final = (Part.SOLUTION, Part.TOLD, Part.ANSWER, Part.CALLBACK)
CLOSING_PARTS: Final[Mapping[TicketKind, tuple[Part, ...]]] = {
    **dict.fromkeys(TicketKind, ALL_PARTS),
    TicketKind.SUGGESTION: (Part.SOLUTION, Part.TOLD),
    # Their members are told, asked and called back one by one, each on a ticket of its own.
    TicketKind.GROUP_COMPLAINT: (Part.SOLUTION, Part.TOLD),
    TicketKind.CRISIS: (Part.SOLUTION, Part.TOLD),
}

# How long a ticket may stay in a state: natural hours of a routine one (SVC-27).
STEP_HOURS: Final[Mapping[TicketState, int]] = {
    S.RECEIVED: 2,
    S.CLASSIFIED: 4,
    S.ASSIGNED: 24,
    S.INVESTIGATING: 48,
    S.PLAN_AGREED: 24,
    S.EXECUTING: 168,
    S.REPLIED: 24,
    S.CALLBACK: 72,
    S.REOPENED: 4,
}
PACE: Final[Mapping[str, float]] = {Urgency.URGENT: 0.5, Urgency.ROUTINE: 1, Urgency.COMPLEX: 2}

SCALES: Final = (5, 10)
PLEASANT_FROM: Final = 0.75  # of the way from the worst to the best mark: 4 of 5, 8 of 10


def may_move(kind: str, before: str, after: str) -> bool:
    """Return whether a ticket of ``kind`` may go from ``before`` to ``after``."""
    return after in moves_from(kind, before)


def moves_from(kind: str, state: str) -> frozenset[TicketState]:
    """Return the states a ticket of ``kind`` may go to from ``state``."""
    return TRANSITIONS[TicketKind(kind)].get(TicketState(state), frozenset())


def next_state(kind: str, state: str) -> TicketState | None:
    """Return the next state of the path; a reopened ticket goes on where work starts."""
    path = PATHS[TicketKind(kind)]
    now = TicketState(state)
    if now is S.REOPENED:
        return S.ASSIGNED
    if now not in path or now is path[-1]:
        return None
    return path[path.index(now) + 1]


def step_limit(state: str, urgency: str) -> timedelta | None:
    """Return how long a ticket may stay in ``state``; ``None`` where no limit runs."""
    hours = STEP_HOURS.get(TicketState(state))
    return None if hours is None else timedelta(hours=hours * PACE[urgency])


def is_history(
    channel: str, *, received_at: datetime, occurred_on: date | None, now: datetime
) -> bool:
    """Return whether an imported matter is too old to be held to a limit.

    What happened, or was received, more than a week before the import owes nothing any more.
    """
    if channel != Channel.IMPORT:
        return False
    horizon = now - IMPORT_HORIZON
    return received_at < horizon or (occurred_on is not None and occurred_on < horizon.date())


def missing_parts(kind: str, present: Collection[str]) -> list[Part]:
    """Return the parts that closing still needs, in their order (SVC-05)."""
    return [part for part in CLOSING_PARTS[TicketKind(kind)] if part not in present]


def is_on_scale(mark: int, scale: int) -> bool:
    """Return whether ``mark`` lies on a scale from 1 to ``scale``."""
    return scale in SCALES and 1 <= mark <= scale


def is_pleasant(mark: int, scale: int) -> bool:
    """Return whether the feeling counts as pleasant: 4 of 5, 8 of 10 (SVC-32)."""
    return (mark - 1) / (scale - 1) >= PLEASANT_FROM


def is_satisfied(solved: str, mark: int, scale: int) -> bool:
    """Return whether a customer is satisfied: solved and pleasant, both (SVC-32)."""
    return solved == Solved.YES and is_pleasant(mark, scale)
