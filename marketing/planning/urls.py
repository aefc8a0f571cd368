"""Pages of planning."""

from django.urls import path
from django.urls.resolvers import URLPattern

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from marketing.planning.views import pages, sheets

urlpatterns: list[URLPattern] = [
    path("planning/", pages.plan_list, name="plan-list"),
    path("planning/goals/", pages.goal_progress, name="goal-progress"),
    path("planning/market/", pages.market_knowledge, name="market-knowledge"),
    path("planning/brand/", pages.brand_page, name="brand"),
    path("planning/sheets/", sheets.sheet_sendings, name="sheet-sendings"),
    path("customers/<bigid:customer_id>/sheets/", sheets.customer_sheets, name="customer-sheets"),
]
