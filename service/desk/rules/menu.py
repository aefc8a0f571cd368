"""The keypad menu of the hotline, from the keys pressed so far. Pure (SVC-22, SVC-26)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TOPICS: Final = {"1": "progress", "2": "contract", "3": "repair"}
PROOF: Final = 6  # characters of the ID number; the star stands for X
HEAR: Final = "4"
LEAVE: Final = "0"
AGENT: Final = "9"


class Place(StrEnum):
    """Where the caller is."""

    MENU = "menu"
    PROOF = "proof"
    ANSWER = "answer"
    HEAR = "hear"
    RECORD = "record"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Step:
    """The place, with the topic and the proof where they were given."""

    place: Place
    topic: str = ""
    proof: str = ""


def step_of(digits: str, *, is_staffed: bool) -> Step:
    """Return where the keys lead; keys that lead nowhere lead back to the menu.

    While the line is staffed, no key and 9 lead to the agents.
    """
    first, rest = digits[:1], digits[1:]
    if is_staffed and digits in ("", AGENT):
        return Step(Place.AGENT)
    if digits == HEAR:
        return Step(Place.HEAR)
    if digits == LEAVE:
        return Step(Place.RECORD)
    topic = TOPICS.get(first, "")
    if not topic or len(rest) > PROOF or not set(rest) <= set("0123456789*"):
        return Step(Place.MENU)
    if len(rest) < PROOF:
        return Step(Place.PROOF, topic)
    return Step(Place.ANSWER, topic, rest.replace("*", "X"))
