"""Pages of kpis."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.kpis.views import cohorts, dictionary, differences, efficiency, fairness, market

MARKET = "analytics/market/"
urlpatterns: list[URLPattern] = [
    path("analytics/kpis/", dictionary.kpi_list, name="kpi-list"),
    path("analytics/kpis/<slug:kpi_key>/", dictionary.kpi_detail, name="kpi-detail"),
    path("analytics/efficiency/", efficiency.efficiency, name="kpi-efficiency"),
    path("analytics/cohorts/", cohorts.cohort_table, name="kpi-cohorts"),
    path("analytics/cohorts/rows/", cohorts.cohort_rows, name="kpi-cohort-rows"),
    path("analytics/differences/", differences.difference_list, name="kpi-differences"),
    path("analytics/fairness/", fairness.fair_treatment, name="kpi-fairness"),
    path(MARKET, market.market_list, name="market-list"),
    path(f"{MARKET}add/", market.market_add, name="market-add"),
    path(f"{MARKET}<bigid:market_figure_id>/edit/", market.market_edit, name="market-edit"),
]
