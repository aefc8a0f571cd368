"""Text cut into single characters and neighbouring pairs, so that any part of it is found. Pure.

Chinese has no blanks between words: an index of characters and pairs answers without a dictionary.
"""

import unicodedata

MAX_QUERY = 80
MAX_WORDS = 8


def fold(text: str) -> str:
    """Return ``text`` as the index writes it: compatibility forms resolved, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def pieces(text: str) -> set[str]:
    """Return every character and every pair of neighbours within the words of ``text``."""
    found: set[str] = set()
    for word in fold(text).split():
        found.update(word)
        found.update(word[i : i + 2] for i in range(len(word) - 1))
    return found


def asked_words(text: str) -> list[str]:
    """Return the folded words of a search; none for blank text."""
    return fold(text[:MAX_QUERY]).split()[:MAX_WORDS]


def grams_of(word: str) -> tuple[str, ...]:
    """Return the pieces that a text holding ``word`` must hold: its pairs, or the one character."""
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


def lexeme(token: str) -> str:
    """Return ``token`` quoted as PostgreSQL writes it in a ``tsquery``."""
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def all_of(words: list[str]) -> str:
    """Return the ``tsquery`` for texts that hold the pieces of every word."""
    return " & ".join(lexeme(gram) for word in words for gram in grams_of(word))
