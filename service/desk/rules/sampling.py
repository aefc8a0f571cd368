"""Which calls and cases of an agent are looked at. Pure (SVC-25).

The draw is random to everybody who works, and the same whenever it is repeated: the order is that
of a keyed digest of month, agent and thing.
"""

import hashlib
import hmac
from collections.abc import Iterable
from math import ceil


def sample_size(*, worked: int, percent: int, least: int) -> int:
    """Return how many of ``worked`` are drawn: the share rounded up, at least ``least``."""
    return min(worked, max(ceil(worked * percent / 100), least))


def draw(keys: Iterable[str], *, count: int, seed: str, secret: bytes) -> list[str]:
    """Return ``count`` of ``keys``, the same ones for the same seed and secret."""

    def place(key: str) -> bytes:
        return hmac.new(secret, f"{seed}:{key}".encode(), hashlib.sha256).digest()

    return sorted(set(keys), key=place)[:count]
