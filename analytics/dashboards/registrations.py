"""What dashboards tells the other parts."""

from django.utils.translation import gettext_lazy as _

from analytics.dashboards import messages
from analytics.dashboards.boards import VIEW, names
from analytics.dashboards.models import DashboardSending
from analytics.kpis.registry import name_kpis
from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject

EVENTS = {
    "dashboard.exported": _("Dashboard exported"),
    "dashboard.subscribed": _("Dashboard to be sent regularly"),
    "dashboard.stopped": _("Dashboard no longer sent"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    messages.register()
    for where, keys in names().items():
        name_kpis(where, keys)
    for kind, label in EVENTS.items():
        declare(kind, label)
    register_subject(
        Subject(
            kind="dashboard-sending",
            model="analytics.DashboardSending",
            visible_to=lambda user: DashboardSending.objects.visible_to(user),
            title=str,
            url_name="analytics:dashboard-sending",
            label=_("Dashboards sent"),
        )
    )
    register_entry("dashboards", "analytics:dashboard-home", _("Dashboards"), "chart", 500, VIEW)
    register_entry(
        "dashboards-sent",
        "analytics:dashboard-sendings",
        _("Sent to me"),
        "calendar",
        501,
        VIEW,
        parent="dashboards",
    )
