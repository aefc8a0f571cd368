"""Searching by phone number is counted and audited, so that nobody tries numbers out (A-24)."""

from datetime import datetime
from typing import Any

from crm_site.audit.services import record
from customers.limits import spend_phone_question
from customers.search import asked_phone, is_phone_question


def note_phone_search(*, text: str, actor: Any, now: datetime) -> bool:
    """Count and audit a search that asks for a phone number; return whether it is one.

    The audit row says whether a whole number or four digits were asked for, never which. Raise
    ``PhoneQuestionsUsedUpError`` beyond 30 such searches a minute.
    """
    if not is_phone_question(text):
        return False
    spend_phone_question(purpose="search", user=actor, now=now)
    record(
        kind="customer.searched_by_phone",
        actor=actor,
        facts={"whole": asked_phone(text.strip()) is not None},
        now=now,
    )
    return True
