"""Recovery rate and red warnings for the dictionary of KPIs (ANA-18, CUS-99)."""

import datetime as dt
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.churn.rules.words import Level
from analytics.kpis.hooks import Collector, register_collector
from analytics.kpis.kinds import Period, ScopeKind
from analytics.kpis.sources import (
    Column,
    Shape,
    Source,
    by_place,
    empty,
    everywhere,
    listed,
    listed_sums,
    read,
)
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.rules.words import Arm, Verdict
from crm_site.common.display import local_dt

RECOVERY: Final = "recovery_rate"
RED: Final = "red_warnings"
PLACES: Final = {
    ScopeKind.REGION: "customer__region",
    ScopeKind.PROJECT: "project",
    ScopeKind.TEAM: "owner__node",
    ScopeKind.CONSULTANT: "owner",
}


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
    paths=PLACES,
    columns=(
        Column(_("Customer"), lambda case: case.customer.name),
        Column(_("Level"), lambda case: case.alert.get_level_display()),
        Column(
            pgettext_lazy("warning", "Counted from"), lambda case: local_dt(case.alert.counted_from)
        ),
        Column(_("Result"), lambda case: case.alert.get_verdict_display()),
    ),
    related=("customer", "alert"),
    url=lambda case: str(case.get_absolute_url()),
)


def red(_period: Period, now: dt.datetime) -> Any:
    """Return the red warnings that stand and ask for work; those left alone do not."""
    rows = ChurnAlert.objects.open().filter(level=Level.RED.value, opened_at__lt=now)
    return rows.exclude(arm=Arm.CONTROL.value)


def _page(alert: ChurnAlert) -> str:
    """Return where a warning is worked on, else the customer's page."""
    case = getattr(alert, "case", None)
    return str((case or alert.customer).get_absolute_url())


RED_SOURCE: Final = Source(
    base=red,
    paths=PLACES,
    columns=(
        Column(_("Customer"), lambda alert: alert.customer.name),
        Column(_("Points"), lambda alert: alert.points),
        Column(_("Since"), lambda alert: local_dt(alert.level_at)),
    ),
    related=("customer", "case"),
    url=_page,
)


def register() -> None:
    """Bring the figures, their rows and all places in one go."""
    for key, source in ((RECOVERY, SOURCE), (RED, RED_SOURCE)):
        register_collector(key, _collector(source))


def _collector(source: Source) -> Collector:
    return Collector(
        read=lambda asking: read(source, asking),
        rows=lambda asking: listed(source, asking),
        by_place=lambda period, kind, now: by_place(source, period, kind, now),
        everywhere=lambda period, now: everywhere(source, period, now),
        listed_sums=lambda period, kind, now: listed_sums(source, period, kind, now),
        empty=lambda period, now: empty(source, period, now),
    )
