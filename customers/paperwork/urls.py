"""Addresses of the file of a purchase; they stand before the steps of a purchase."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.paperwork import views

FILE = "purchases/<bigid:purchase_id>/file/"
TRANSFER = "file-transfers/<bigid:transfer_id>/"
urlpatterns = [
    path(FILE, views.purchase_file, name="purchase-file"),
    path(f"{FILE}take/", views.paper_take, name="paper-take"),
    path(f"{FILE}<bigid:paper_id>/withdraw/", views.paper_withdraw, name="paper-withdraw"),
    path(f"{FILE}<bigid:paper_id>/copy/", views.paper_copy, name="paper-copy"),
    path(f"{FILE}send/", views.file_send, name="file-send"),
    path("file-transfers/", views.transfer_list, name="file-transfers"),
    path(f"{TRANSFER}accept/", views.transfer_accept, name="file-accept"),
    path(f"{TRANSFER}refuse/", views.transfer_refuse, name="file-refuse"),
    path(f"{TRANSFER}withdraw/", views.transfer_withdraw, name="file-withdraw"),
]
