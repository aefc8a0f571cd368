"""How the search box turns into conditions that the indexes of the customer table answer."""

import re

from django.db.models import Q

from customers.indexes import phone_index, tail_index
from customers.rules.phones import PhoneError, normalise_phone
from customers.rules.search import QueryWord, pinyin_query, query_tokens, ts_query

_FOUR_DIGITS = re.compile(r"\d{4}", re.ASCII)


def asked_phone(text: str) -> str | None:
    """Return the canonical number if ``text`` is a whole phone number, else ``None``."""
    try:
        return normalise_phone(text).e164
    except PhoneError:
        return None


def is_phone_question(text: str) -> bool:
    """Return whether the text is a whole phone number or the last four digits of one."""
    stripped = text.strip()
    return bool(_FOUR_DIGITS.fullmatch(stripped)) or asked_phone(stripped) is not None


def phone_condition(text: str) -> Q | None:
    """Return the condition for a whole number or for four last digits; ``None`` for other text."""
    if _FOUR_DIGITS.fullmatch(text):
        return Q(phone_tail_index=tail_index(text))
    e164 = asked_phone(text)
    if e164 is None:
        return None
    return Q(phone_index=phone_index(e164))


def name_condition(text: str) -> Q:
    """Return the condition that a name matches every word of ``text``."""
    words = query_tokens(text)
    if not words:
        return Q(pk__in=[])
    condition = Q(tokens__matches=ts_query(words))
    for word in words:
        check = _certain(word)
        if check is not None:
            condition &= check
    return condition


def _certain(word: QueryWord) -> Q | None:
    """Return what the grams leave open: that they stand side by side, in order."""
    if len(word.grams) < 2:  # one gram is the word itself
        return None
    contained = Q(name__icontains=word.text)
    if not word.pinyin:
        return contained
    return contained | Q(tokens__matches=pinyin_query(word))
