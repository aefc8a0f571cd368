"""How often one person may ask for phone numbers, counted per minute in the cache (A-24)."""

from datetime import datetime
from math import ceil
from typing import Any

from redis import RedisError

from crm_site.common.cache import counters as cache
from customers.errors import PhoneQuestionsUncountedError, PhoneQuestionsUsedUpError

QUESTIONS_PER_MINUTE = 30
WINDOW = 60  # seconds, from the first question on


def spend_phone_question(*, purpose: str, user: Any, now: datetime) -> None:
    """Count one question of ``user``; raise ``PhoneQuestionsUsedUpError`` beyond the limit.

    The minute begins with the first question, so that no change of the clock's minute doubles it.
    The count survives a refused or rolled-back request. Raise ``PhoneQuestionsUncountedError``
    where nothing can be counted: no question is free.
    """
    key = f"phone-questions:{purpose}:{user.pk}"
    try:
        _count(key, now.timestamp())
    except RedisError as error:
        raise PhoneQuestionsUncountedError from error


def _count(key: str, moment: float) -> None:
    begun = float(cache.get_or_set(key, moment, timeout=2 * WINDOW) or moment)
    if not begun <= moment < begun + WINDOW:
        begun = moment
        cache.set(key, begun, timeout=2 * WINDOW)
    cache.add(f"{key}:{begun}", 0, timeout=2 * WINDOW)
    if cache.incr(f"{key}:{begun}") > QUESTIONS_PER_MINUTE:
        raise PhoneQuestionsUsedUpError(retry_after=ceil(begun + WINDOW - moment))
