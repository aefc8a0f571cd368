"""Calling up instalments before they are due and once they are late, each step once (CUS-70)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Prefetch
from django.utils import timezone

from crm_site.outbox.services import Outgoing, ToAddressee, send_many, send_outside
from crm_site.policies.services import in_force
from customers.payment import messages
from customers.payment.models import Instalment, PaymentReminder, Receipt
from customers.payment.policies import PAYMENTS, PaymentRules
from customers.payment.querysets import summed
from customers.payment.rules import BEFORE, Settled, allocate, reminder_step
from customers.payment.selectors import OWING, dues_of
from customers.purchase.models import Purchase

BATCH = 500


@dataclass(frozen=True, slots=True)
class Call:
    """An instalment that is to be called up now."""

    purchase: Purchase
    instalment: Instalment
    step: str
    open: Decimal
    due_on: date


def remind_payments(*, now: datetime) -> int:
    """Tell consultant and customer of open instalments; return how many were called up.

    Safe to run twice: each (instalment, step, day) is one row, and the keys of the messages name
    it. Whether the customer may be written to is asked when the message leaves.
    """
    rules: PaymentRules = in_force(PAYMENTS, at=now).value
    today, after, told = timezone.localtime(now).date(), 0, 0
    while True:
        batch = _candidates(today + timedelta(days=rules.days_before), after)
        if not batch:
            return told
        calls = [call for one in batch for call in _calls(one, rules, today)]
        told += _tell(calls, now)
        after = batch[-1].pk


def _candidates(horizon: date, after: int) -> list[Purchase]:
    """Return purchases that have paid less than what is due by ``horizon``."""
    due = Instalment.objects.filter(plan__purchase=OuterRef("pk"), due_on__lte=horizon)
    paid = Receipt.objects.filter(purchase=OuterRef("pk"))
    rows = Purchase.objects.filter(
        pk__gt=after, state__in=OWING, customer__merged_into__isnull=True
    )
    rows = rows.annotate(due_sum=summed(due, "plan"), received_sum=summed(paid, "purchase"))
    rows = rows.filter(due_sum__gt=F("received_sum")).order_by("pk")
    related = rows.select_related("customer__owner", "consultant", "unit__building", "project")
    lines = Prefetch("payment_plan__instalments", queryset=Instalment.objects.order_by("position"))
    return list(related.prefetch_related(lines)[:BATCH])


def _calls(purchase: Any, rules: PaymentRules, today: date) -> Iterable[Call]:
    rows = {row.position: row for row in purchase.payment_plan.instalments.all()}
    for each in allocate(dues_of(rows.values()), purchase.received_sum):
        step = _step(each, rules, today)
        if step and each.due.due_on:
            row = rows[each.due.position]
            yield Call(purchase, row, step, each.open, each.due.due_on)


def _step(each: Settled, rules: PaymentRules, today: date) -> str | None:
    if each.open <= 0 or each.due.due_on is None:
        return None
    return reminder_step(
        each.due.due_on, today=today, days_before=rules.days_before, late_days=rules.late_days
    )


@transaction.atomic
def _tell(calls: list[Call], now: datetime) -> int:
    asked = PaymentReminder.objects.filter(instalment__in=[call.instalment.pk for call in calls])
    known = set(asked.values_list("instalment", "step", "due_on"))
    fresh = [call for call in calls if (call.instalment.pk, call.step, call.due_on) not in known]
    PaymentReminder.objects.bulk_create(
        [
            PaymentReminder(instalment=call.instalment, step=call.step, due_on=call.due_on, at=now)
            for call in fresh
        ],
        ignore_conflicts=True,
    )
    send_many([_to_staff(call) for call in fresh], now=now)
    send_outside([_to_customer(call) for call in fresh], now=now)
    return len(fresh)


def _to_staff(call: Call) -> Outgoing:
    owner = call.purchase.customer.owner
    person = owner if owner and owner.is_active else call.purchase.consultant
    return Outgoing(
        kind=messages.DUE if call.step == BEFORE else messages.LATE,
        recipient=person,
        key=f"{_key(call)}:{person.pk}",
        params=_params(call) | {"customer": messages.shown_name(call.purchase.customer.name)},
        subject=("purchase", call.purchase.pk),
    )


def _to_customer(call: Call) -> ToAddressee:
    return messages.to_customer(
        kind=messages.DUE_OUTSIDE if call.step == BEFORE else messages.LATE_OUTSIDE,
        customer=call.purchase.customer,
        key=f"{_key(call)}:customer",
        params=_params(call),
        subject=("purchase", call.purchase.pk),
    )


def _key(call: Call) -> str:
    return f"payment:{call.instalment.pk}:{call.step}:{call.due_on:%Y%m%d}"


def _params(call: Call) -> dict[str, str]:
    return {
        "unit": str(call.purchase.unit or call.purchase.project),
        "label": messages.shown_name(call.instalment.label),
        "amount": str(call.open),
        "due": call.due_on.isoformat(),
    }
