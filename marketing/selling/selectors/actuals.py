"""What was really sold: deals and receipts of any days, by project and consultant (MKT-53)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from customers.payment.models import Receipt
from customers.purchase.models import Purchase
from marketing.selling.rules.plans import NOTHING, Figures
from marketing.selling.rules.spans import Span

AREA = Coalesce("unit__measured_area", "unit__forecast_area")
Key = tuple[int, int]  # project, consultant


def midnight(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def signed_in(span: Span, now: datetime) -> Any:
    """Return the contracts signed in a span and not taken back in it, as known at ``now``.

    The figure of contract money of the boards counts the same.
    """
    seen = min(midnight(span.end), now)
    return Purchase.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=seen),
        signed_at__gte=midnight(span.start),
        signed_at__lt=seen,
        customer__merged_into__isnull=True,
    )


def received_in(span: Span, now: datetime) -> Any:
    """Return what was received and given back in a span, booked by ``now``."""
    return Receipt.objects.filter(
        received_on__gte=span.start, received_on__lt=span.end, recorded_at__lt=now
    )


def actuals(span: Span, projects: Iterable[int], now: datetime) -> dict[Key, Figures]:
    """Return what was reached by project and consultant; two statements."""
    keys = list(projects)
    found: defaultdict[Key, Figures] = defaultdict(lambda: NOTHING)
    deals = signed_in(span, now).filter(project__in=keys).order_by()
    for row in deals.values("project", "consultant").annotate(
        n=Count("pk"), area=Sum(AREA), amount=Sum("agreed_total")
    ):
        found[row["project"], row["consultant"]] += Figures(
            units=Decimal(row["n"]), area=row["area"] or Decimal(0), amount=_yuan(row["amount"])
        )
    money = received_in(span, now).filter(purchase__project__in=keys).order_by()
    for row in money.values("purchase__project", "purchase__consultant").annotate(
        whole=Sum("amount")
    ):
        key = row["purchase__project"], row["purchase__consultant"]
        found[key] += Figures(receipts=_yuan(row["whole"]))
    return dict(found)


def actuals_of_spans(
    wanted: Iterable[tuple[Span, int]], now: datetime
) -> dict[tuple[Span, int], Figures]:
    """Return what projects reached in several spans; two statements, whatever their number.

    Spans are whole days, so days that were counted once add up to each of them.
    """
    pairs = set(wanted)
    if not pairs:
        return {}
    whole = Span(min(span.start for span, _p in pairs), max(span.end for span, _p in pairs))
    days = _by_day(whole, {project for _span, project in pairs}, now)
    found: defaultdict[tuple[Span, int], Figures] = defaultdict(lambda: NOTHING)
    for project, day, ended, figures in days:
        for span, key in pairs:
            inside = key == project and span.start <= day < span.end
            if inside and (ended is None or ended >= span.end):
                found[span, key] += figures
    return dict(found)


def _by_day(
    whole: Span, projects: Iterable[int], now: datetime
) -> Iterator[tuple[int, date, date | None, Figures]]:
    """Yield project, day, day of the end and figures: contracts first, then money by its day."""
    keys = list(projects)
    deals = Purchase.objects.filter(
        project__in=keys,
        signed_at__gte=midnight(whole.start),
        signed_at__lt=min(midnight(whole.end), now),
        customer__merged_into__isnull=True,
    )
    rows = deals.order_by().values(
        "project", day=TruncDate("signed_at"), ended=TruncDate("ended_at")
    )
    for row in rows.annotate(n=Count("pk"), area=Sum(AREA), amount=Sum("agreed_total")):
        figures = Figures(
            units=Decimal(row["n"]), area=row["area"] or Decimal(0), amount=_yuan(row["amount"])
        )
        yield row["project"], row["day"], row["ended"], figures
    money = received_in(whole, now).filter(purchase__project__in=keys).order_by()
    for row in money.values("purchase__project", "received_on").annotate(whole=Sum("amount")):
        figures = Figures(receipts=_yuan(row["whole"]))
        yield row["purchase__project"], row["received_on"], None, figures


def _yuan(value: Decimal | None) -> Decimal:
    return Decimal(0) if value is None else value
