"""Words that an advert must not hold, or only with proof or a special signature (MKT-25, PLT-12).

A word is looked for in the text as a reader sees it: full-width letters, blanks, invisible
characters and ornaments between the characters of a word do not hide it. In a word ``#`` stands
for a number and ``*`` for up to eight characters of the same sentence. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

NUMBER: Final = "[0-9.,一二两三四五六七八九十百千万亿几半]{1,12}"  # han: figures
BREAKS: Final = frozenset("。！？；，、,;!?\n：:")
SOME: Final = "[^。！？；，、,;!?\n]{0,8}?"
NEAR: Final = 14  # characters around a hit that may explain it


class Level(StrEnum):
    """What a word in a text asks for."""

    BANNED = "banned"
    EVIDENCE = "evidence"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Term:
    """A word, why it matters, and when it does not.

    A hit inside one of ``inside`` is another word; one with any of ``near`` around it is explained.
    """

    word: str
    level: Level
    law: str = ""
    advice: str = ""
    inside: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of an advert that can be checked, and where its proof lies."""

    text: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A word that was found: where it stands in the text as written, and what it asks for."""

    word: str
    found: str
    start: int
    end: int
    level: Level
    law: str
    advice: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found."""

    findings: tuple[Finding, ...]

    def of(self, level: Level) -> tuple[Finding, ...]:
        """Return the findings of one level."""
        return tuple(one for one in self.findings if one.level is level)

    @property
    def is_clean(self) -> bool:
        """Whether no banned word was found."""
        return not self.of(Level.BANNED)


@dataclass(frozen=True, slots=True)
class _Folded:
    text: str
    places: tuple[int, ...]  # of each folded character in the text as written


def scan(text: str, policy: Iterable[Term]) -> Scan:
    """Return every word of ``policy`` in ``text``, in the order of the text.

    Of hits that lie within a longer one of the same level only the longer is returned.
    """
    folded = _fold(text)
    found = [one for term in policy for one in _hits(term, folded, text)]
    found.sort(key=lambda one: (one.start, -one.end, one.word))
    kept: list[Finding] = []
    for one in found:
        if not any(_covers(other, one) for other in kept):
            kept.append(one)
    return Scan(tuple(kept))


def unproven(found: Scan, claims: Sequence[Claim]) -> tuple[Finding, ...]:
    """Return the words that need a proof and stand in no claim with evidence."""
    proven = [_fold(claim.text).text for claim in claims if claim.evidence.strip()]
    return tuple(
        one
        for one in found.of(Level.EVIDENCE)
        if not any(_fold(one.found).text in text for text in proven)
    )


def has_area(text: str) -> bool:
    """Return whether a text names the size of a home."""
    return re.search(rf"{NUMBER}(?:m2|㎡|平方米|平米)", _fold(text).text) is not None  # han: units


def _covers(longer: Finding, one: Finding) -> bool:
    return longer.level is one.level and longer.start <= one.start and longer.end >= one.end


def _fold(text: str) -> _Folded:
    """Return the text without what only ornaments it, with the place of each character."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for one in unicodedata.normalize("NFKC", letter).lower():
            if letter in BREAKS or one in BREAKS or _counts(one):
                letters.append(one)
                places.append(place)
    return _Folded("".join(letters), tuple(places))


def _counts(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM" or letter in "%+"


def _hits(term: Term, folded: _Folded, text: str) -> list[Finding]:
    pattern = _pattern(term.word)
    found: list[Finding] = []
    for hit in pattern.finditer(folded.text) if pattern else ():
        if hit.start() == hit.end() or _is_excused(term, folded.text, hit.start(), hit.end()):
            continue
        start, end = folded.places[hit.start()], folded.places[hit.end() - 1] + 1
        place = (term.word, text[start:end], start, end)
        found.append(Finding(*place, term.level, term.law, term.advice))
    return found


def _is_excused(term: Term, text: str, start: int, end: int) -> bool:
    around = text[max(0, start - NEAR) : end + NEAR]
    if any(_fold(word).text in around for word in term.near):
        return True
    return any(_lies_in(_fold(word).text, text, start, end) for word in term.inside)


def _lies_in(longer: str, text: str, start: int, end: int) -> bool:
    """Return whether the hit is part of an occurrence of the longer word."""
    place = text.find(longer, max(0, end - len(longer)))
    return longer != "" and 0 <= place <= start and place + len(longer) >= end


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str] | None:
    """Return what finds a word; None for one of nothing but signs."""
    parts = re.split("([#*])", word)
    if not any(_fold(part).text for part in parts if part not in "#*"):
        return None
    made = [
        NUMBER if part == "#" else SOME if part == "*" else re.escape(_fold(part).text)
        for part in parts
    ]
    return re.compile("".join(made))
