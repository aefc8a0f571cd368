"""Over which channel to speak to a customer (CUS-47). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from customers.rules.axes import Channel


class Information(StrEnum):
    """What is to be said."""

    TALK = "talk"
    NEWS = "news"
    URGENT = "urgent"


class Why(StrEnum):
    """What decided the suggestion."""

    WISH = "wish"
    URGENT = "urgent"
    FREQUENT = "frequent"
    YOUNG = "young"
    OLDER = "older"
    AGE_UNKNOWN = "age_unknown"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A channel and what decided it."""

    channel: Channel
    why: Why


@dataclass(frozen=True, slots=True)
class ChannelTable:
    """The orders in which channels are tried, by age and by kind of information."""

    young_below: int
    busy_from: int
    orders: Mapping[str, Sequence[Channel]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of whoever is to be spoken to.

    ``age`` in years, None where unknown; ``wish`` the stated preference; ``refused`` what must
    never be offered; ``reachable`` the channels with an address, None for all of them;
    ``contacts`` how often the person was spoken to in the last seven days.
    """

    age: int | None = None
    wish: Channel | None = None
    refused: frozenset[Channel] = frozenset()
    reachable: frozenset[Channel] | None = None
    contacts: int = 0


def suggest(
    person: Person, *, table: ChannelTable, information: Information = Information.TALK
) -> Suggestion | None:
    """Return the channel to use, None where the person refused or lacks all of them.

    The stated preference wins; else urgent matters and people spoken to often have an order of
    their own; else the age decides. A refused channel is never returned.
    """

    def is_open(channel: Channel) -> bool:
        reachable = person.reachable is None or channel in person.reachable
        return reachable and channel not in person.refused and channel is not Channel.NOTE

    if person.wish is not None and is_open(person.wish):
        return Suggestion(person.wish, Why.WISH)
    why = _why(person, table, information)
    order = [*table.orders[why.value], *Channel]
    found = next((channel for channel in order if is_open(channel)), None)
    return Suggestion(found, why) if found is not None else None


def _why(person: Person, table: ChannelTable, information: Information) -> Why:
    if information is Information.URGENT:
        return Why.URGENT
    if person.contacts >= table.busy_from:
        return Why.FREQUENT
    if person.age is None:
        return Why.AGE_UNKNOWN
    return Why.YOUNG if person.age < table.young_below else Why.OLDER


def age_on(day: date, birthday: date | None) -> int | None:
    """Return the completed years of life on ``day``; None without a birthday."""
    if birthday is None:
        return None
    return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))
