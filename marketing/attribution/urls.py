"""Pages of attribution."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.attribution.views import tables

urlpatterns: list[URLPattern] = [
    path("attribution/", tables.attribution_table, name="attribution"),
    path("attribution/csv/", tables.attribution_csv, name="attribution-csv"),
    path("attribution/xlsx/", tables.attribution_xlsx, name="attribution-xlsx"),
    path("attribution/contracts/", tables.attribution_contracts, name="attribution-contracts"),
    path(
        "attribution/contracts/<bigid:purchase_id>/",
        tables.purchase_attribution,
        name="purchase-attribution",
    ),
]
