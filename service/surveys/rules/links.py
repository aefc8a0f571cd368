"""The tokens of one-answer links: long enough not to be guessed, short enough for an SMS. Pure.

22 signs of 62 are 130 bits. Only their SHA-256 is kept (A-10).
"""

import hashlib
import re
import secrets
import string
from typing import Final

ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH: Final = 22
TOKEN: Final = re.compile(rf"[0-9A-Za-z]{{{LENGTH}}}", re.ASCII)
MOST_GUESSES: Final = 20  # wrong tokens from one address
GUESS_SECONDS: Final = 600


def new_token() -> str:
    """Return a new token."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_token(text: str) -> bool:
    """Tell whether ``text`` could be a token."""
    return TOKEN.fullmatch(text) is not None
