"""Every column of a ticket has one category, and the page of the privacy officer lists it."""

import pytest
from django.apps import apps
from django.urls import reverse

from crm_site.common.fields import EncryptedTextField
from customers.models import Customer
from customers.rules.categories import DataCategory
from service.tickets.data_categories import FIELDS, NOT_PERSONAL

MODULES = ("service.tickets.ticket_models", "service.tickets.side_models")


def models():
    found = apps.get_app_config("service").get_models()
    return {model.__name__: model for model in found if model.__module__ in MODULES}


@pytest.mark.check("A-30")
def test_every_column_of_a_ticket_has_exactly_one_category():
    assert models().keys() == FIELDS.keys() | NOT_PERSONAL
    for name, model in models().items():
        columns = {field.name: field for field in model._meta.get_fields() if field.concrete}
        if name in NOT_PERSONAL:
            assert Customer not in {field.related_model for field in columns.values()}
            continue
        assert FIELDS[name].keys() == columns.keys(), name
        for key, category in FIELDS[name].items():
            if category is DataCategory.CONTACT and not key.endswith("_index"):
                assert isinstance(columns[key], EncryptedTextField)


@pytest.mark.django_db
def test_the_page_lists_the_contact_of_tickets(client_for, privacy):
    page = client_for(privacy).get(reverse("customers:data-categories")).content.decode()
    for place in ("contact_name", "contact_phone", "body"):
        assert f">Ticket.{place}<" in page
    assert ">Ticket.version<" not in page
    assert ">TicketCallback.words<" in page
