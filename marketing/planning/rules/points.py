"""Whether a text quotes a selling point (MKT-12). Pure."""

import unicodedata


def squeezed(text: str) -> str:
    """Return a text as it is compared: compatibility forms resolved, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def quotes(text: str, title: str) -> bool:
    """Return whether a text holds the words of a selling point, blanks and case aside."""
    words = squeezed(title)
    return bool(words) and words in squeezed(text)
