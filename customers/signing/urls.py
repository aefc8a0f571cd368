"""Addresses of signing; those of a purchase stand before its steps."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.signing import public_views, views

SIGNING = "purchases/<bigid:purchase_id>/signing/"
urlpatterns = [
    path("purchases/signing-times/", views.signing_times, name="signing-times"),
    path(SIGNING, views.purchase_signing, name="purchase-signing"),
    path(f"{SIGNING}sheet/", views.signing_sheet, name="signing-sheet"),
    path(f"{SIGNING}send/", views.signing_send, name="signing-send"),
    path(f"{SIGNING}<bigid:request_id>/withdraw/", views.signing_withdraw, name="signing-withdraw"),
    path(f"{SIGNING}desk/", views.desk_book, name="desk-book"),
    path(f"{SIGNING}desk/<bigid:booking_id>/cancel/", views.desk_cancel, name="desk-cancel"),
    path("sign/<str:token>/", public_views.sign_page, name="sign"),
]
