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
from analytics.kpis.kinds import Asking, Group, Kpi, Period, Place, Reading, Rows, ScopeKind, day_of
from analytics.kpis.registry import register_kpi
from analytics.kpis.sales_kpis import PURCHASE_COLUMNS, PURCHASE_RELATED, purchase_url, signed_in
from analytics.kpis.sources import Shape, Source, listed, listed_sums, read
from crm_site.staff.models import OrgNode
from marketing.selling.rules.spans import Span
from marketing.selling.selectors.plans import planned_by_project
from marketing.selling.selectors.quality import register_lost_by_skill

KEY: Final = "sales_vs_plan"
HUNDRED: Final = Decimal(100)
NO_PLAN: Final = "no_plan"
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


def planned_in(period: Period, place: Place, now: dt.datetime) -> Decimal | None:
    """Return the contract amount planned for a place, None without any plan."""
    planned = _planned(period, now)
    if place.kind is ScopeKind.PROJECT:
        return planned.get(place.id or 0)
    if place.kind is ScopeKind.REGION:
        nodes = OrgNode.objects.filter(region=place.id, pk__in=list(planned))
        planned = {key: planned[key] for key in nodes.values_list("pk", flat=True)}
    elif place.kind is not ScopeKind.COMPANY:
        return None
    return sum(planned.values(), Decimal(0)) if planned else None


def reading(asking: Asking) -> Reading:
    """Return the percentage of the plan that was reached, with both sides of it."""
    planned = planned_in(asking.period, asking.place, asking.now)
    if planned is None:
        return Reading(None, None, None, 0, note=NO_PLAN)
    money = read(MONEY, asking)
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
            listed_sums=sums,
            empty=lambda _period, _now: Reading(None, None, None, 0, note=NO_PLAN),
            places=frozenset({ScopeKind.COMPANY, *PATHS}),
            spec="MKT-53",
        )
    )
