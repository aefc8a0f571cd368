"""Pages of winback."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.winback import case_views, result_views, tool_views, views
from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known

CASE = "churn/cases/<bigid:churn_case_id>/"
urlpatterns: list[URLPattern] = [
    path("churn/alerts/", views.churn_alerts, name="churn-alerts"),
    path("churn/cases/", views.winback_cases, name="winback-cases"),
    path(CASE, case_views.winback_case, name="winback-case"),
    path(f"{CASE}callback/", case_views.winback_call, name="winback-call"),
    path(f"{CASE}plan/", case_views.winback_plan, name="winback-plan"),
    path(f"{CASE}price/", tool_views.winback_price, name="winback-price"),
    path(f"{CASE}gift/", tool_views.winback_gift, name="winback-gift"),
    path(f"{CASE}upgrade/", tool_views.winback_upgrade, name="winback-upgrade"),
    path(
        f"{CASE}upgrades/<bigid:service_upgrade_id>/stop/",
        tool_views.winback_upgrade_stop,
        name="winback-upgrade-stop",
    ),
    path(
        f"{CASE}upgrades/<bigid:service_upgrade_id>/after/",
        tool_views.winback_upgrade_after,
        name="winback-upgrade-after",
    ),
    path(
        f"{CASE}entries/<bigid:winback_entry_id>/back/",
        tool_views.winback_take_back,
        name="winback-take-back",
    ),
    path("churn/results/", result_views.churn_results, name="churn-results"),
]
