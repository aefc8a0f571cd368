"""Whether two names can be one person's: spelling, sound, and what stands for a name. Pure."""

import re
from enum import StrEnum

from customers.rules.search import fold, sort_key

SURNAMES_OF_TWO = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "司徒", "慕容", "尉迟", "长孙", "令狐", "皇甫", "夏侯", "东方")
)
# What is written where the given name is not known or not told.
_COURTESY = re.compile(
    r"(?:先生|女士|小姐|太太|老师|师傅|经理|总|老|姐|哥|某|\*|x|○|〇)+", re.ASCII
)
_SEPARATORS = re.compile(r"[\s·•.\-_]+")
# Sounds that dictation and input methods mix up.
_BLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


class NameRelation(StrEnum):
    SAME = "same"
    SOUNDS_ALIKE = "sounds_alike"  # 王桂香, 汪桂香
    HIDDEN = "hidden"  # 张女士, 张**, 张某 beside 张波
    UNKNOWN = "unknown"
    DIFFERENT = "different"


def plain_name(name: str) -> str:
    """Return ``name`` without blanks, separators and differences of width or case."""
    return _SEPARATORS.sub("", fold(name))


def is_full_name(name: str) -> bool:
    """Return whether ``name`` names one person, as 张** and 张女士 do not."""
    plain = plain_name(name)
    return len(plain) > 1 and not _hides(plain)


def compare_names(a: str, b: str) -> NameRelation:
    """Return how two names relate; an empty one says nothing."""
    one, two = plain_name(a), plain_name(b)
    if not one or not two:
        return NameRelation.UNKNOWN
    if _hides(one) or _hides(two):
        return NameRelation.HIDDEN if _may_be(one, two) else NameRelation.DIFFERENT
    if one == two:
        return NameRelation.SAME
    return NameRelation.SOUNDS_ALIKE if _sound(one) == _sound(two) else NameRelation.DIFFERENT


def _hides(plain: str) -> bool:
    rest = plain[_surname_length(plain) :]
    return _COURTESY.fullmatch(rest) is not None or rest.endswith(("某", "*"))


def _may_be(one: str, two: str) -> bool:
    """Return whether what both names show agrees: 姜淑某 and 姜淑英, 张女士 and 张波."""
    return _shown(one).startswith(_shown(two)) or _shown(two).startswith(_shown(one))


def _shown(plain: str) -> str:
    if not _hides(plain):
        return plain
    surname = plain[: _surname_length(plain)]
    return surname + _COURTESY.sub("", plain[len(surname) :])


def _surname_length(plain: str) -> int:
    return 2 if plain[:2] in SURNAMES_OF_TWO else 1


def _sound(plain: str) -> str:
    sound = sort_key(plain)
    for exact, blurred in _BLURRED:
        sound = sound.replace(exact, blurred)
    return sound
