"""Which promise a complaint is about: by the words of what was promised to its writer. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

NAMED: Final = 3  # pairs of characters of a promise that a complaint about it has at least
SHARE: Final = 0.3  # of all pairs of the promise


def named_promise(pairs: Iterable[str], promises: Mapping[str, frozenset[str]]) -> str:
    """Return the key of the promise a text is about, or an empty text.

    ``pairs`` are those of the text, ``promises`` the pairs of each promise by its key. The one of
    which the text has the largest share counts, the first key among equals.
    """
    has = frozenset(pairs)
    best: tuple[float, str] | None = None
    for key, wanted in promises.items():
        shared = len(has & wanted)
        if shared < NAMED or shared < SHARE * len(wanted):
            continue
        if best is None or (-shared / len(wanted), key) < best:
            best = (-shared / len(wanted), key)
    return "" if best is None else best[1]
