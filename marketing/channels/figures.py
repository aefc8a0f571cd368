"""What channels and partners brought in a period: one set of queries for all of them (MKT-69)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.models import Lead, LeadEvent, Project
from customers.purchase.models import Purchase
from marketing.campaigns.hooks import satisfaction_of
from marketing.campaigns.selectors import costs_between
from marketing.channels.models import (
    Channel,
    Commission,
    DailyMetric,
    LeadIntake,
    Partner,
    PartnerBreach,
    PartnerCheck,
)
from marketing.channels.rules.scorecard import Figures
from marketing.channels.services.charging import PREFIX
from marketing.channels.services.commission import STANDING

TEN = Decimal(10)
SOURCE = Coalesce("lead__source", "customer__source")


@dataclass(slots=True)
class _Sums:
    leads: int = 0
    visits: int = 0
    deals: int = 0
    amount: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    satisfaction: Decimal | None = None
    complaints: int = 0
    buyers: list[int] = field(default_factory=list)

    def figures(self) -> Figures:
        return Figures(
            leads=self.leads,
            visits=self.visits,
            deals=self.deals,
            amount=self.amount,
            cost=self.cost,
            satisfaction=self.satisfaction,
            complaints=self.complaints,
        )


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to before ``end``, as moments of the calendar of the company."""

    start: dt.date
    end: dt.date

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """First moment, and the first one after."""
        return _midnight(self.start), _midnight(self.end)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def channel_figures(period: Period, *, now: dt.datetime) -> dict[str, Figures]:
    """Return what each channel brought, by its code; a lead counts for the one of its source.

    Leads by their receipt, visits and deals by their own day. Cost is what daily metrics and cost
    records name for the channel, and the commission of its partners.
    """
    sums: dict[str, _Sums] = defaultdict(_Sums)
    start, end = period.moments
    leads = Lead.objects.filter(received_at__gte=start, received_at__lt=end)
    for code, count in leads.order_by().values_list("source").annotate(n=Count("pk")):
        sums[code].leads = count
    visits = LeadEvent.objects.filter(
        kind="state", to_value="visited", at__gte=start, at__lt=end
    ).order_by()
    for code, count in visits.values_list("lead__source").annotate(n=Count("lead", distinct=True)):
        sums[code].visits = count
    for code, customer, amount in deals_of(period).values_list(
        "code", "customer_id", "agreed_total"
    ):
        one = sums[code]
        one.deals += 1
        one.amount += amount or 0
        one.buyers.append(customer)
    _add_cost(sums, period, now)
    for code, count in (
        _complaints(period).values_list("partner__channel__code").annotate(n=Count("pk"))
    ):
        sums[code].complaints = count
    for code, (mean, _number) in satisfaction_of(
        {code: one.buyers for code, one in sums.items() if one.buyers}
    ).items():
        sums[code].satisfaction = mean * TEN
    return {code: one.figures() for code, one in sums.items()}


def deals_of(period: Period) -> Any:
    """Return the standing contracts signed in the period with the ``code`` of their channel."""
    start, end = period.moments
    rows = Purchase.objects.filter(state__in=STANDING, signed_at__gte=start, signed_at__lt=end)
    return rows.annotate(code=SOURCE).order_by()


def deals_by_channel(period: Period, projects: Iterable[Project] | None = None) -> dict[str, int]:
    """Return how many contracts each channel brought, for all or for some projects."""
    rows = deals_of(period)
    if projects is not None:
        rows = rows.filter(project__in=projects)
    return dict(rows.values_list("code").annotate(n=Count("pk")))


def _add_cost(sums: dict[str, _Sums], period: Period, now: dt.datetime) -> None:
    metrics = DailyMetric.objects.filter(on__gte=period.start, on__lt=period.end).order_by()
    for code, cost in metrics.values_list("channel__code").annotate(n=Sum("cost")):
        sums[code].cost += cost
    for line in costs_between(period.start, period.end, now):  # its commission is added below
        if line.channel and not line.source_key.startswith(PREFIX):
            sums[line.channel].cost += line.amount
    for code, amount in (
        _commissions(period).values_list("partner__channel__code").annotate(n=Sum("amount"))
    ):
        sums[code].cost += amount


def partner_figures(period: Period) -> dict[int, Figures]:
    """Return what each partner brought, by its key; flagged leads do not count."""
    sums: dict[int, _Sums] = defaultdict(_Sums)
    start, end = period.moments
    intakes = LeadIntake.objects.filter(partner__isnull=False, flag="", at__gte=start, at__lt=end)
    visited = Q(lead__events__kind="state", lead__events__to_value="visited")
    rows = intakes.order_by().values_list("partner_id")
    for key, leads, visits in rows.annotate(
        n=Count("pk", distinct=True), v=Count("pk", distinct=True, filter=visited)
    ):
        sums[key].leads, sums[key].visits = leads, visits
    for key, deals, amount, cost in (
        _commissions(period)
        .values_list("partner_id")
        .annotate(n=Count("pk"), a=Sum("base"), c=Sum("amount"))
    ):
        one = sums[key]
        one.deals, one.amount, one.cost = deals, amount, cost
    for key, count in _complaints(period).values_list("partner_id").annotate(n=Count("pk")):
        sums[key].complaints = count
    checks = PartnerCheck.objects.filter(
        kind="service", on__gte=period.start, on__lt=period.end
    ).order_by()
    for key, mean in checks.values_list("partner_id").annotate(m=Avg("score")):
        sums[key].satisfaction = Decimal(mean).quantize(Decimal("0.01"))
    return {key: one.figures() for key, one in sums.items()}


def _commissions(period: Period) -> Any:
    start, end = period.moments
    rows = Commission.objects.filter(stands=True, signed_at__gte=start, signed_at__lt=end)
    return rows.order_by()


def _complaints(period: Period) -> Any:
    return PartnerBreach.objects.filter(
        is_complaint=True, on__gte=period.start, on__lt=period.end
    ).order_by()


def metric_sums(rows: Any) -> dict[str, Any]:
    """Return the sums of daily metrics with click rate (CTR, percent) and cost per lead (CPL)."""
    found: dict[str, Any] = rows.order_by().aggregate(
        impressions=Coalesce(Sum("impressions"), 0),
        clicks=Coalesce(Sum("clicks"), 0),
        interactions=Coalesce(Sum("interactions"), 0),
        leads=Coalesce(Sum("leads"), 0),
        cost=Coalesce(Sum("cost"), Decimal(0)),
    )
    return found | rates_of(found)


def rates_of(found: Any) -> dict[str, Decimal | None]:
    """Return click rate in percent and cost per lead in yuan; None where nothing divides."""
    cent = Decimal("0.01")
    shown, leads = found["impressions"], found["leads"]
    return {
        "ctr": (Decimal(found["clicks"]) * 100 / shown).quantize(cent) if shown else None,
        "cpl": (Decimal(found["cost"]) / leads).quantize(cent) if leads else None,
    }


def subjects() -> tuple[list[Channel], list[Partner]]:
    """Return the channels and partners in use, which are appraised."""
    channels = Channel.objects.filter(is_active=True).order_by("name")
    partners = Partner.objects.exclude(state="candidate").order_by("name")
    return list(channels), list(partners)
