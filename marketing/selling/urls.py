"""Pages of selling."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.selling.views import plans

PLAN = "sales-plans/<bigid:sales_plan_id>/"

urlpatterns: list[URLPattern] = [
    path("sales-plans/", plans.sales_plans, name="sales-plans"),
    path("sales-plans/add/", plans.sales_plan_add, name="sales-plan-add"),
    path(PLAN, plans.sales_plan, name="sales-plan"),
    path(f"{PLAN}edit/", plans.sales_plan_edit, name="sales-plan-edit"),
    path(f"{PLAN}share/", plans.sales_plan_share, name="sales-plan-share"),
    path(f"{PLAN}ask/", plans.sales_plan_ask, name="sales-plan-ask"),
    path(f"{PLAN}adjust/", plans.sales_plan_adjust, name="sales-plan-adjust"),
    path(f"{PLAN}discard/", plans.sales_plan_discard, name="sales-plan-discard"),
]
