"""What kpis tells the other parts."""

from analytics.kpis import sales_kpis, targets

MODULES = (sales_kpis,)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    targets.register()
    for module in MODULES:
        module.register()
