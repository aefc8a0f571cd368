"""Addresses of consents, texts and news."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.views import consents

urlpatterns = [
    path("customers/<bigid:customer_id>/consents/", consents.consents_tab, name="consents"),
    path(
        "customers/<bigid:customer_id>/consents/record/",
        consents.consent_record,
        name="consent-record",
    ),
    path(
        "customers/<bigid:customer_id>/channels/", consents.channel_refusal, name="channel-refusal"
    ),
]
