"""Addresses of the unit board and of purchases."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.property import views as units
from customers.purchase import record
from customers.purchase import views as purchases

urlpatterns = [
    path(
        "customers/<bigid:customer_id>/purchases/",
        record.customer_purchases,
        name="customer-purchases",
    ),
    path("units/", units.unit_board, name="unit-board"),
    path("units/<bigid:unit_id>/", purchases.unit_detail, name="unit-detail"),
    path("units/<bigid:unit_id>/hold/", purchases.unit_hold, name="unit-hold"),
    path("units/<bigid:unit_id>/withhold/", units.unit_withhold, name="unit-withhold"),
    path("purchases/", purchases.purchase_list, name="purchase-list"),
    path("purchases/<bigid:purchase_id>/", purchases.purchase_detail, name="purchase-detail"),
    path(
        "purchases/<bigid:purchase_id>/approved/<bigid:approval_id>/",
        purchases.purchase_carry_out,
        name="purchase-carry-out",
    ),
    path(
        "purchases/<bigid:purchase_id>/<slug:step>/", purchases.purchase_step, name="purchase-step"
    ),
]
