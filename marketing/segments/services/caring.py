"""Work with customers one has: actions, spend, holdings, reminders, the four steps."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Customer, Purchase
from customers.rules.axes import CustomerClass, Phase, TaskKind
from customers.rules.derived import TenureView, tenure_view
from customers.services.tasks import TaskEntry, create_task
from marketing.segments import words
from marketing.segments.errors import SegmentError
from marketing.segments.models import (
    Holding,
    HousingSpend,
    InvestorInterest,
    ProgrammeStep,
    ServiceUse,
)
from marketing.segments.rules.relation import ACTIONS

DUE_HOUR = time(18)


def relation_of(customer: Customer) -> TenureView:
    """Return whether a customer is potential, new or old."""
    return tenure_view(CustomerClass(customer.customer_class), Phase(customer.phase))


@transaction.atomic
def use_action(*, customer: Customer, action: str, actor: User, now: datetime) -> ServiceUse:
    """Log one of the three actions of the customer's relation, and make the task that does it.

    Raise SegmentError for an action of another relation.
    """
    relation = relation_of(customer)
    if action not in ACTIONS[relation]:
        raise SegmentError(_("This action is for customers of another kind. Reload the page."))
    row = ServiceUse.objects.create(
        customer=customer, relation=relation.value, action=action, at=now, by=actor
    )
    entry = TaskEntry(
        title=str(dict(words.ACTIONS)[action]),
        due_at=now + timedelta(days=1),
        owner=customer.owner or actor,
        customer=customer,
        kind=TaskKind.FOLLOW_UP,
        source="service_action",
        source_id=str(row.pk),
    )
    create_task(entry=entry, actor=actor, now=now)
    return row


@transaction.atomic
def declare_spend(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    customer: Customer,
    kind: str,
    with_us: bool,
    year: int,
    amount: Decimal,
    note: str,
    actor: User,
    now: datetime,
) -> HousingSpend:
    """Keep what the customer says to spend in a year; said again for the year, it replaces it.

    Purchases and parking with us are never declared: they are the signed deals.
    """
    if with_us and kind in ("purchase", "parking"):
        message = _("Purchases and parking with us come from the contracts.")
        raise ValidationError({"with_us": message})
    row, _new = HousingSpend.objects.update_or_create(
        customer=customer,
        kind=kind,
        with_us=with_us,
        year=year,
        defaults={"amount": amount, "note": note.strip(), "at": now, "by": actor},
    )
    return row


@transaction.atomic
def note_holding(*, purchase: Purchase, actor: User, now: datetime, **facts: Any) -> Holding:
    """Keep how a unit is used and what it brings."""
    row, _new = Holding.objects.update_or_create(
        purchase=purchase, defaults={**facts, "by": actor, "updated_at": now}
    )
    return row


@transaction.atomic
def note_interest(
    *, customer: Customer, wish: str, remind_on: date, actor: User, now: datetime
) -> InvestorInterest:
    """Keep what an investor would buy next and when to speak about it.

    Raise ValidationError for a day that has passed.
    """
    if remind_on < timezone.localdate(now):
        raise ValidationError({"remind_on": _("Choose today or a day to come.")})
    row, _new = InvestorInterest.objects.update_or_create(
        customer=customer, defaults={"wish": wish.strip(), "remind_on": remind_on, "by": actor}
    )
    return row


def remind_of_interests(*, now: datetime) -> int:
    """Give the consultant a task for each interest whose day has come, once a day; return them."""
    today = timezone.localdate(now)
    due = InvestorInterest.objects.filter(
        ~Q(reminded_for=F("remind_on")) | Q(reminded_for=None),
        remind_on__lte=today,
        customer__merged_into__isnull=True,
        customer__owner__isnull=False,
    ).order_by("pk")
    return sum(_remind(pk, now) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int, now: datetime) -> int:
    row = (
        InvestorInterest.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("customer__owner")
        .filter(pk=pk)
        .first()
    )
    owner = row.customer.owner if row is not None else None
    if row is None or owner is None or row.reminded_for == row.remind_on:
        return 0
    entry = TaskEntry(
        title=_("Next investment: %(wish)s") % {"wish": row.wish[:120]},
        due_at=max(
            timezone.make_aware(datetime.combine(row.remind_on, DUE_HOUR)),
            now + timedelta(hours=4),
        ),
        owner=owner,
        customer=row.customer,
        source="investor",
        source_id=f"{row.pk}:{row.remind_on}",
    )
    made = 1
    try:
        with transaction.atomic():
            create_task(entry=entry, actor=None, now=now)
    except ValidationError:  # the customer wants no contact
        made = 0
    InvestorInterest.objects.filter(pk=row.pk).update(reminded_for=row.remind_on)
    return made


@transaction.atomic
def bring_to(*, customers: Any, step: str, incentive: str, actor: User, now: datetime) -> int:
    """Bring customers to a step of the programme; return how many are there now.

    ``customers`` is a query of those the actor sees. To the first step leads no way back by hand:
    the row goes. Raise ValidationError for retaining without an incentive.
    """
    keys = sorted(customers.order_by().values_list("pk", flat=True))
    if step == "retain" and not incentive.strip():
        raise ValidationError({"incentive": _("Name the incentive that keeps them.")})
    if step == "find":
        ProgrammeStep.objects.filter(customer__in=keys).delete()
    else:
        ProgrammeStep.objects.bulk_create(
            [
                ProgrammeStep(
                    customer_id=pk, step=step, incentive=incentive.strip(), since=now, by=actor
                )
                for pk in keys
            ],
            update_conflicts=True,
            unique_fields=["customer"],
            update_fields=["step", "incentive", "since", "by"],
        )
    facts = {"step": step, "customers": len(keys)}
    record(kind="programme.moved", actor=actor, facts=facts, now=now)
    return len(keys)
