"""Pages of churn."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.churn.views import losses, report, scores
from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known

CUSTOMER = "churn/customers/<bigid:customer_id>/"
LOSS = "churn/losses/<bigid:churn_loss_id>/"
urlpatterns: list[URLPattern] = [
    path("churn/", scores.churn_list, name="churn-list"),
    path(CUSTOMER, scores.churn_customer, name="churn-customer"),
    path(f"{CUSTOMER}why/", scores.churn_why, name="churn-why"),
    path(f"{CUSTOMER}loss/", losses.loss_add, name="churn-loss-add"),
    path("churn/losses/", losses.loss_list, name="churn-loss-list"),
    path(LOSS, losses.loss_reasons, name="churn-loss"),
    path(f"{LOSS}end/", losses.loss_end, name="churn-loss-end"),
    path("churn/report/", report.churn_report, name="churn-report"),
]
