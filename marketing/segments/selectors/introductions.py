"""Introductions to other projects and the points they bring (CUS-54)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from crm_site.staff.selectors import staff_under
from customers.models import CustomerShare, Interaction, Purchase
from customers.querysets import BUYING_CLASSES
from marketing.segments.rules.relation import points


@dataclass(frozen=True, slots=True)
class Credit:
    """What one colleague did for the other projects, and the points of it."""

    person: User
    introduced: int
    closed: int
    tracked: int

    @property
    def points(self) -> int:
        """One for each accepted introduction, ten for each that closed."""
        return points(self.introduced, self.closed)


def introductions(*, start: datetime, end: datetime) -> QuerySet[Any]:
    """Return accepted introductions with ``signing``: whether the other project signed in time.

    A signing counts where the introduced customer bought there after the offer and the contract
    stands. One belongs to the span in which it was decided; a closed one to that of its signing.
    """
    signed = Purchase.objects.filter(
        customer=OuterRef("customer"),
        project=OuterRef("to_project"),
        signed_at__gt=OuterRef("offered_at"),
        signed_at__gte=start,
        signed_at__lt=end,
        ended_at__isnull=True,
    )
    accepted = CustomerShare.objects.filter(state="accepted")
    return accepted.annotate(signing=Exists(signed))


def credit_of(person: User, *, start: datetime, end: datetime) -> Credit:
    """Return the credit of one person for a span, as the appraisal shows it; two queries."""
    return credits_of([person], start=start, end=end)[0]


def credits_of(people: list[User], *, start: datetime, end: datetime) -> list[Credit]:
    """Return the credits of several people, most points first; two queries."""
    rows = introductions(start=start, end=end).filter(introduced_by__in=people).order_by()
    decided = Q(decided_at__gte=start, decided_at__lt=end)
    counts = {
        row["introduced_by"]: row
        for row in rows.values("introduced_by").annotate(
            introduced=Count("pk", filter=decided), closed=Count("pk", filter=Q(signing=True))
        )
    }
    talks = Interaction.objects.filter(
        author__in=people, at__gte=start, at__lt=end, is_automatic=False
    ).exclude(customer__customer_class__in=BUYING_CLASSES)
    tracked = dict(
        talks.order_by()
        .values("author")
        .annotate(n=Count("customer", distinct=True))
        .values_list("author", "n")
    )
    found = [
        Credit(
            person,
            counts.get(person.pk, {}).get("introduced", 0),
            counts.get(person.pk, {}).get("closed", 0),
            tracked.get(person.pk, 0),
        )
        for person in people
    ]
    return sorted(found, key=lambda one: (-one.points, -one.tracked, one.person.name))


def team_of(user: Any) -> list[User]:
    """Return the sellers whose points ``user`` sees: the own team, or those one leads."""
    sellers = Q(role__in=("consultant", "supervisor"))
    if user.node is None:
        return []
    if user.role_definition.scope is Scope.OWN:
        rows = User.objects.filter(is_active=True, node=user.node)
    else:
        rows = staff_under(user.node)
    return list(rows.filter(sellers).order_by("name", "pk")[:200])
