"""The questions asked of plans, receipts and mortgages, limited to what a user may see."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from customers.models.customer import Customer

YUAN: Any = DecimalField(max_digits=16, decimal_places=2)
ZERO = Value(Decimal(0), output_field=YUAN)


class MoneyQuerySet(models.QuerySet[Any]):
    """Questions about what hangs on a purchase and tells how it is paid."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of customers whose way of paying ``user`` may see (CUS-02)."""
        return self.filter(purchase__customer__in=paying_customers(user))


def paying_customers(user: Any) -> Any:
    """Return the customers whose payment and credit ``user`` may see."""
    from customers.data_categories import where_sensitive_seen  # it reads models itself

    return where_sensitive_seen(Customer.objects.visible_to(user), user)


def summed(rows: Any, by: str) -> Any:
    """Return the sum of ``amount`` of ``rows``, grouped by ``by``, as a part of a query."""
    sums = rows.order_by().values(by).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(sums, output_field=YUAN), ZERO)


def with_arrears(purchases: Any, *, today: date) -> Any:
    """Return the purchases that owe money on ``today``: schedule minus receipts (CUS-70)."""
    return with_due(purchases, today=today).filter(arrears__gt=0)


def with_due(purchases: Any, *, today: date) -> Any:
    """Return the purchases with what they owe on ``today``: schedule minus receipts (CUS-70).

    Each carries ``due_sum``, ``received_sum``, ``arrears`` (yuan) and ``late_since``, the day of
    the oldest instalment that receipts, spread oldest first, do not cover.
    """
    from customers.payment.models import Instalment, Receipt

    late = Instalment.objects.filter(due_on__lt=today)
    due = summed(late.filter(plan__purchase=OuterRef("pk")), "plan")
    received = summed(Receipt.objects.filter(purchase=OuterRef("pk")), "purchase")
    earlier = Q(due_on__lt=OuterRef("due_on")) | Q(
        due_on=OuterRef("due_on"), position__lte=OuterRef("position")
    )
    up_to = summed(Instalment.objects.filter(earlier, plan=OuterRef("plan")), "plan")
    paid = summed(Receipt.objects.filter(purchase=OuterRef("plan__purchase")), "purchase")
    oldest = (
        late.filter(plan__purchase=OuterRef("pk"))
        .annotate(up_to=up_to, paid=paid)
        .filter(up_to__gt=F("paid"))
        .order_by("due_on", "position")
        .values("due_on")[:1]
    )
    found = purchases.annotate(due_sum=due, received_sum=received)
    found = found.annotate(arrears=F("due_sum") - F("received_sum"))
    return found.annotate(late_since=Subquery(oldest))
