"""What the events of a telephone system say about a call, in whatever order they come. Pure.

Source: SVC-23. The call is always computed from all of its events, so that late, repeated and
overtaking events end in the same record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """What a telephone system reports."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    HUNG_UP = "hung_up"
    RECORDED = "recorded"
    VOICEMAIL = "voicemail"


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    ACTIVE = "active"
    HELD = "held"
    ENDED = "ended"
    MISSED = "missed"
    VOICEMAIL = "voicemail"


class Mode(StrEnum):
    """Who answered for the company when the call came."""

    STAFFED = "staffed"
    AUTOMATIC = "automatic"


LIVE: Final = (CallState.RINGING, CallState.ACTIVE, CallState.HELD)
# Of two events of the same moment the later step counts as the later one.
ORDER: Final = {kind: place for place, kind in enumerate(EventKind)}
PLACES: Final = {EventKind.RINGING, EventKind.ANSWERED, EventKind.TRANSFERRED}
TALKING: Final = {EventKind.ANSWERED, EventKind.HELD, EventKind.RESUMED, EventKind.TRANSFERRED}
KEPT: Final = {EventKind.RECORDED, EventKind.VOICEMAIL}


@dataclass(frozen=True, slots=True)
class Told:
    """One event: what, when, where the call rang or is answered, the address of a recording."""

    kind: EventKind
    at: datetime
    caller: str = ""
    line: str = ""
    extension: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A call as its events tell it."""

    state: CallState
    caller: str
    line: str
    extension: str
    recording: str
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    left_at: datetime | None = None  # of a voice message


def facts_of(events: Iterable[Told]) -> Facts:
    """Return the call that ``events`` (one at least) tell, the same for every order of them."""
    told = sorted(events, key=lambda each: (each.at, ORDER[each.kind], each.extension))
    ended = [each.at for each in told if each.kind is EventKind.HUNG_UP]
    answered = [each.at for each in told if each.kind is EventKind.ANSWERED]
    left = [each.at for each in told if each.kind is EventKind.VOICEMAIL]
    return Facts(
        state=_state(told),
        caller=next((each.caller for each in told if each.caller), ""),
        line=next((each.line for each in told if each.line), ""),
        extension=_last(told, "extension", PLACES),
        recording=_last(told, "recording", KEPT),
        began_at=told[0].at,
        answered_at=min(answered, default=None),
        ended_at=max(ended, default=None),
        left_at=min(left, default=None),
    )


def _state(told: list[Told]) -> CallState:
    kinds = {each.kind for each in told}
    if EventKind.VOICEMAIL in kinds:
        return CallState.VOICEMAIL
    talked = [each.kind for each in told if each.kind in TALKING]
    if EventKind.HUNG_UP in kinds:
        return CallState.ENDED if talked else CallState.MISSED
    if not talked:
        return CallState.RINGING
    return CallState.HELD if talked[-1] is EventKind.HELD else CallState.ACTIVE


def _last(told: list[Told], name: str, kinds: set[EventKind]) -> str:
    found = [getattr(each, name) for each in told if each.kind in kinds and getattr(each, name)]
    return str(found[-1]) if found else ""
