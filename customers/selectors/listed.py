"""Which customers a query string of the list means; the page, bulk changes and neighbours agree."""

from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from crm_site.staff.models import User
from customers.filters import CustomerFilter
from customers.models import Customer
from customers.querysets import CustomerQuerySet


def cut(user: User, query: QueryDict) -> CustomerQuerySet:
    """Return the customers of the tab that the query names, before its filters."""
    customers = Customer.objects.visible_to(user)
    starts_with_own = user.role == "consultant" and not query.get("view")
    if (query.get("view") == "mine" or starts_with_own) and not query.get("q"):
        return Customer.objects.visible_to(user).owned_by(user)
    return customers


def listed(user: User, query: QueryDict) -> QuerySet[Any] | None:
    """Return the customers that the list shows for ``query``; ``None`` if it cannot be read."""
    request = SimpleNamespace(user=user)
    filters = CustomerFilter(query, queryset=cut(user, query), request=request)
    if not filters.is_valid():
        return None
    found: QuerySet[Any] = filters.qs
    return found
