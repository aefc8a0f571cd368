"""Ties between customers, and the households that follow from them (CUS-37)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.models import Customer, CustomerRelation, Household
from customers.rules.relations import HOUSEHOLD_KINDS


class RelationRefusedError(RefusedError):
    """The tie would lead to oneself, to a record out of scope, or is there already."""

    code = "relation"
    title = _("These records cannot be linked this way")


@transaction.atomic
def add_relation(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    customer: Customer,
    other: Customer,
    kind: str,
    role: str = "",
    note: str = "",
    actor: User | None,
    now: datetime,
) -> CustomerRelation:
    """Say that ``other`` is the spouse, parent, referrer … of ``customer`` and return the tie.

    Ties of the family and joint purchases put both into one household. Raise
    ``RelationRefusedError`` for oneself, a merged record or a tie that is there already.
    """
    if customer.pk == other.pk:
        raise RelationRefusedError(_("Choose another customer."))
    locked = _locked({customer.pk, other.pk})
    if any(each.merged_into_id for each in locked) or len(locked) < 2:
        raise RelationRefusedError(_("One of the records was merged meanwhile. Reload."))
    tie, created = CustomerRelation.objects.get_or_create(
        customer=customer,
        other=other,
        kind=kind,
        defaults={"role": role, "note": note[:200], "created_by": actor},
    )
    if not created:
        raise RelationRefusedError(_("The two are already linked this way."))
    settle_households({customer.pk, other.pk}, now=now)
    _audit("customer.related", tie, actor=actor, now=now)
    return tie


@transaction.atomic
def remove_relation(*, relation: CustomerRelation, actor: User | None, now: datetime) -> None:
    """Take the tie away; whoever has no tie left leaves the household."""
    both = {relation.customer_id, relation.other_id}
    _locked(both)
    _audit("customer.unrelated", relation, actor=actor, now=now)
    CustomerRelation.objects.filter(pk=relation.pk).delete()
    settle_households(both, now=now)


def settle_households(customer_ids: Iterable[int], *, now: datetime) -> None:
    """Give everybody tied to ``customer_ids`` the household that follows from the ties.

    All who are connected by family ties or joint purchases share one household, the oldest of
    theirs; whoever stands alone has none. Households left empty go.
    """
    pending = set(customer_ids)
    touched: set[int] = set()
    while pending:
        group = _connected(pending.pop())
        pending -= group
        rows: dict[int, int | None] = dict(
            Customer.objects.filter(pk__in=group).values_list("pk", "household_id")
        )
        touched.update(household for household in rows.values() if household)
        _share(rows, now=now)
    Household.objects.filter(pk__in=touched, members__isnull=True).delete()


def _share(rows: dict[int, int | None], *, now: datetime) -> None:
    wanted: int | None = None
    if len(rows) > 1:
        wanted = min((household for household in rows.values() if household), default=None)
        wanted = wanted or Household.objects.create().pk
    stray = [pk for pk, household in rows.items() if household != wanted]
    if stray:
        Customer.objects.filter(pk__in=stray).update(household_id=wanted, updated_at=now)


def _connected(start: int) -> set[int]:
    """Return ``start`` and everybody reached from it over ties of one household."""
    group, edge = {start}, {start}
    while edge:
        ties = CustomerRelation.objects.filter(
            Q(customer__in=edge) | Q(other__in=edge),
            kind__in=HOUSEHOLD_KINDS,
            customer__merged_into__isnull=True,
            other__merged_into__isnull=True,
        )
        reached = {pk for pair in ties.values_list("customer_id", "other_id") for pk in pair}
        edge = reached - group
        group |= reached
    return group


def _locked(keys: set[int]) -> list[Customer]:
    rows = Customer.objects.filter(pk__in=keys).order_by("pk").only("pk", "merged_into")
    return list(rows.select_for_update(of=("self",)))


def _audit(kind: str, tie: CustomerRelation, *, actor: User | None, now: datetime) -> None:
    facts: dict[str, Any] = {"other": tie.other_id, "kind": tie.kind}
    record(kind=kind, actor=actor, subject=("customer", tie.customer_id), facts=facts, now=now)
