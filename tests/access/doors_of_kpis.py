"""The addresses of kpis: part of the table of access."""

from tests.access.gates import Door, api, page

KPIS_DOORS: dict[str, Door] = {
    "analytics:kpi-list": page("see figures"),
    "analytics:kpi-detail": page("see figures of customers"),
    "analytics:kpi-efficiency": page("see figures of customers"),
    "analytics:kpi-cohorts": page("see figures of customers"),
    # without a month there is no cohort
    "analytics:kpi-cohort-rows": page("see figures of customers", get=404),
    "analytics:kpi-differences": page("see figures"),
    "analytics:kpi-fairness": page("see reviews"),
    "analytics:market-list": page("see figures"),
    "analytics:market-add": page("enter market figures", post=422),
    "analytics:market-edit": page("enter market figures", post=422),
    "api:kpi-list": api("", "see figures", of=""),
    "api:kpi-detail": api("", "see figures of customers", of=""),
    "api:kpi-rows": api("", "see figures of customers", of=""),
}
