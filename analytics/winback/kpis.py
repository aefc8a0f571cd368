"""The recovery rate for the dictionary of KPIs (ANA-18); the control group stands beside it."""

import datetime as dt
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.kpis.hooks import Collector, register_collector
from analytics.kpis.kinds import Period, ScopeKind
from analytics.kpis.sources import Column, Shape, Source, by_place, listed, read
from analytics.winback.models import WinbackCase
from analytics.winback.rules.words import Verdict
from crm_site.common.display import local_dt

KEY: Final = "recovery_rate"


def worked(period: Period, now: dt.datetime) -> Any:
    """Return the worked cases whose warnings count from the period and whose days are over."""
    rows = WinbackCase.objects.worked().judged(now)
    return rows.filter(
        alert__counted_from__gte=period.begins_at, alert__counted_from__lt=period.ends_at
    )


SOURCE: Final = Source(
    base=worked,
    shape=Shape.SHARE,
    hit=lambda _period, _now: Q(alert__verdict=Verdict.RECOVERED.value),
    paths={
        ScopeKind.REGION: "customer__region",
        ScopeKind.PROJECT: "project",
        ScopeKind.TEAM: "owner__node",
        ScopeKind.CONSULTANT: "owner",
    },
    columns=(
        Column(_("Customer"), lambda case: case.customer.name),
        Column(_("Level"), lambda case: case.alert.get_level_display()),
        Column(_("Counted from"), lambda case: local_dt(case.alert.counted_from)),
        Column(_("Result"), lambda case: case.alert.get_verdict_display()),
    ),
    related=("customer", "alert"),
    url=lambda case: str(case.get_absolute_url()),
)


def register() -> None:
    """Bring the figure, its rows and all places in one go."""
    register_collector(
        KEY,
        Collector(
            read=lambda asking: read(SOURCE, asking),
            rows=lambda asking: listed(SOURCE, asking),
            by_place=lambda period, kind, now: by_place(SOURCE, period, kind, now),
        ),
    )
