"""Addresses of the buyer's way."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.journey import desk_views as desks
from customers.journey import file_views as files
from customers.journey import link_views as links
from customers.journey import specialist_views as specialists
from customers.journey import viewing_views as viewings
from customers.journey import way_views as ways

FILE = "purchases/<bigid:purchase_id>/told/"
ONE = "viewings/<bigid:viewing_id>/"
CUSTOMER = "customers/<bigid:customer_id>/"
urlpatterns = [
    path("desk/functions/", desks.desk, name="desk"),
    path("desk/notice/", desks.desk_notice, name="desk-notice"),
    path("ways/", ways.way_list, name="way-list"),
    path(f"{CUSTOMER}way/", ways.customer_way, name="customer-way"),
    path(f"{CUSTOMER}remote/", ways.customer_remote, name="customer-remote"),
    path(f"{CUSTOMER}remote/end/", ways.customer_remote_end, name="customer-remote-end"),
    path("units/<bigid:unit_id>/tour/", ways.unit_tour, name="unit-tour"),
    path("book/<str:token>/", links.book_online, name="book-online"),
    path(f"{CUSTOMER}booking-link/", links.booking_link, name="booking-link"),
    path("viewings/", viewings.viewing_list, name="viewing-list"),
    path("viewings/add/", viewings.viewing_add, name="viewing-add"),
    path(f"{ONE}confirm/", viewings.viewing_confirm, name="viewing-confirm"),
    path(f"{ONE}check-in/", viewings.viewing_check_in, name="viewing-check-in"),
    path(f"{ONE}no-show/", viewings.viewing_no_show, name="viewing-no-show"),
    path(f"{ONE}call-off/", viewings.viewing_call_off, name="viewing-call-off"),
    path("purchases/files/", files.file_list, name="purchase-files"),
    path("purchases/contacts/", specialists.contact_list, name="first-contacts"),
    path(
        "purchases/<bigid:purchase_id>/specialist/",
        specialists.purchase_specialist,
        name="purchase-specialist",
    ),
    path(FILE, files.file_detail, name="purchase-file"),
    path(f"{FILE}tell/", files.file_tell, name="purchase-file-tell"),
    path(f"{FILE}confirm/", files.file_confirm, name="purchase-file-confirm"),
    path(
        "projects/<bigid:project_id>/factors/<bigid:factor_id>/buyers/",
        files.factor_buyers,
        name="factor-buyers",
    ),
]
