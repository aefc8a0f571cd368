"""Which article answers a question asked in plain words. Pure.

Chinese has no blanks between words: a run of characters counts as its neighbouring pairs, a Latin
word as itself. Words that every question has are left out first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from crm_site.common.grams import all_of, fold

MAX_QUESTION: Final = 200
MAX_TOKENS: Final = 40
IN_BODY: Final = 0.6  # a word in the text counts less than one in the heading
ONE_LETTER: Final = 0.3  # a single character says little
NEAR_BEST: Final = 0.7  # articles this close to the best one are offered beside it
EMPTY_WORDS: Final = (
    "请问一下",  # han: polite words and words of every question
    "请问",  # han: see above
    "想问",  # han: see above
    "我想",  # han: see above
    "我们",  # han: see above
    "你们",  # han: see above
    "你好",  # han: see above
    "您好",  # han: see above
    "怎么样",  # han: see above
    "怎么",  # han: see above
    "怎样",  # han: see above
    "如何",  # han: see above
    "为什么",  # han: see above
    "什么",  # han: see above
    "哪些",  # han: see above
    "多少",  # han: see above
    "多久",  # han: see above
    "可以",  # han: see above
    "能不能",  # han: see above
    "是不是",  # han: see above
    "有没有",  # han: see above
    "需要",  # han: see above
    "一下",  # han: see above
    "要",  # han: see above
    "吗",  # han: see above
    "呢",  # han: see above
    "的",  # han: see above
    "了",  # han: see above
    "我",  # han: see above
)
EMPTY_LATIN: Final = frozenset(
    {
        *("a", "an", "the", "i", "we", "you", "my", "our", "your"),
        *("is", "are", "was", "be", "do", "does", "did", "can", "could"),
        *("will", "would", "should", "may", "how", "what", "when", "where", "which"),
        *("who", "why", "to", "of", "for", "in", "on", "at", "by"),
        *("with", "and", "or", "it", "this", "that", "there", "get", "have"),
        *("has", "need", "want", "please", "tell", "me", "about", "if"),
    }
)
RUNS: Final = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")
DIGITS: Final = re.compile(r"\d(?:[\s-]?\d){6,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article as it is compared: the heads are its title and other ways to ask; all folded."""

    key: int
    heads: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers, with how much of the question it covers, from 0 to 1."""

    key: int
    score: float


def clean_question(text: str) -> str:
    """Return a question as it is kept: one line, short, without long numbers of any kind."""
    return DIGITS.sub("…", " ".join(text.split()))[:MAX_QUESTION]


def core_of(text: str) -> str:
    """Return the words of a question that tell it from others, folded, blanks between."""
    folded = fold(text)
    for word in EMPTY_WORDS:
        folded = folded.replace(word, " ")
    runs = [run for run in RUNS.findall(folded) if run not in EMPTY_LATIN]
    return " ".join(runs)


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the tokens of a question, each once: Latin words whole, others as pairs."""
    found: dict[str, None] = {}
    for run in core_of(text).split():
        if run[0].isascii() or len(run) == 1:
            found[run] = None
        else:
            found.update(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1)))
    return tuple(found)[:MAX_TOKENS]


def any_of(tokens: Iterable[str]) -> str:
    """Return the ``tsquery`` for texts that hold one of the tokens."""
    return " | ".join(f"({all_of([token])})" for token in tokens)


def rank(
    question: str, candidates: Sequence[Candidate], *, total: int, at_least: float, most: int
) -> list[Hit]:
    """Return the articles that answer ``question``, the best first, at most ``most``.

    ``candidates`` are all articles that share a token with it, of ``total`` there are: a rare
    token weighs more. None reaches ``at_least`` (0 to 1): the question has no answer.
    """
    tokens = tokens_of(question)
    weights = {token: _weight(token, candidates, total) for token in tokens}
    core = core_of(question)
    hits = [Hit(one.key, round(_score(one, core, weights), 4)) for one in candidates]
    hits.sort(key=lambda hit: (-hit.score, hit.key))
    bar = max(at_least, NEAR_BEST * hits[0].score) if hits else at_least
    return [hit for hit in hits if hit.score >= bar][:most]


def _weight(token: str, candidates: Sequence[Candidate], total: int) -> float:
    known = sum(1 for one in candidates if token in one.body)
    weight = log(1 + max(total, 1) / max(known, 0.5))
    return weight * (ONE_LETTER if len(token) == 1 else 1)


def _score(one: Candidate, core: str, weights: Mapping[str, float]) -> float:
    if core and any(core_of(head) == core for head in one.heads):
        return 1.0
    whole = sum(weights.values())
    if not whole:
        return 0.0
    covered = sum(weight * _presence(token, one) for token, weight in weights.items())
    return covered / whole


def _presence(token: str, one: Candidate) -> float:
    if any(token in head for head in one.heads):
        return 1.0
    return IN_BODY if token in one.body else 0.0
