"""What warehouse tells the other parts."""

from django.utils.translation import pgettext_lazy

from analytics.kpis import process_kpis, quality_kpis, service_kpis
from crm_site.common.navigation import register_entry


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for module in (service_kpis, quality_kpis, process_kpis):
        module.register()
    register_entry(
        "cubes",
        "analytics:cubes",
        pgettext_lazy("page", "Data cubes"),
        "layers",
        545,
        "analytics.view_cubes",
    )
