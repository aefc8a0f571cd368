"""What value brings to the KPIs: items of cost, and lifetime value with what is expected."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.kpis.hooks import Collector, Cost, register_collector, register_cost_source
from analytics.kpis.kinds import Asking, Line, Period, Reading, Rows, ScopeKind, Sums
from analytics.value import choices
from analytics.value.models import CostPool, CustomerValue

KPI: Final = "clv_expected"
SOURCE: Final = "value"
# What an item is called among the KPIs of cost.
KINDS: Final = {choices.ACQUISITION: "sales"}
COLUMNS: Final = {
    ScopeKind.REGION: "customer__region",
    ScopeKind.PROJECT: "customer__project__node",
    ScopeKind.TEAM: "customer__team",
    ScopeKind.CONSULTANT: "customer__owner",
}
HEADINGS: Final = (_("Customer"), _("Gross value"), _("Cost of the relation"), _("Net value"))
NOTHING: Final = Reading(None, None, None, 0, note="no_forecast")


def costs(period: Period, _now: datetime) -> Iterator[Cost]:
    """Yield the costs booked for a period, with the project they were spent for."""
    rows = CostPool.objects.filter(
        month_on__gte=period.start.replace(day=1), month_on__lt=period.end
    )
    for row in rows.select_related("project__node").order_by("pk"):
        node = row.project.node
        yield Cost(
            key=row.pk,
            on=row.month_on,
            amount=row.amount,
            label=row.reference,
            kind=KINDS.get(row.kind, row.kind),
            region=node.region_id,
            project=node.pk,
            url=reverse("analytics:value-cost", args=[row.pk]),
        )


def read(asking: Asking) -> Reading:
    """Return the mean gross value of the owners of a place, as things stand."""
    found = _rows(asking).aggregate(n=Count("pk"), top=Sum("gross"), mean=Avg("gross"))
    return _reading(found["n"], found["top"], found["mean"])


def rows(asking: Asking) -> Rows:
    """Return the owners behind the figure; their sum is its upper part."""
    seen = _rows(asking)
    whole = seen.aggregate(n=Count("pk"), top=Sum("gross"))
    page = seen.select_related("customer").order_by("-customer_id")
    if asking.after is not None:
        page = page.filter(customer_id__lt=asking.after)
    if asking.limit is not None:
        page = page[: asking.limit + 1]
    found = list(page)
    more = asking.limit is not None and len(found) > asking.limit
    shown = found[: asking.limit] if more else found
    lines = [
        Line(
            row.customer_id,
            (row.customer.name, row.gross, row.cost, row.net),
            reverse("analytics:customer-value", args=[row.customer_id]),
            row.gross,
        )
        for row in shown
    ]
    after = shown[-1].customer_id if shown and more else None
    return Rows(HEADINGS, lines, whole["n"], whole["top"] or Decimal(0), after)


def by_place(_period: Period, kind: ScopeKind, _now: datetime) -> Mapping[int, Reading]:
    """Return the figures of all places of a kind, in one query."""
    owners = CustomerValue.objects.filter(contracts__gt=0)
    if kind is ScopeKind.COMPANY:
        found = owners.aggregate(n=Count("pk"), top=Sum("gross"), mean=Avg("gross"))
        return {0: _reading(found["n"], found["top"], found["mean"])}
    counted = owners.order_by().values_list(COLUMNS[kind])
    places = counted.annotate(n=Count("pk"), top=Sum("gross"), mean=Avg("gross"))
    return {key: _reading(n, top, mean) for key, n, top, mean in places if key is not None}


def listed_sums(_period: Period, kind: ScopeKind, _now: datetime) -> Mapping[int, Sums]:
    """Return number and total of the owners that the list of each place of a kind holds."""
    owners = CustomerValue.objects.filter(contracts__gt=0)
    if kind is ScopeKind.COMPANY:
        found = owners.aggregate(n=Count("pk"), top=Sum("gross"))
        return {0: (found["n"], found["top"] or Decimal(0))}
    places = owners.order_by().values_list(COLUMNS[kind]).annotate(n=Count("pk"), top=Sum("gross"))
    return {key: (n, top) for key, n, top in places if key is not None}


def register() -> None:
    """Bring the costs and the figure."""
    register_cost_source(SOURCE, costs)
    collector = Collector(
        read=read,
        rows=rows,
        by_place=by_place,
        listed_sums=listed_sums,
        empty=lambda _period, _now: NOTHING,
    )
    register_collector(KPI, collector)


def _rows(asking: Asking) -> Any:
    found = CustomerValue.objects.filter(contracts__gt=0)
    if asking.user is not None:
        found = found.visible_to(asking.user)
    column = COLUMNS.get(asking.place.kind)
    return found if column is None else found.filter(**{column: asking.place.id})


def _reading(n: int, top: Decimal | None, mean: Decimal | None) -> Reading:
    if not n or mean is None:
        return NOTHING
    return Reading(mean.quantize(Decimal("0.01")), top, Decimal(n), n)
