"""Words of the KPIs for people."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import Group, ScopeKind
from analytics.kpis.rules.lights import Light

GROUPS: Final[dict[str, Any]] = {
    Group.ACQUISITION: _("Acquisition"),
    Group.RETENTION: _("Retention"),
    Group.SATISFACTION: pgettext_lazy("kpi", "Satisfaction"),
    Group.VALUE: _("Lifetime value"),
    Group.SALES: pgettext_lazy("kpi", "Sales"),
    Group.SERVICE: pgettext_lazy("kpi", "Service"),
    Group.QUALITY: pgettext_lazy("kpi", "Quality"),
    Group.PROCESS: pgettext_lazy("kpi", "Processes"),
}
PLACES: Final[dict[str, Any]] = {
    ScopeKind.COMPANY: pgettext_lazy("kpi", "Company"),
    ScopeKind.REGION: _("Region"),
    ScopeKind.PROJECT: _("Project"),
    ScopeKind.TEAM: _("Team"),
    ScopeKind.CONSULTANT: _("Consultant"),
}
UNITS: Final[dict[str, Any]] = {
    "percent": "%",
    "yuan": _("yuan"),
    "days": pgettext_lazy("unit", "days"),
    "hours": pgettext_lazy("unit", "hours"),
    "points": pgettext_lazy("unit", "points"),
    "count": "",
    "ratio": "",
}
LIGHTS: Final[dict[str, Any]] = {
    Light.GREEN: _("Target reached"),
    Light.AMBER: _("Close to the target"),
    Light.RED: pgettext_lazy("kpi", "Target missed"),
    Light.NONE: _("No target or no data"),
}
DIRECTIONS: Final[dict[str, Any]] = {
    "up": _("Higher is better"),
    "down": _("Lower is better"),
}
NOTES: Final[dict[str, Any]] = {
    "no_data": _("No data"),
    "few": _("Fewer than 30: weak"),
    "no_cost": _("No data until marketing cost is recorded"),
    "no_campaign": _("No data until campaigns have a start"),
    "no_market": _("Not computed: no market figures for this period"),
    "no_churn": _("No data until churn is scored"),
    "no_winback": _("No data until churn cases are worked"),
    "no_plan": _("No data: no sales plan is approved for these days"),
    "no_forecast": _("No data until the value model has run"),
    "not_kept": _("How things stood then is known only from snapshots"),
    "not_by_place": _("Not told apart at this level"),
    "no_median": _("Fewer than half have left so far"),
    "chance": _("may be chance"),
    "biased": _("Few of those asked answered: may be one-sided"),
}
