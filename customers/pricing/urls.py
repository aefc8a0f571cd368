"""Addresses of prices, discounts, letters and the public wall."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.pricing import discount_views as discounts
from customers.pricing import letter_views as letters
from customers.pricing import views
from customers.pricing.wall import price_wall

LIST = "prices/<bigid:list_id>/"
LETTER = "price-letters/<bigid:letter_id>/"
urlpatterns = [
    path("prices/", views.price_lists, name="price-lists"),
    path("prices/add/", views.price_list_add, name="price-list-add"),
    path(LIST, views.price_list_detail, name="price-list-detail"),
    path(f"{LIST}reprice/", views.price_list_reprice, name="price-list-reprice"),
    path(f"{LIST}radius/", views.price_list_radius, name="price-list-radius"),
    path(f"{LIST}submit/", views.price_list_submit, name="price-list-submit"),
    path("units/<bigid:unit_id>/prices/", views.unit_prices, name="unit-prices"),
    path("units/<bigid:unit_id>/discount/", discounts.discount_add, name="discount-add"),
    path("discounts/", discounts.discount_list, name="discount-list"),
    path("discounts/<bigid:discount_id>/", discounts.discount_detail, name="discount-detail"),
    path("statements/<bigid:purchase_id>/", discounts.price_statement, name="price-statement"),
    path("units/<bigid:unit_id>/letter/", letters.letter_add, name="price-letter-add"),
    path("price-letters/", letters.letter_list, name="price-letter-list"),
    path(LETTER, letters.letter_detail, name="price-letter-detail"),
    path(f"{LETTER}pdf/", letters.letter_document, name="price-letter-document"),
    path(f"{LETTER}sign/", letters.letter_sign, name="price-letter-sign"),
    path(f"{LETTER}countersign/", letters.letter_countersign, name="price-letter-countersign"),
    path("wall/<slug:code>/", price_wall, name="price-wall"),
]
