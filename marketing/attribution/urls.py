"""Pages of attribution."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.attribution.views import tables

urlpatterns: list[URLPattern] = [
    path("attribution/", tables.attribution_table, name="attribution"),
    path("attribution/export/<str:way>/", tables.attribution_export, name="attribution-export"),
    path("attribution/contracts/", tables.attribution_contracts, name="attribution-contracts"),
    path(
        "attribution/contracts/<bigid:purchase_id>/",
        tables.purchase_attribution,
        name="purchase-attribution",
    ),
]
