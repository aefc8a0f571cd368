"""What warehouse tells the other parts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis import desk_kpis, process_kpis, quality_kpis, service_kpis
from analytics.kpis.places import VIEW
from analytics.kpis.registry import name_kpis
from analytics.warehouse.prevention import OF_KPIS
from analytics.warehouse.rules.effects import EFFECTS
from crm_site.common.navigation import register_entry

UNITS = (VIEW, "customers.view_units")


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for module in (service_kpis, desk_kpis, quality_kpis, process_kpis):
        module.register()
    name_kpis("six effects", (effect.kpi for effect in EFFECTS))
    name_kpis("prevention", OF_KPIS)
    register_entry(
        "cubes",
        "analytics:cubes",
        pgettext_lazy("page", "Data cubes"),
        "layers",
        545,
        "analytics.view_cubes",
    )
    for key, url, label, order, right in (
        ("processes", "process-list", pgettext_lazy("page", "Processes"), 510, VIEW),
        ("effects", "effect-list", _("Six effects"), 511, VIEW),
        ("prevention", "prevention", _("Prevention of churn"), 512, UNITS),
    ):
        register_entry(key, f"analytics:{url}", label, "chart", order, right, parent="kpis")
