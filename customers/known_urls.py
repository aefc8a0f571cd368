"""Pages about what is known of a customer; part of ``customers.urls``."""

from django.urls import path, register_converter

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers import choices
from customers.views import customer_options, data_categories, enquiries, known


class PreferenceKindConverter:
    """A kind of preference in an address; others do not exist."""

    regex = "|".join(kind for kind, _label in choices.PREFERENCE_KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PreferenceKindConverter, "wish")

urlpatterns = [
    path("customers/options/", customer_options.customer_options, name="customer-options"),
    path("data-categories/", data_categories.data_categories, name="data-categories"),
    path(
        "customers/<bigid:customer_id>/portrait/", known.customer_portrait, name="customer-portrait"
    ),
    path("customers/<bigid:customer_id>/enquiries/add/", enquiries.enquiry_add, name="enquiry-add"),
    path("customers/<bigid:customer_id>/intents/", known.customer_intents, name="customer-intents"),
    path("customers/<bigid:customer_id>/intents/add/", known.intent_add, name="intent-add"),
    path(
        "customers/<bigid:customer_id>/preferences/",
        known.customer_preferences,
        name="customer-preferences",
    ),
    path(
        "customers/<bigid:customer_id>/preferences/<wish:wish>/add/",
        known.preference_add,
        name="preference-add",
    ),
    path(
        "customers/<bigid:customer_id>/preferences/<wish:wish>/step/",
        known.preference_step,
        name="preference-step",
    ),
]
