"""What complaint texts have in common, as weights of the pairs of characters in them. Pure.

Chinese has no blanks between words; pairs of neighbouring characters find shared names and matters
without a dictionary. A pair weighs by how often a text has it and how few texts have it at all.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import log, sqrt
from typing import Final

HEAD: Final = 300  # characters of the text that count; what it is about comes first
SUBJECT_WEIGHT: Final = 2.5
TOP: Final = 60  # pairs that stand for a text
KEYS: Final = 16  # pairs by which neighbours are looked up
COMMON: Final = 0.05  # a pair in more texts than this share says nothing
FEW: Final = 150  # texts that one matter may fill; pairs in so many are never common
SMOOTH: Final = 40
LONE: Final = 0.3  # of its weight that a pair no other text has yet keeps
LONGEST_WORD: Final = 8
LONGEST_RUN: Final = 40  # Latin letters and digits that tell a word from others
Vector = dict[str, float]

FIRST_SIGN = "\u4e00"  # han: the first Chinese sign
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")
_JOINING = re.compile(r"[·.．•・\-—_]")
_PHRASES = (
    "尊敬的 领导 您好 你好 我们 我是 你们 他们 自己 大家 一个 "  # han: every letter has them
    "一直 一名 一下 已经 现在 目前 至今 今天 希望 请求 请问 恳请 "  # han: every letter has them
    "要求 望能 能够 可以 没有 不能 无法 不是 就是 但是 因为 所以 "  # han: every letter has them
    "如果 以及 或者 并且 解决 处理 问题 投诉 反映 举报 咨询 建议 "  # han: every letter has them
    "回复 答复 情况 相关 有关 部门 严重 影响 非常 多次 尽快 业主 "  # han: every letter has them
    "小区 物业 开发 发商 居民 公司 有限 政府 管理 谢谢 感谢 一些 "  # han: every letter has them
    "这样 这个 什么 怎么 为什 进行 其他 应该 必须 需要 之后 以后 "  # han: every letter has them
    "之前 时候 时间 生活 不到 还是 导致 造成 "  # han: every letter has them
)
PHRASES: Final = frozenset(_PHRASES.split())


def folded(text: str) -> str:
    """Return ``text`` in one width and case, without the dots and dashes inside names."""
    return _JOINING.sub("", unicodedata.normalize("NFKC", text).lower())


def digest_text(subject: str, body: str) -> str:
    """Return the characters that make two messages the same message."""
    return "".join(_RUN.findall(folded(f"{subject}\n{body}")))


def pairs_of(text: str, *, without: Iterable[str] = ()) -> Counter[str]:
    """Return how often each pair of characters, and each Latin word, stands in ``text``.

    ``without`` are names that all texts share, such as that of the project.
    """
    found: Counter[str] = Counter()
    plain = folded(text)
    for name in without:
        plain = plain.replace(folded(name), " ") if len(name) > 1 else plain
    for run in _RUN.findall(plain):
        if run[0] < FIRST_SIGN:
            if len(run) > 1 and not run.isdigit():
                found[run[:LONGEST_RUN]] += 1
            continue
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    for phrase in PHRASES & found.keys():
        del found[phrase]
    return found


def counts_of(subject: str, body: str, *, without: Iterable[str] = ()) -> Vector:
    """Return the weight of the pairs of one complaint before their rarity counts.

    Each pair of the subject counts SUBJECT_WEIGHT, those of the text by the logarithm of their
    number.
    """
    names = tuple(without)
    weights: dict[str, float] = defaultdict(float)
    for pair, times in pairs_of(body[:HEAD], without=names).items():
        weights[pair] += 1 + log(times)
    for pair in pairs_of(subject, without=names):
        weights[pair] += SUBJECT_WEIGHT
    return dict(weights)


def vector_of(
    counts: Mapping[str, float], texts_with: Mapping[str, int], texts: int, *, lone: float = 0.0
) -> Vector:
    """Return the TOP pairs of a complaint with weights of length 1.

    ``texts_with`` says in how many of ``texts`` each pair stands, this one included. Pairs of more
    than the share COMMON, FEW at least, are left out; those of this text alone keep ``lone`` of
    their weight, for texts that others may still join.
    """
    most = max(COMMON * texts, FEW)
    weighed = [
        (-weight * log((texts + SMOOTH) / shared) * (lone if shared < 2 else 1), pair)
        for pair, weight in counts.items()
        if (shared := texts_with.get(pair, 1)) <= most and (lone or shared > 1)
    ]
    weighed.sort()
    best = [(pair, -weight) for weight, pair in weighed[:TOP]]
    length = sqrt(sum(weight * weight for _pair, weight in best)) or 1.0
    return {pair: weight / length for pair, weight in best}


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how alike two vectors are, 0 to 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * large.get(pair, 0.0) for pair, weight in small.items())


def words_of(texts: Iterable[str], *, most: int = 5) -> list[str]:
    """Return the longest words that at least half of the first 60 texts share, best first."""
    some = [folded(text) for text, _ in zip(texts, range(60), strict=False)]
    having: Counter[str] = Counter()
    for text in some:
        having.update(_pieces(text))
    needed = max(2, (len(some) + 1) // 2)
    good = {piece: times for piece, times in having.items() if times >= needed}
    ranked = sorted(good, key=lambda piece: (-good[piece] * (len(piece) - 1), piece))
    chosen: list[str] = []
    for piece in ranked:
        if not _joins(piece, chosen) and not any(
            piece in other or _overlaps(piece, other) for other in chosen
        ):
            chosen.append(piece)
        if len(chosen) == most:
            break
    return chosen


def _joins(piece: str, chosen: list[str]) -> bool:
    """Return whether a pair is but the end of one word and the beginning of another."""
    if len(piece) > 2:
        return False
    ends = any(word.endswith(piece[0]) for word in chosen)
    return ends and any(word.startswith(piece[1]) for word in chosen)


def _pieces(text: str) -> set[str]:
    found: set[str] = set()
    for run in _RUN.findall(text):
        if run[0] < FIRST_SIGN:
            continue
        for size in range(2, LONGEST_WORD + 1):
            found.update(run[at : at + size] for at in range(len(run) - size + 1))
    return {piece for piece in found if piece not in PHRASES}


def _overlaps(one: str, other: str) -> bool:
    """Return whether the end of one is the beginning of the other, by two characters or more."""
    longest = min(len(one), len(other))
    for size in range(2, longest + 1):
        if one.endswith(other[:size]) or other.endswith(one[:size]):
            return True
    return other in one
