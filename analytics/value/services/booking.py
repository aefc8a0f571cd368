"""Incomes beside the price of homes, and costs shared out over customers (ANA-11, ANA-12).

Entries are never changed; a wrong one is undone by its opposite. Shares of a cost and what nobody
was there to bear add up to the cost, to the fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.value import choices
from analytics.value.errors import BookingError
from analytics.value.models import CostPool, CostShare, CustomerIncome
from analytics.value.rules.clv import allocate
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Customer, Lead, Project, Purchase
from customers.purchase.rules import PurchaseState
from service.tickets.models import Ticket

BATCH: Final = 2000
LONGEST: Final = 60  # characters of a number
REVERSED: Final = "-R"  # behind the number of an entry, of the one that undoes it
COMPLAINTS: Final = ("complaint", "group_complaint", "price_dispute")
OWNED: Final = (PurchaseState.SIGNED.value, PurchaseState.HANDED_OVER.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeDraft:
    """An income to book; the amount in yuan is above 0."""

    customer: Customer
    kind: str
    amount: Decimal
    received_on: date
    reference: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDraft:
    """A cost to book: of one customer, or of a month of a project to be shared out."""

    kind: str
    month_on: date
    project: Project
    amount: Decimal
    reference: str
    customer: Customer | None = None
    note: str = ""


@transaction.atomic
def book_income(*, draft: IncomeDraft, actor: User, now: datetime) -> CustomerIncome:
    """Write an income; raise BookingError where the number exists or the day has not come."""
    if draft.amount <= 0:
        raise BookingError(_("Give an amount above 0; reverse the entry that was wrong."))
    if draft.received_on > timezone.localdate(now):
        raise BookingError(_("Book it on the day the money has come."))
    row = CustomerIncome(
        customer=draft.customer,
        kind=draft.kind,
        amount=draft.amount,
        received_on=draft.received_on,
        reference=draft.reference,
        note=draft.note,
        recorded_by=actor,
        recorded_at=now,
    )
    _save(row)
    _tell("value.income", row, actor=actor, now=now)
    return row


@transaction.atomic
def reverse_income(*, income_id: int, actor: User, now: datetime) -> CustomerIncome:
    """Write the opposite of an income; raise BookingError where that was done."""
    row = CustomerIncome.objects.select_for_update().get(pk=income_id)
    _refuse_again(row)
    opposite = CustomerIncome(
        customer_id=row.customer_id,
        kind=row.kind,
        amount=-row.amount,
        received_on=timezone.localdate(now),
        reference=_opposite(row.reference),
        note=row.note,
        reverses=row,
        recorded_by=actor,
        recorded_at=now,
    )
    _save(opposite)
    _tell("value.income_reversed", opposite, actor=actor, now=now)
    return opposite


@transaction.atomic
def book_cost(*, draft: CostDraft, actor: User, now: datetime) -> CostPool:
    """Write a cost and share it out by what caused it; what nobody bears stays unshared."""
    if draft.amount <= 0:
        raise BookingError(_("Give an amount above 0; reverse the entry that was wrong."))
    pool = CostPool(
        kind=draft.kind,
        month_on=draft.month_on.replace(day=1),
        project=draft.project,
        customer=draft.customer,
        amount=draft.amount,
        reference=draft.reference,
        note=draft.note,
        recorded_by=actor,
        recorded_at=now,
    )
    if pool.month_on > timezone.localdate(now):
        raise BookingError(_("Book a cost when its month has begun."))
    weights = {draft.customer.pk: 1} if draft.customer else weights_of(pool)
    shares = allocate(draft.amount, weights)
    pool.unshared = draft.amount - sum(shares.values(), Decimal(0))
    _save(pool)
    _share(pool, shares)
    _tell("value.cost", pool, actor=actor, now=now)
    return pool


@transaction.atomic
def reverse_cost(*, cost_id: int, actor: User, now: datetime) -> CostPool:
    """Write the opposite of a cost, share by share; raise BookingError where that was done."""
    pool = CostPool.objects.select_for_update(of=("self",)).get(pk=cost_id)
    _refuse_again(pool)
    opposite = CostPool(
        kind=pool.kind,
        month_on=pool.month_on,
        project_id=pool.project_id,
        customer_id=pool.customer_id,
        amount=-pool.amount,
        reference=_opposite(pool.reference),
        note=pool.note,
        reverses=pool,
        unshared=-pool.unshared,
        recorded_by=actor,
        recorded_at=now,
    )
    _save(opposite)
    found = pool.shares.values_list("customer", "amount")
    _share(opposite, {customer: -amount for customer, amount in found})
    _tell("value.cost_reversed", opposite, actor=actor, now=now)
    return opposite


def weights_of(pool: CostPool) -> dict[int, int]:
    """Return by customer what a cost is shared out by: leads, tickets, complaints, or ownership."""
    begins = timezone.make_aware(datetime.combine(pool.month_on, time.min))
    after = (begins + timedelta(days=32)).replace(day=1)
    if pool.kind == choices.CARE:
        rows = Purchase.objects.filter(
            Q(signed_at__lt=after) | Q(signed_at__isnull=True, state_since__lt=after),
            project=pool.project_id,
            state__in=OWNED,
        )
        return dict.fromkeys(rows.values_list("customer", flat=True).distinct(), 1)
    if pool.kind == choices.ACQUISITION:
        leads = Lead.objects.filter(
            project=pool.project_id, received_at__gte=begins, received_at__lt=after
        )
        return _counted(leads)
    tickets = Ticket.objects.filter(
        project=pool.project_id, opened_at__gte=begins, opened_at__lt=after, customer__isnull=False
    )
    if pool.kind != choices.SERVICE:
        tickets = tickets.filter(kind__in=COMPLAINTS)
    return _counted(tickets)


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("customer").annotate(n=Count("pk")))


def _share(pool: CostPool, shares: Mapping[int, Decimal]) -> None:
    rows = [
        CostShare(pool=pool, customer_id=customer, amount=amount)
        for customer, amount in sorted(shares.items())
        if amount
    ]
    CostShare.objects.bulk_create(rows, batch_size=BATCH)


def _opposite(reference: str) -> str:
    """Return the number of the entry that undoes another; a long one makes room for it."""
    return f"{reference[: LONGEST - len(REVERSED)]}{REVERSED}"


def _save(row: CustomerIncome | CostPool) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        words = _("There is an entry of the number %(number)s already.")
        raise BookingError(words % {"number": row.reference}) from error


def _refuse_again(row: CustomerIncome | CostPool) -> None:
    again = type(row)._default_manager.filter(reverses=row.pk).exists()
    if row.reverses_id is not None or again:
        raise BookingError(_("The entry is reversed already."))


def _tell(kind: str, row: CustomerIncome | CostPool, *, actor: User, now: datetime) -> None:
    subject = ("customer", row.customer_id) if row.customer_id else None
    facts = {"amount": str(row.amount), "kind": row.kind, "reference": row.reference}
    record(kind=kind, actor=actor, subject=subject, facts=facts, now=now)
