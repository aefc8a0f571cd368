"""Addresses of payments and mortgages; they stand before the steps of a purchase."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.payment import mortgage_views as mortgages
from customers.payment import views

PURCHASE = "purchases/<bigid:purchase_id>/"
MORTGAGE = "mortgages/<bigid:mortgage_id>/"
urlpatterns = [
    path("purchases/arrears/", views.arrears_list, name="arrears"),
    path(f"{PURCHASE}payments/", views.purchase_payments, name="purchase-payments"),
    path(f"{PURCHASE}payments/plan/", views.plan_edit, name="payment-plan"),
    path(f"{PURCHASE}payments/receive/", views.receipt_add, name="receipt-add"),
    path(f"{PURCHASE}payments/refund/", views.refund_add, name="refund-add"),
    path(
        f"{PURCHASE}payments/<bigid:receipt_id>/reverse/",
        views.receipt_reverse,
        name="receipt-reverse",
    ),
    path("mortgages/", mortgages.mortgage_list, name="mortgage-list"),
    path(f"{PURCHASE}mortgages/", mortgages.purchase_mortgages, name="purchase-mortgages"),
    path(f"{PURCHASE}mortgages/add/", mortgages.mortgage_add, name="mortgage-add"),
    path(f"{MORTGAGE}step/<slug:to>/", mortgages.mortgage_step, name="mortgage-step"),
]
