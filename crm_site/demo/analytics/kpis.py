"""Frozen figures of the demo company: every month of the last year, the quarters and years in hand.

Each month is frozen as of the night after it ended, as if the nightly job had run all along; the
figures of the market are entered before, so that the market share has its base.
"""

from datetime import datetime, timedelta
from typing import Final

from analytics.kpis.kinds import ScopeKind, day_of
from analytics.kpis.models import KpiSnapshot, MarketFigure
from analytics.kpis.registry import all_kpis
from analytics.kpis.rules.periods import last_months
from analytics.kpis.services.checking import check, due
from analytics.kpis.services.freezing import freeze, running_periods
from crm_site.staff.models import User
from customers.models import Project

MONTHS: Final = 12
# Homes sold in a city in a month, by the place of the month in the year: spring and autumn sell.
SEASON: Final = (61, 44, 92, 88, 101, 97, 74, 69, 112, 118, 95, 90)


def make_kpis(*, now: datetime) -> int:
    """Enter the market, freeze a year of months and what runs; return the figures."""
    _enter_market(now)
    kpis = all_kpis()
    written = 0
    months = last_months(day_of(now), MONTHS)
    for month in months:
        seen = min(now, month.ends_at + timedelta(hours=2))
        written += freeze(month, kpis, now=seen)
    for period in running_periods(now):
        if period not in months:
            written += freeze(period, kpis, now=now)
    whole = KpiSnapshot.objects.filter(pk__in=list(due(now)), place_kind=ScopeKind.COMPANY.value)
    check(whole.values_list("pk", flat=True), now=now)  # the others are held by the next night
    return written


def _enter_market(now: datetime) -> None:
    entered_by = User.objects.filter(role="head_office").order_by("pk").first()
    cities = sorted(set(Project.objects.exclude(city="").values_list("city", flat=True)))
    MarketFigure.objects.bulk_create(
        (
            MarketFigure(
                city=city,
                month=month.start,
                homes=SEASON[month.start.month - 1] * (number + 4),
                source="市住建局月报",  # han: demo data
                entered_by=entered_by,
            )
            for number, city in enumerate(cities)
            for month in last_months(day_of(now), MONTHS)[:-1]
        ),
        ignore_conflicts=True,
    )
