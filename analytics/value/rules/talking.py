"""Over which channel and when to speak to somebody next, from talks so far (ANA-54). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PRIOR_ANSWERED: Final = 1.0
PRIOR_TRIED: Final = 3.0
SLOTS: Final = ((9, 12), (12, 14), (14, 18), (18, 21))


class Basis(StrEnum):
    """What a suggestion rests on."""

    OWN = "own"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Talk:
    """One attempt of ours: over what, at which local hour, whether somebody answered."""

    channel: str
    hour: int
    is_weekend: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """Attempts and answers over one channel in one part of the day, of many customers."""

    channel: str
    slot: tuple[int, int]
    is_weekend: bool
    tried: int
    answered: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """The best channel and part of the day: the chance of an answer and what it rests on."""

    channel: str
    slot: tuple[int, int]
    is_weekend: bool
    chance: float
    tried: int
    answered: int
    basis: Basis


def slot_of(hour: int) -> tuple[int, int] | None:
    """Return the part of the day that holds ``hour``; None at night."""
    return next((slot for slot in SLOTS if slot[0] <= hour < slot[1]), None)


def next_talk(
    talks: Sequence[Talk], others: Sequence[Counted], *, allowed: Sequence[str]
) -> Suggested | None:
    """Return over what and when to try next; None where no allowed channel has been tried at all.

    The chance is that of the customer's own attempts, drawn towards that of comparable customers
    as if three of theirs were seen. Channels that are refused, and the night, are never suggested.
    """
    own: dict[tuple[str, tuple[int, int], bool], list[int]] = {}
    for talk in talks:
        slot = slot_of(talk.hour)
        if slot is not None and talk.channel in allowed:
            seen = own.setdefault((talk.channel, slot, talk.is_weekend), [0, 0])
            seen[0] += 1
            seen[1] += talk.answered
    common = {(each.channel, each.slot, each.is_weekend): each for each in others}
    keys = {key for key in (*own, *common) if key[0] in allowed}
    found = [_judged(key, own.get(key, [0, 0]), common.get(key)) for key in keys]
    return max(
        found,
        key=lambda one: (one.chance, one.tried, one.channel, -one.slot[0], not one.is_weekend),
        default=None,
    )


def _judged(
    key: tuple[str, tuple[int, int], bool], seen: Sequence[int], common: Counted | None
) -> Suggested:
    rate = PRIOR_ANSWERED / PRIOR_TRIED
    if common is not None:
        rate = (common.answered + PRIOR_ANSWERED) / (common.tried + PRIOR_TRIED)
    tried, answered = seen
    chance = (answered + rate * PRIOR_TRIED) / (tried + PRIOR_TRIED)
    basis = Basis.OWN if tried else Basis.OTHERS
    counted = (tried, answered) if tried else (common.tried, common.answered) if common else (0, 0)
    return Suggested(*key, chance, *counted, basis)
