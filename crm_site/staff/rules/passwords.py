"""What a password has to be like under two profiles (A-18). Pure.

``mlps`` follows the custom of assessors of GB/T 22239 (等保): long, mixed, changed every 90 days,
none of the last five again. ``nist`` follows NIST SP 800-63B and OWASP ASVS 5 (6.2): length alone,
no composition, no forced change. The two contradict each other, so a company chooses one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LONGEST = 200  # characters; the API takes no more
SHORTEST_WORD = 3  # letters of a banned word; two where it is written in Chinese


class Profile(StrEnum):
    """Which rule book a company follows."""

    MLPS = "mlps"
    NIST = "nist"


class Fault(StrEnum):
    """What is wrong with a password."""

    SHORT = "short"
    LONG = "long"
    PLAIN = "plain"
    WORD = "word"
    COMMON = "common"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Demands:
    """The numbers of a profile; 0 or None switches a demand off."""

    shortest: int
    advised: int
    classes: int
    remembered: int
    max_age: timedelta | None


DEMANDS: dict[Profile, Demands] = {
    Profile.MLPS: Demands(10, 10, 3, 5, timedelta(days=90)),
    Profile.NIST: Demands(8, 15, 0, 0, None),
}


def faults(password: str, *, demands: Demands, words: Iterable[str] = ()) -> list[Fault]:
    """Return what is wrong with ``password`` by itself, in order; ``words`` may not be part of it.

    Characters are counted as typed: a passphrase in Chinese counts each of its characters.
    """
    found = []
    if len(password) < demands.shortest:
        found.append(Fault.SHORT)
    if len(password) > LONGEST:
        found.append(Fault.LONG)
    if _classes(password) < demands.classes:
        found.append(Fault.PLAIN)
    if _holds(password, words):
        found.append(Fault.WORD)
    return found


def _classes(password: str) -> int:
    """Return how many of the four there are: small and capital letters, digits, anything else."""
    small = any("a" <= character <= "z" for character in password)
    capital = any("A" <= character <= "Z" for character in password)
    digit = any("0" <= character <= "9" for character in password)
    other = any(not (character.isascii() and character.isalnum()) for character in password)
    return small + capital + digit + other


def _holds(password: str, words: Iterable[str]) -> bool:
    lowered = password.casefold()
    return any(
        word.casefold() in lowered
        for word in words
        if len(word) >= (SHORTEST_WORD if word.isascii() else SHORTEST_WORD - 1)
    )
