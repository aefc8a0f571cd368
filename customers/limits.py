"""How often one person may ask for phone numbers, counted per minute in the cache (A-24)."""

from datetime import datetime
from typing import Any

from django.core.cache import cache

from customers.errors import PhoneQuestionsUsedUpError

QUESTIONS_PER_MINUTE = 30


def spend_phone_question(*, purpose: str, user: Any, now: datetime) -> None:
    """Count one question of ``user``; raise ``PhoneQuestionsUsedUpError`` beyond the limit.

    The count survives a refused or rolled-back request.
    """
    minute = int(now.timestamp()) // 60
    key = f"phone-questions:{purpose}:{user.pk}:{minute}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > QUESTIONS_PER_MINUTE:
        raise PhoneQuestionsUsedUpError(retry_after=60 - int(now.timestamp()) % 60)
