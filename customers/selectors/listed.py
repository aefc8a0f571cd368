"""Which customers a query string of the list means; the page, bulk changes and neighbours agree."""

from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from crm_site.staff.models import User
from customers.filters import CustomerFilter
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from customers.selectors.project_scope import WITHIN

LONGEST_KEY = 18


def narrowed(customers: Any, project_id: int | None) -> Any:
    """Return the customers of the project one looks at; all of them for ``None``."""
    return customers if project_id is None else customers.filter(project=project_id)


def project_of(query: QueryDict) -> int | None:
    """Return the project that the query says one looks at."""
    key = query.get(WITHIN, "")
    return int(key) if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY else None


def cut(user: User, query: QueryDict) -> CustomerQuerySet:
    """Return the customers of the tab and project that the query names, before its filters."""
    customers: CustomerQuerySet = narrowed(Customer.objects.visible_to(user), project_of(query))
    starts_with_own = user.role == "consultant" and not query.get("view")
    if (query.get("view") == "mine" or starts_with_own) and not query.get("q"):
        return customers.owned_by(user)
    return customers


def listed(user: User, query: QueryDict) -> QuerySet[Any] | None:
    """Return the customers that the list shows for ``query``; ``None`` if it cannot be read."""
    request = SimpleNamespace(user=user)
    filters = CustomerFilter(query, queryset=cut(user, query), request=request)
    if not filters.is_valid():
        return None
    found: QuerySet[Any] = filters.qs
    return found
