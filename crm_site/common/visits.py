"""How often a visitor may send, counted in the cache; where nobody counts, nobody may."""

from datetime import datetime
from math import ceil
from typing import Final

from django.utils.crypto import salted_hmac
from redis import RedisError

from crm_site.common.cache import counters
from crm_site.common.refusals import TooManyError, UnavailableError

MOST: Final = 10  # of one address within the window
WINDOW: Final = 600  # seconds


def spend_visit(*, purpose: str, who: str, now: datetime, most: int = MOST) -> None:
    """Count one try; raise TooManyError beyond ``most`` in ten minutes.

    Raise UnavailableError where nothing can be counted: no try is free. ``who`` is kept as a
    keyed digest only.
    """
    slot = int(now.timestamp()) // WINDOW
    digest = salted_hmac("crm_site.common.visits", who, algorithm="sha256").hexdigest()[:32]
    key = f"visit:{purpose}:{digest}:{slot}"
    try:
        counters.add(key, 0, timeout=2 * WINDOW)
        tries = counters.incr(key)
    except RedisError as error:
        raise UnavailableError from error
    if tries > most:
        raise TooManyError(retry_after=ceil((slot + 1) * WINDOW - now.timestamp()))
