"""Where other parts bring touches, the channels of partners and what kind of channel each is."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from marketing.attribution.rules.groups import Group
from marketing.attribution.services.touching import NewTouch

TouchSource = Callable[[dt.datetime], Iterable[NewTouch]]
PartyChannels = Callable[[Iterable[str]], Mapping[str, str]]
Groups = Callable[[], Mapping[str, Group]]

Intent = Callable[[Any, dt.date, dt.date], "tuple[Decimal, int] | None"]

_TOUCHES: dict[str, TouchSource] = {}
_PARTIES: dict[str, PartyChannels] = {}
_GROUPS: dict[str, Groups] = {}
_INTENT: dict[str, Intent] = {}


def register_touch_source(name: str, source: TouchSource) -> None:
    """Ask ``source(now)`` for touches every night; those whose key is known change nothing."""
    _TOUCHES[name] = source


def register_party_channels(name: str, channels: PartyChannels) -> None:
    """Bring the channel codes of agencies by the names under which they claim customers."""
    _PARTIES[name] = channels


def register_channel_groups(name: str, groups: Groups) -> None:
    """Bring what kind of channel codes are; what is brought counts before the built-in table."""
    _GROUPS[name] = groups


def register_intent_source(name: str, source: Intent) -> None:
    """Bring how likely owners would recommend: mean (0 to 10) and number of answers (MKT-17).

    ``source(user, start, end)`` counts the answers of the days that ``user`` may see.
    """
    _INTENT[name] = source


def forget(*names: str) -> None:
    """Take away what was registered under these names; of use in tests only."""
    for name in names:
        _TOUCHES.pop(name, None)
        _PARTIES.pop(name, None)
        _GROUPS.pop(name, None)
        _INTENT.pop(name, None)


def touches_from_elsewhere(now: dt.datetime) -> Iterable[NewTouch]:
    """Yield the touches that other parts tell of."""
    for source in _TOUCHES.values():
        yield from source(now)


def channels_of(parties: Iterable[str]) -> dict[str, str]:
    """Return the channel codes of parties, those nobody knows left out."""
    wanted = list(parties)
    return {party: code for source in _PARTIES.values() for party, code in source(wanted).items()}


def known_groups() -> dict[str, Group]:
    """Return what other parts say about channel codes."""
    return {code: group for source in _GROUPS.values() for code, group in source().items()}


def intent_between(user: Any, start: dt.date, end: dt.date) -> tuple[Decimal | None, int]:
    """Return mean and number of the answers to the question of recommendation; None of none."""
    found = [one for source in _INTENT.values() if (one := source(user, start, end))]
    number = sum(count for _mean, count in found)
    if not number:
        return None, 0
    return sum((mean * count for mean, count in found), Decimal(0)) / number, number
