"""Who belongs to a customer, and how many buyers a set of customers is (CUS-37)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers import choices
from customers.models import Customer, CustomerContact, CustomerRelation
from customers.rules.relations import HOUSEHOLD_KINDS, SEEN_FROM_THERE

# How ties read from their other end that have no word of their own there.
FROM_THERE = {"referrer": _("Referred customer"), "company": _("Company or employer")}


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie as it reads from one customer: who the other one is to it."""

    pk: int
    other: Customer
    label: str
    role: str
    note: str
    is_household: bool


def relations_of(customer: Customer, *, user: Any) -> list[Tie]:
    """Return the ties of ``customer`` whose other end ``user`` may see."""
    ties = CustomerRelation.objects.visible_to(user).filter(
        Q(customer=customer) | Q(other=customer),
        customer__merged_into__isnull=True,
        other__merged_into__isnull=True,
    )
    kinds: dict[Any, Any] = dict(choices.RELATION_KINDS)
    roles: dict[Any, Any] = dict(choices.PROJECT_ROLES)
    rows = []
    for tie in ties.select_related("customer", "other").order_by("pk"):
        is_own = tie.customer_id == customer.pk
        kind = tie.kind if is_own else SEEN_FROM_THERE.get(tie.kind, "")
        label = kinds.get(kind) or FROM_THERE.get(tie.kind, tie.kind)
        role = roles.get(tie.role, "") if is_own else ""
        rows.append(
            Tie(
                pk=tie.pk,
                other=tie.other if is_own else tie.customer,
                label=str(label),
                role=str(role),
                note=tie.note,
                is_household=tie.kind in HOUSEHOLD_KINDS,
            )
        )
    return rows


def sharing_a_number(customer: Customer, *, user: Any) -> list[Customer]:
    """Return customers who share a phone number with this one and are not linked yet.

    The same number under another name is mostly the family's; people decide (BEY-01).
    """
    own = CustomerContact.objects.filter(customer=customer, kind="phone")
    numbers = [bytes(index) for index in own.values_list("value_index", flat=True)]
    if customer.phone_index:
        numbers.append(bytes(customer.phone_index))
    if not numbers:
        return []
    ties = CustomerRelation.objects.filter(Q(customer=customer) | Q(other=customer))
    linked = {pk for pair in ties.values_list("customer_id", "other_id") for pk in pair}
    holders = CustomerContact.objects.filter(kind="phone", value_index__in=numbers)
    found = Customer.objects.visible_to(user).filter(
        Q(phone_index__in=numbers) | Q(pk__in=holders.values("customer_id"))
    )
    return list(found.exclude(pk__in={customer.pk, *linked}).order_by("pk")[:10])


def buyers(customers: QuerySet[Customer]) -> int:
    """Return how many buyers these customers are: a household counts once."""
    counted = customers.order_by().aggregate(
        alone=Count("pk", filter=Q(household__isnull=True), distinct=True),
        households=Count("household", distinct=True),
    )
    return int(counted["alone"]) + int(counted["households"])
