"""The tags on customers, read in the order of the dictionary."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from customers.models import Customer, CustomerTag


def tag_rows(customer: Customer) -> list[CustomerTag]:
    """Return the tags on one customer with their words; one query."""
    rows = CustomerTag.objects.filter(customer=customer).select_related("tag")
    return list(rows.order_by("tag__group", "tag__name"))


def tags_of(customer_ids: list[int]) -> dict[int, list[str]]:
    """Return the words on each of these customers; one query for all of them."""
    rows = CustomerTag.objects.filter(customer__in=customer_ids)
    found: dict[int, list[str]] = {}
    for customer, name in rows.order_by("tag__group", "tag__name").values_list(
        "customer_id", "tag__name"
    ):
        found.setdefault(customer, []).append(name)
    return found


def tag_words() -> ArraySubquery:
    """Return the words on a customer as an annotation, so that they cost no query of their own."""
    rows = CustomerTag.objects.filter(customer=OuterRef("pk"))
    return ArraySubquery(rows.order_by("tag__group", "tag__name").values("tag__name"))
