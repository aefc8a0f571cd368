"""Who came through whom: deals by introduction and how long the chains are (ANA-21)."""

import datetime as dt
from typing import Any, Final

from django.db.models import Case, IntegerField, Q, Value, When

from analytics.kpis import people
from analytics.kpis.kinds import Period
from analytics.kpis.sales_kpis import PURCHASE_COLUMNS, PURCHASE_RELATED, purchase_url, signed_in
from analytics.kpis.sources import OF_CUSTOMER_PATHS, Shape, Source

DEEPEST: Final = 8  # introductions in a row that are followed; longer chains count as so long

DEALS = Source(
    base=signed_in,
    columns=PURCHASE_COLUMNS,
    url=purchase_url,
    shape=Shape.SHARE,
    hit=lambda period, now: Q(customer__referrer__isnull=False),
    paths=OF_CUSTOMER_PATHS,
    related=PURCHASE_RELATED,
)


def _introduced(period: Period, now: dt.datetime) -> Any:
    return people.customers_until(min(period.ends_at, now)).filter(referrer__isnull=False)


def _generation(_period: Period, _now: dt.datetime) -> Any:
    """Return how many introductions lie behind a customer; a ring ends at ``DEEPEST``."""
    whens = [
        When(**{f"{'referrer__' * depth}referrer__isnull": False}, then=Value(depth + 1))
        for depth in reversed(range(DEEPEST))
    ]
    return Case(*whens, default=Value(0), output_field=IntegerField())


GENERATIONS = Source(
    base=_introduced,
    columns=people.CUSTOMER_COLUMNS,
    url=people.customer_url,
    shape=Shape.MEAN,
    amount=_generation,
    related=people.CUSTOMER_RELATED,
)
