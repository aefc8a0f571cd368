"""What kpis tells the other parts."""

from django.utils.translation import gettext_lazy as _

from analytics.kpis import (
    acquisition_kpis,
    campaign_satisfaction,
    data_kpis,
    fairness_kpis,
    marketing_sources,
    messages,
    plan_targets,
    policies,
    retention_kpis,
    sales_kpis,
    satisfaction_kpis,
    targets,
    value_kpis,
)
from analytics.kpis.places import VIEW, VIEW_REPORTS
from analytics.kpis.services.rebuilding import REBUILT
from analytics.kpis.views.market import ENTERED
from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry

PEOPLE = (VIEW, "customers.view_customer")
# Each module of KPIs, in the order in which the dictionary shows them within a group.
MODULES = (
    acquisition_kpis,
    retention_kpis,
    satisfaction_kpis,
    value_kpis,
    sales_kpis,
    plan_targets,
    data_kpis,
    fairness_kpis,
)


EVENTS = {
    REBUILT: _("Frozen figures built anew"),
    ENTERED: _("Figure of the market entered"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    targets.register()
    policies.register()
    messages.register()
    campaign_satisfaction.register()
    marketing_sources.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for module in MODULES:
        module.register()
    _register_menu()


def _register_menu() -> None:
    register_entry("kpis", "analytics:kpi-list", _("Figures"), "chart", 505, VIEW)
    for key, url, label, order, right in (
        ("kpi-efficiency", "kpi-efficiency", _("Efficiency of acquisition"), 506, PEOPLE),
        ("kpi-cohorts", "kpi-cohorts", _("Cohorts"), 507, PEOPLE),
        ("market", "market-list", _("Figures of the market"), 508, VIEW),
        ("kpi-differences", "kpi-differences", _("Differences"), 509, VIEW),
        ("kpi-fairness", "kpi-fairness", _("Fair treatment"), 510, (VIEW, VIEW_REPORTS)),
    ):
        register_entry(key, f"analytics:{url}", label, "chart", order, right, parent="kpis")
