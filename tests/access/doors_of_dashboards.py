"""The addresses of dashboards: part of the table of access."""

from tests.access.gates import Door, action, page

ANY, ONE = "see dashboards", "see dashboards of consultants"  # the world's is that of consultants

DASHBOARDS_DOORS: dict[str, Door] = {
    "analytics:dashboard-home": page(ANY),
    "analytics:dashboard": page(ONE),
    "analytics:dashboard-now": page(ONE),
    "analytics:dashboard-trends": page(ONE),
    "analytics:dashboard-pdf": page(ONE),
    "analytics:dashboard-xlsx": page(ONE),
    "analytics:way": page(ONE),
    "analytics:way-customers": page(ONE),
    "analytics:late-tasks": page(ONE),
    "analytics:late-tickets": page(ONE),
    "analytics:dashboard-send": page(ONE, post=422),
    "analytics:dashboard-sendings": page(ANY),
    "analytics:dashboard-sending": page(ANY, of="own dashboard"),
    "analytics:dashboard-unsubscribe": action(ANY, 302, of="own dashboard"),
}
