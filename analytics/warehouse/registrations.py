"""What warehouse tells the other parts."""

from django.utils.translation import pgettext_lazy

from crm_site.common.navigation import register_entry


def register() -> None:
    """Make everything of this package known; safe to call again."""
    register_entry(
        "cubes",
        "analytics:cubes",
        pgettext_lazy("page", "Data cubes"),
        "layers",
        545,
        "analytics.view_cubes",
    )
