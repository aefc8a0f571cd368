"""How the demo's purchases are paid: plans, receipts and mortgages, and who is late.

Everybody pays a deposit; after the signature the instalments of the plan follow, loans through the
bank. Most pay in time, some late, a few not at all; whoever has the keys has paid what was due.
"""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.hours import in_office
from crm_site.demo.loans import Loan, Loans
from crm_site.demo.people import pick
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.importers.copying import copy_rows, take_keys
from customers.models import BehaviourEvent, Instalment, PaymentPlan, Purchase, Receipt
from customers.payment.policies import PAYMENTS, TemplateLine
from customers.payment.rules import spread
from customers.payment.selectors import OWING
from customers.rules.behaviour import BehaviourKind, Deal

PLANS = {"一次性付款": 20, "分期付款": 15, "商业按揭": 42, "公积金贷款": 9, "组合贷款": 14}
IN_FULL, MORTGAGE = "一次性付款", "商业按揭"
LOAN_KINDS = {"银行贷款": "commercial", "公积金贷款": "fund"}
OWING_SHARE, LATE_SHARE, PART = 0.08, 0.1, Decimal("0.6")
REFUND_DAYS = (2, 14)
CHUNK = 2000
NOTHING = Decimal(0)
COLUMNS = (
    *("pk", "state", "customer_id", "customer__external_id", "consultant_id", "project__code"),
    *("unit__kind", "deposit", "agreed_total", "state_since", "subscribed_at", "signed_at"),
    *("handed_over_at", "ended_at"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A receipt before it has its key."""

    purchase: int
    customer: int
    kind: str
    amount: Decimal
    number: str
    at: datetime
    way: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An instalment of a plan; ``due_on`` None before the signature."""

    template: TemplateLine
    amount: Decimal
    due_on: date | None


@dataclass(slots=True)
class Cashier:
    """Books what came in; the same ``chance`` books the same."""

    chance: random.Random
    now: datetime
    refused: Collection[str]
    finance: int
    templates: dict[str, list[TemplateLine]]
    loans: Loans
    plans: list[tuple[Any, str, list[Line]]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)

    def take(self, purchase: Any) -> None:
        """Book everything about one purchase."""
        begun = purchase.subscribed_at or purchase.state_since
        held = self._book(purchase, purchase.deposit, begun + timedelta(minutes=5), way="card")
        if purchase.signed_at is not None or purchase.state in OWING:
            name, lines = self._plan(purchase)
            self.plans.append((purchase, lines[0].template.method, lines))
            if purchase.signed_at is None:
                self._apply(purchase, lines)
            else:
                held += sum(self._pay(purchase, name, lines), NOTHING)
        if purchase.ended_at is not None:
            self._pay_back(purchase, held)

    def _plan(self, purchase: Any) -> tuple[str, list[Line]]:
        name = pick(self.chance, PLANS)
        if purchase.customer__external_id in self.refused:
            name = MORTGAGE
        if purchase.unit__kind == "parking":
            name = IN_FULL
        template = self.templates[name]
        signed = timezone.localdate(purchase.signed_at) if purchase.signed_at else None
        amounts = spread(purchase.agreed_total, [line.percent for line in template])
        return name, [
            Line(line, amount, signed + timedelta(days=line.days) if signed else None)
            for line, amount in zip(template, amounts, strict=True)
        ]

    def _pay(self, purchase: Any, name: str, lines: Sequence[Line]) -> Iterator[Decimal]:
        """Yield what comes in after the signature; the deposit counts for what is due first."""
        drawn, has_keys = self.chance.random(), purchase.handed_over_at is not None
        owes = drawn < OWING_SHARE and not has_keys
        late = self.chance.randint(3, 40) if drawn < OWING_SHARE + LATE_SHARE else 0
        wanted = sorted(lines, key=lambda line: line.template.days)
        last = [line for line in wanted if line.due_on and line.due_on < self._today()][-1:]
        until = purchase.ended_at or self.now
        rest = purchase.deposit
        for line in wanted:
            credit = min(rest, line.amount)
            rest -= credit
            amount, kind = line.amount - credit, LOAN_KINDS.get(line.template.label)
            at = self._moment(purchase, line, 0 if has_keys else late)
            if kind is not None:
                yield self._lend(purchase, Loan(kind, amount, at), fails=owes and line in last)
                continue
            if owes and line in last:
                amount = (amount * PART).quantize(Decimal(100))
            if at <= until and amount > 0:
                yield self._book(purchase, amount, at)

    def _moment(self, purchase: Any, line: Line, late: int) -> datetime:
        """Return when a line is paid: some days before it is due, or ``late`` days after."""
        assert line.due_on is not None  # noqa: S101 -- signed
        days = late or -self.chance.randint(0, min(5, line.template.days))
        day = max(line.due_on + timedelta(days=days), timezone.localdate(purchase.signed_at))
        hour = time(self.chance.randint(9, 17), self.chance.choice((5, 20, 35, 50)))
        at = timezone.make_aware(datetime.combine(day, hour))
        if purchase.handed_over_at is not None:
            at = min(at, purchase.handed_over_at - timedelta(minutes=30))
        earliest: datetime = purchase.signed_at + timedelta(minutes=3)
        return max(at, earliest)

    def _lend(self, purchase: Any, loan: Loan, *, fails: bool) -> Decimal:
        refused = fails or purchase.customer__external_id in self.refused
        after = purchase.signed_at + timedelta(minutes=2)
        ended = purchase.ended_at is not None
        if fails or ended or loan.released_at > self.now:
            self.loans.pend(purchase, loan, after=after, refused=refused, ended=ended)
            return NOTHING
        self.loans.release(purchase, loan, after=after, refused=refused, receipt=len(self.entries))
        return self._book(purchase, loan.amount, loan.released_at, way="loan")

    def _apply(self, purchase: Any, lines: Sequence[Line]) -> None:
        """Let some apply to the bank before they sign."""
        for line in lines:
            kind = LOAN_KINDS.get(line.template.label)
            if kind is not None and self.chance.random() < 0.4:
                loan = Loan(kind, line.amount, self.now + timedelta(days=line.template.days))
                after = purchase.subscribed_at + timedelta(minutes=2)
                self.loans.pend(purchase, loan, after=after, refused=False, ended=False)

    def _pay_back(self, purchase: Any, held: Decimal) -> None:
        back = purchase.ended_at + timedelta(days=self.chance.randint(*REFUND_DAYS))
        at = in_office(back, chance=self.chance, after=purchase.ended_at, until=self.now)
        if at <= self.now and held > 0:
            note = words.REFUNDED[purchase.signed_at is not None]
            self._book(purchase, -held, at, kind="refund", note=note)

    def _book(
        self,
        purchase: Any,
        amount: Decimal,
        at: datetime,
        *,
        way: str = "transfer",
        kind: str = "payment",
        note: str = "",
    ) -> Decimal:
        code, at = purchase.project__code[:4].upper(), min(at, self.now)
        self.numbers[code] += 1
        number = f"{code}-{timezone.localtime(at):%Y}-S{self.numbers[code]:05d}"
        self.entries.append(
            Entry(purchase.pk, purchase.customer_id, kind, amount, number, at, way, note)
        )
        return amount

    def _today(self) -> date:
        return timezone.localdate(self.now)


def take_payments(*, refused: Collection[str], chance: random.Random, now: datetime) -> None:
    """Write plans, receipts and mortgages of every purchase with a deposit.

    ``refused`` are the external ids of the customers to whom a bank refused a loan.
    """
    templates = in_force(PAYMENTS, at=now).value.templates()
    finance = User.objects.get(username="finance").pk
    loans = Loans(chance=chance, now=now)
    cashier = Cashier(chance, now, refused, finance, dict(templates), loans)
    rows = Purchase.objects.filter(deposit__gt=0).order_by("pk")
    for purchase in rows.values_list(*COLUMNS, named=True).iterator(CHUNK):
        cashier.take(purchase)
    _write_plans(cashier)
    keys = _write_receipts(cashier)
    cashier.loans.write(keys)


def _write_plans(cashier: Cashier) -> None:
    keys = take_keys(PaymentPlan, len(cashier.plans))
    numbered = list(zip(keys, cashier.plans, strict=True))
    copy_rows(
        PaymentPlan,
        ("id", "purchase_id", "method", "total", "made_by_id", "created_at", "updated_at"),
        (
            (
                *(key, bought.pk, method, bought.agreed_total, bought.consultant_id),
                *(bought.subscribed_at, bought.subscribed_at),
            )
            for key, (bought, method, _lines) in numbered
        ),
        {"version": 1},
    )
    copy_rows(
        Instalment,
        ("plan_id", "position", "label", "amount", "days", "due_on"),
        (
            (key, place, line.template.label, line.amount, line.template.days, line.due_on)
            for key, (_bought, _method, lines) in numbered
            for place, line in enumerate(lines, start=1)
        ),
        {},
    )


def _write_receipts(cashier: Cashier) -> list[int]:
    """Write the receipts and what they say of the customers; return their keys in their order."""
    keys = take_keys(Receipt, len(cashier.entries))
    numbered = list(zip(keys, cashier.entries, strict=True))
    copy_rows(
        Receipt,
        (
            *("id", "purchase_id", "kind", "amount", "receipt_no", "received_on", "way", "note"),
            "recorded_at",
        ),
        (
            (
                *(key, one.purchase, one.kind, one.amount, one.number),
                *(timezone.localdate(one.at), one.way, one.note, one.at),
            )
            for key, one in numbered
        ),
        {"recorded_by_id": cashier.finance},
    )
    copy_rows(
        BehaviourEvent,
        ("event_id", "customer_id", "facts", "at", "received_at"),
        (
            (f"receipt:{key}", one.customer, {"amount": f"{one.amount:.2f}"}, one.at, one.at)
            for key, one in numbered
            if one.kind == "payment"
        ),
        {
            "kind": BehaviourKind.TRANSACTION.value,
            "action": Deal.PAYMENT.value,
            "channel": "",
        },
    )
    return keys
