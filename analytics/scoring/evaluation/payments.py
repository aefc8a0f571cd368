"""A file of payments: who pays again is the outcome, told by what came after a day.

Each payer becomes a customer by the import, first heard of on the day of the first payment; the
payments become receipts, those after the day too, which the builder of inputs must not see.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.dateparse import parse_date

from analytics.scoring.evaluation.errors import EvaluationError
from analytics.scoring.evaluation.files import IDENTITY, Grid
from analytics.scoring.evaluation.importing import SYSTEM, Imported, bring_in
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind
from customers.models import Project
from customers.payment.models import Receipt
from customers.payment.rules import ReceiptKind
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState

DAY, AMOUNT = "payment.day", "payment.amount"
FIRST = "first payment"
BATCH = 2_000
LEAST = Decimal("0.01")


@dataclass(frozen=True)
class Payment:
    """Money of one customer on one day."""

    customer: str
    day: date
    amount: Decimal


def is_of_payments(mapping: Mapping[str, str]) -> bool:
    """Tell whether the rows of the file are payments."""
    return DAY in mapping.values()


def payments_of(grid: Grid, mapping: Mapping[str, str]) -> list[Payment]:
    """Return the payments; EvaluationError when a column is missing or a cell is none."""
    by_field = {to: header for header, to in mapping.items() if to}
    missing = [field for field in (IDENTITY, DAY, AMOUNT) if field not in by_field]
    if missing:
        raise EvaluationError(f"A file of payments needs columns for {', '.join(missing)}.")
    columns = (grid.column(by_field[field]) for field in (IDENTITY, DAY, AMOUNT))
    found = []
    for customer, day, amount in zip(*columns, strict=True):
        try:
            text = f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 and day.isdigit() else day
            paid_on = parse_date(text)
            money = Decimal(amount)
        except (InvalidOperation, ValueError) as error:
            raise EvaluationError(f"{day} {amount} is no payment.") from error
        if paid_on is None:
            raise EvaluationError(f"{day} is no day.")
        found.append(Payment(customer, paid_on, money))
    return found


def customers_of(payments: list[Payment]) -> tuple[Grid, dict[str, str], list[str]]:
    """Return one row per payer with the day of the first payment, its mapping and the keys."""
    first: dict[str, date] = {}
    for one in payments:
        first[one.customer] = min(one.day, first.get(one.customer, one.day))
    keys = sorted(first)
    grid = Grid([FIRST], [[first[key].isoformat()] for key in keys])
    return grid, {FIRST: "received_at"}, keys


def bring_in_payments(payments: list[Payment], *, now: datetime) -> Imported:
    """Import the payers and write their payments as receipts; return the customers."""
    grid, mapping, keys = customers_of(payments)
    found = bring_in(grid, mapping, keys, now=now)
    project, clerk = _project(), _clerk()
    purchases = Purchase.objects.bulk_create(
        [
            Purchase(
                project=project,
                customer_id=found.customers[key],
                consultant=clerk,
                state=PurchaseState.RELEASED,
                state_since=now,
                begun_at=now,
                ended_at=now,
            )
            for key in keys
        ],
        batch_size=BATCH,
    )
    of_customer = dict(zip(keys, purchases, strict=True))
    by_day: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for one in payments:
        by_day[one.customer, one.day] += one.amount
    Receipt.objects.bulk_create(
        [
            Receipt(
                purchase=of_customer[key],
                kind=ReceiptKind.PAYMENT,
                amount=max(amount, LEAST),
                receipt_no=f"{SYSTEM}-{place}",
                received_on=day,
                way="transfer",
                recorded_by=clerk,
                recorded_at=now,
            )
            for place, ((key, day), amount) in enumerate(sorted(by_day.items()))
        ],
        batch_size=BATCH,
    )
    return found


def silent_after(customers: Imported, at: datetime, days: int) -> set[int]:
    """Return the customers without a payment in the days after the moment."""
    start = timezone.localdate(at)
    paying = Receipt.objects.filter(
        received_on__gte=start, received_on__lt=start + timedelta(days=days), kind="payment"
    )
    return set(customers.customers.values()) - set(
        paying.values_list("purchase__customer", flat=True)
    )


def moment_after(day: date) -> datetime:
    """Return the end of a day where the company works."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _project() -> Project:
    head = OrgNode.objects.filter(kind=NodeKind.HEAD_OFFICE).first() or OrgNode.objects.create(
        kind=NodeKind.HEAD_OFFICE, code=f"{SYSTEM}-head", name=SYSTEM
    )
    region = OrgNode.objects.create(
        kind=NodeKind.REGION, code=f"{SYSTEM}-region", name=SYSTEM, parent=head
    )
    node = OrgNode.objects.create(
        kind=NodeKind.PROJECT, code=SYSTEM, name=SYSTEM, parent=region, region=region
    )
    return Project.objects.create(node=node, code=SYSTEM, name=SYSTEM)


def _clerk() -> User:
    found: User = User.objects.create_user(
        username=f"{SYSTEM}-clerk",
        password=None,
        name=SYSTEM,
        role="finance",
        is_active=False,
    )
    return found
