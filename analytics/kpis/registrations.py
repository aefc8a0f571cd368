"""What kpis tells the other parts."""

from analytics.kpis import (
    acquisition_kpis,
    data_kpis,
    policies,
    retention_kpis,
    sales_kpis,
    satisfaction_kpis,
    targets,
    value_kpis,
)

# Each module of KPIs, in the order in which the dictionary shows them within a group.
MODULES = (
    acquisition_kpis,
    retention_kpis,
    satisfaction_kpis,
    value_kpis,
    sales_kpis,
    data_kpis,
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    targets.register()
    policies.register()
    for module in MODULES:
        module.register()
