"""Whose number it is: one person, several of a family, nobody."""

from typing import Any

from django.db.models import Q, QuerySet

from customers.indexes import contact_index, phone_index
from customers.models import Customer
from customers.search import asked_phone


def holders_of(number: str) -> QuerySet[Customer]:
    """Return everybody who has the number as first or as further phone, in order of the record.

    No rights are looked at: callers show only what ``visible_to`` lets through.
    """
    e164 = asked_phone(number)
    standing = Customer.objects.filter(merged_into__isnull=True)
    if e164 is None:
        return standing.none()
    index = contact_index("phone", e164)
    second: Any = Customer.objects.filter(contacts__kind="phone", contacts__value_index=index)
    mine = Q(phone_index=phone_index(e164)) | Q(pk__in=second.values("pk"))
    return standing.filter(mine).order_by("pk")
