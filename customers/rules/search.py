"""Which pieces of a name make it findable, in Chinese, in Latin letters and by pinyin. Pure.

Grams: every character and every pair of neighbours of each word, lower-cased, so that part of a
name is found through the index. Pinyin tokens begin with a blank, which no gram contains: for
``张三`` they are `` zhangsan``, `` san``, `` zs`` and `` s``, found by their beginnings.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from crm_site.common.grams import MAX_QUERY, MAX_WORDS, asked_words, fold, grams_of, lexeme, pieces

__all__ = ["MAX_QUERY", "MAX_WORDS", "fold"]

PINYIN = " "  # first character of a pinyin token
_LETTERS = re.compile(r"[a-z]+", re.ASCII)
_HAN = re.compile(r"[㐀-鿿豈-﫿𠀀-𳿿]+")
# How a family name is read where the character alone is read otherwise.
FAMILY_NAMES = {
    "曾": "zeng",
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "任": "ren",
    "翟": "zhai",
    "朴": "piao",
    "覃": "qin",
    "盖": "ge",
    "缪": "miao",
    "乐": "yue",
    "宓": "mi",
    "冼": "xian",
    "尉迟": "yuchi",
    "万俟": "moqi",
    "长孙": "zhangsun",
    "单于": "chanyu",
}


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of a search: the grams a name must hold, or the beginning of its pinyin."""

    text: str
    grams: tuple[str, ...]
    pinyin: str = ""


def name_tokens(name: str) -> list[str]:
    """Return the sorted tokens under which ``name`` is found."""
    tokens = pieces(name)
    for reading in _readings(name):
        for start in range(len(reading)):
            tokens.add(PINYIN + "".join(reading[start:]))
            tokens.add(PINYIN + "".join(syllable[0] for syllable in reading[start:]))
    return sorted(tokens)


def query_tokens(text: str) -> list[QueryWord]:
    """Return the words of a search, every one of which a name must match; none for blank text."""
    return [
        QueryWord(
            text=word,
            grams=grams_of(word),
            pinyin=word if _LETTERS.fullmatch(word) else "",
        )
        for word in asked_words(text)
    ]


def ts_query(words: list[QueryWord]) -> str:
    """Return ``words`` as PostgreSQL writes a ``tsquery``, every lexeme quoted."""
    return " & ".join(f"({_alternatives(word)})" for word in words)


def pinyin_query(word: QueryWord) -> str:
    """Return the ``tsquery`` for names whose pinyin or initials begin with ``word``."""
    return f"{lexeme(PINYIN + word.pinyin)}:*"


def sort_key(name: str) -> str:
    """Return the text by which names sort for a Chinese reader: pinyin, up to 160 letters."""
    parts: list[str] = []
    rest = fold(name)
    family = _family(rest)
    if family:
        parts.append(FAMILY_NAMES[family])
        rest = rest[len(family) :]
    parts += _pinyin(rest)
    return " ".join(" ".join(parts).split())[:160]


def read_aloud(text: str) -> list[str]:
    """Return the syllables of ``text`` in pinyin without tones; what is not Han stays as it is.

    The dictionary is loaded by the first call: it takes half a second that a start need not wait.
    """
    from pypinyin import lazy_pinyin

    syllables: list[str] = lazy_pinyin(text)
    return syllables


def _family(name: str) -> str:
    return next((name[:n] for n in (2, 1) if name[:n] in FAMILY_NAMES), "")


def _readings(name: str) -> list[list[str]]:
    """Return the syllables of each run of Han characters; the first also as a family name."""
    readings: list[list[str]] = []
    for run in _HAN.findall(fold(name)):
        readings.append(_syllables(run))
        family = _family(run)
        if family:
            readings.append([FAMILY_NAMES[family], *_syllables(run[len(family) :])])
    return [reading for reading in readings if reading]


def _syllables(run: str) -> list[str]:
    return [part for part in _pinyin(run) if _LETTERS.fullmatch(part)]


@lru_cache(maxsize=4096)
def _pinyin(text: str) -> tuple[str, ...]:
    """Return the readings of ``text``; sort key and tokens of a name ask one after the other."""
    return tuple(read_aloud(text))


def _alternatives(word: QueryWord) -> str:
    grams = " & ".join(lexeme(gram) for gram in word.grams)
    return f"({grams}) | {pinyin_query(word)}" if word.pinyin else grams
