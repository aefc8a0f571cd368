"""Sales against plan for the boards (MKT-53, ANA-26): contract money over what was planned.

Plans of selling are per project; places without a plan for the period read "no plan". Only the
contracts of projects with a plan stand above the line, so that both sides speak of the same.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from analytics.churn.models import ChurnLoss
from analytics.churn.rules.reasons import Reason
from analytics.churn.rules.words import LossState
from analytics.kpis.kinds import Asking, Group, Kpi, Period, Reading, Rows, ScopeKind, day_of
from analytics.kpis.registry import register_kpi
from analytics.kpis.sales_kpis import PURCHASE_COLUMNS, PURCHASE_RELATED, purchase_url, signed_in
from analytics.kpis.sources import Shape, Source, by_place, empty, listed, listed_sums, read
from crm_site.staff.models import OrgNode
from marketing.selling.rules.spans import Span
from marketing.selling.selectors.plans import planned_by_project
from marketing.selling.selectors.quality import register_lost_by_skill

KEY: Final = "sales_vs_plan"
HUNDRED: Final = Decimal(100)
NOTHING: Final = Reading(None, None, None, 0, note="no_plan")
PATHS: Final = {ScopeKind.REGION: "project__node__region", ScopeKind.PROJECT: "project"}


def _planned(period: Period, now: dt.datetime) -> dict[int, Decimal]:
    span = Span(period.start, period.end)
    found = planned_by_project(span, now)
    return {key: figures.amount for key, figures in found.items() if figures.amount}


def _contracts(period: Period, now: dt.datetime) -> Any:
    projects = list(_planned(period, now))
    return signed_in(period, now).filter(agreed_total__isnull=False, project__in=projects)


MONEY: Final = Source(
    base=_contracts,
    columns=PURCHASE_COLUMNS,
    url=purchase_url,
    shape=Shape.SUM,
    amount=lambda period, now: F("agreed_total"),
    paths=PATHS,
    related=PURCHASE_RELATED,
)


def planned_at(period: Period, kind: ScopeKind, now: dt.datetime) -> dict[int, Decimal]:
    """Return the contract amount planned by place of a kind; 0 is the key of the company."""
    planned = _planned(period, now)
    if kind is ScopeKind.PROJECT or not planned:
        return planned
    if kind is ScopeKind.COMPANY:
        return {0: sum(planned.values(), Decimal(0))}
    found: dict[int, Decimal] = {}
    if kind is ScopeKind.REGION:
        nodes = OrgNode.objects.filter(pk__in=list(planned), region__isnull=False)
        for project, region in nodes.values_list("pk", "region"):
            key = region or 0
            found[key] = found.get(key, Decimal(0)) + planned[project]
    return found


def reading(asking: Asking) -> Reading:
    """Return the percentage of the plan that was reached, with both sides of it."""
    planned = planned_at(asking.period, asking.place.kind, asking.now).get(asking.place.key)
    return NOTHING if planned is None else _share(read(MONEY, asking), planned)


def readings(period: Period, kind: ScopeKind, now: dt.datetime) -> Mapping[int, Reading]:
    """Return the figures of all places of a kind that have a plan."""
    money = by_place(MONEY, period, kind, now)
    planned = planned_at(period, kind, now)
    none = empty(MONEY, period, now)
    return {key: _share(money.get(key, none), amount) for key, amount in planned.items()}


def _share(money: Reading, planned: Decimal) -> Reading:
    top = money.top or Decimal(0)
    return Reading(top / planned * HUNDRED, top, planned, money.n)


def rows(asking: Asking) -> Rows:
    """Return the contracts above the line."""
    return listed(MONEY, asking)


def sums(
    period: Period, kind: ScopeKind, now: dt.datetime
) -> Mapping[int, tuple[int, Decimal]] | None:
    """Return number and total of the contracts listed for all places of a kind."""
    return listed_sums(MONEY, period, kind, now)


def lost_by_skill(people: Iterable[int], since: dt.datetime, now: dt.datetime) -> Mapping[int, int]:
    """Return how many customers were lost because their consultant lacked skill (MKT-64)."""
    losses = ChurnLoss.objects.filter(
        consultant__in=list(people),
        reasons__reason=Reason.UNSKILLED.value,
        on__gte=day_of(since),
        recorded_at__lte=now,
    ).exclude(state=LossState.REVERSED.value)
    counted = losses.order_by().values_list("consultant").annotate(n=Count("pk", distinct=True))
    return dict(counted)


def register() -> None:
    """Make the KPI known, and bring competence what churn knows."""
    register_lost_by_skill(lost_by_skill)
    register_kpi(
        Kpi(
            key=KEY,
            label=_("Sales against plan"),
            group=Group.SALES,
            unit="percent",
            good="up",
            formula=_(
                "Agreed prices of contracts signed in the period divided by the contract amount"
                " of the approved sales plans for its days, in projects with a plan."
            ),
            exclusions=_("Projects without a plan; contracts taken back within the period."),
            owner_role="executive",
            target_key=KEY,
            read=reading,
            rows=rows,
            by_place=readings,
            listed_sums=sums,
            empty=lambda _period, _now: NOTHING,
            places=frozenset({ScopeKind.COMPANY, *PATHS}),
            spec="MKT-53",
        )
    )
