"""How many open prospects each consultant has: what the cap counts (CUS-51)."""

from collections.abc import Iterable

from django.db.models import Count

from customers.models import Customer


def open_prospects(consultants: Iterable[int]) -> dict[int, int]:
    """Return the number of customers with an open lead by their owner; one query."""
    owned = Customer.objects.filter(owner__in=list(consultants), merged_into__isnull=True)
    found = owned.with_open_lead().order_by().values_list("owner").annotate(Count("pk"))
    return dict(found)
