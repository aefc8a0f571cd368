"""Market share from figures of the market that head office enters (ANA-20)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from analytics.kpis import sources
from analytics.kpis.kinds import Asking, Group, Kpi, Period, Place, Reading, Rows, ScopeKind, Sums
from analytics.kpis.models import MarketFigure
from analytics.kpis.rules import formulas
from analytics.kpis.sales_kpis import SIGNINGS
from analytics.kpis.sources import everywhere, listed, rows_of
from customers.models import Project

MISSING: Final = Reading(None, None, None, 0, note="no_market")
BY_CITY: Final = frozenset({ScopeKind.COMPANY, ScopeKind.REGION, ScopeKind.PROJECT})


def months_of(period: Period) -> list[dt.date] | None:
    """Return the months a period consists of, None where it cuts one."""
    if period.start.day != 1 or period.end.day != 1:
        return None
    found, month = [], period.start
    while month < period.end:
        found.append(month)
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return found


def cities_of(place: Place) -> list[str]:
    """Return the cities in which a place sells."""
    projects = Project.objects.exclude(city="")
    if place.kind is ScopeKind.REGION:
        projects = projects.filter(node__region=place.id)
    elif place.kind is ScopeKind.PROJECT:
        projects = projects.filter(pk=place.id)
    return sorted(set(projects.values_list("city", flat=True)))


def homes_sold(period: Period, cities: list[str]) -> int | None:
    """Return the homes sold on the market; None unless every city has a figure of every month."""
    months = months_of(period)
    if not months or not cities:
        return None
    figures = MarketFigure.objects.filter(city__in=cities, month__in=months)
    if figures.count() < len(months) * len(cities):
        return None
    homes: int | None = figures.aggregate(homes=Sum("homes"))["homes"]
    return homes


def read(asking: Asking) -> Reading:
    """Return own contracts as a share of the market; never a zero for want of market figures."""
    market = homes_sold(asking.period, cities_of(asking.place))
    if market is None:
        return MISSING
    own = rows_of(SIGNINGS, asking).count()
    return _share(Reading(None, None, None, own), market)


def rows(asking: Asking) -> Rows:
    """Return the own contracts; none where the share is not computed."""
    if read(replace(asking, after=None)).value is None:
        return Rows(tuple(column.heading for column in SIGNINGS.columns), (), 0, Decimal(0))
    return listed(SIGNINGS, asking)


def by_place(period: Period, kind: ScopeKind, now: dt.datetime) -> Mapping[int, Reading] | None:
    """Return nothing in a period that cuts a month; else each place is asked."""
    return {} if months_of(period) is None else None


def all_at_once(period: Period, now: dt.datetime) -> Mapping[ScopeKind, Mapping[int, Reading]]:
    """Return the shares of the company, of all regions and of all projects, in three queries."""
    months = months_of(period)
    if not months:
        return {}
    figures: dict[str, list[int]] = {}
    for city, homes in MarketFigure.objects.filter(month__in=months).values_list("city", "homes"):
        figures.setdefault(city, []).append(homes)
    own = everywhere(SIGNINGS, period, now)
    return {
        kind: {
            key: _share(own[kind].get(key), _market(cities, figures, len(months)))
            for key, cities in places.items()
        }
        for kind, places in _cities().items()
    }


def _cities() -> dict[ScopeKind, dict[int, set[str]]]:
    """Return the cities in which each place sells."""
    found: dict[ScopeKind, dict[int, set[str]]] = {kind: {} for kind in BY_CITY}
    rows = Project.objects.exclude(city="").values_list("pk", "node__region", "city")
    for project, region, city in rows:
        keys = {ScopeKind.COMPANY: 0, ScopeKind.REGION: region, ScopeKind.PROJECT: project}
        for kind, key in keys.items():
            if key is not None:
                found[kind].setdefault(key, set()).add(city)
    return found


def _market(cities: set[str], figures: Mapping[str, list[int]], months: int) -> int | None:
    """Return the homes sold in cities; None unless each has a figure of every month."""
    if any(len(figures.get(city, ())) < months for city in cities):
        return None
    return sum(sum(figures[city]) for city in cities)


def _share(own: Reading | None, market: int | None) -> Reading:
    if market is None:
        return MISSING
    number = own.n if own else 0
    return Reading(formulas.rate(number, market), Decimal(number), Decimal(market), number)


def listed_sums(period: Period, kind: ScopeKind, now: dt.datetime) -> Mapping[int, Sums]:
    """Return number and total of the contracts that each list holds; none without a share."""
    shares = all_at_once(period, now).get(kind, {})
    known = {key for key, share in shares.items() if share.value is not None}
    counted = sources.listed_sums(SIGNINGS, period, kind, now)
    return {key: sums for key, sums in counted.items() if key in known}


def share_kpi() -> Kpi:
    """Return the KPI of the market share."""
    words: dict[str, Any] = {
        "label": _("Market share"),
        "formula": _(
            "Own contracts ÷ homes sold on the market of the cities in which the place sells."
        ),
        "exclusions": _("Periods that are not whole months or lack a figure of the market."),
    }
    return Kpi(
        key="market_share",
        group=Group.ACQUISITION,
        unit="percent",
        good="up",
        owner_role="head_office",
        target_key="market_share",
        spec="ANA-20",
        read=read,
        rows=rows,
        by_place=by_place,
        everywhere=all_at_once,
        listed_sums=listed_sums,
        empty=lambda period, now: MISSING,
        places=BY_CITY,
        **words,
    )
