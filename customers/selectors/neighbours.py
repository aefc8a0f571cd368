"""The records before and after one in the list it was opened from, by position (B5)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from crm_site.common.keyset import chosen_sort, next_to
from crm_site.staff.models import User
from customers.models import Customer
from customers.search import is_phone_question
from customers.selectors.listed import listed
from customers.selectors.project_scope import WITHIN

PLACE = "in"
NOT_A_PLACE = ("after", "before", "page_size", "cols", "for_tag")
SORTS = {"created": ("-id",), "name": ("sort_key",), "last": ("-last_contact_at",)}
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses of the records beside one and of their list; empty where there is none."""

    previous_url: str
    next_url: str
    list_url: str


def kept_place(query: QueryDict) -> str:
    """Return the part of a record's address that leads back to the list, filters and order.

    A search for a phone number is not carried along: every look would ask for the number again.
    """
    kept = query.copy()
    for key in NOT_A_PLACE:
        kept.pop(key, None)
    text = kept.urlencode()
    if not text or len(text) > LONGEST or is_phone_question(kept.get("q", "")):
        return ""
    return "?" + urlencode({PLACE: text})


def neighbours(user: User, customer: Customer, place: str) -> Neighbours | None:
    """Return what lies beside ``customer`` in the list; ``None`` for a list that is none.

    The record need not be in the list any more: its values say where it would stand.
    """
    query = QueryDict(place[:LONGEST])
    if not place or is_phone_question(query.get("q", "")):
        return None
    found = listed(user, query)
    if found is None:
        return None
    sort = chosen_sort(query.get("order", ""), SORTS, "created")
    before, after = (
        next_to(found.only("pk"), customer, sort=sort, sorts=SORTS, backwards=backwards)
        for backwards in (True, False)
    )
    return Neighbours(_url(before, place), _url(after, place), _list_url(place))


def _url(row: Any, place: str) -> str:
    return f"{row.get_absolute_url()}?{urlencode({PLACE: place})}" if row else ""


def _list_url(place: str) -> str:
    query = QueryDict(place[:LONGEST], mutable=True)
    query.pop(WITHIN, None)  # the list knows by itself which project one looks at
    return f"{reverse('customers:customer-list')}?{query.urlencode()}"
