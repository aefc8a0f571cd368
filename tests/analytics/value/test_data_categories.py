"""Each column about a customer's value belongs to one category (CUS-02)."""

from django.apps import apps

from analytics.value.data_categories import FIELDS, NOT_PERSONAL
from customers.data_categories import all_fields


def test_every_column_has_a_category():
    models = {
        model.__name__: model
        for model in apps.get_app_config("analytics").get_models()
        if model.__module__.startswith("analytics.value.")
    }
    assert models.keys() == FIELDS.keys() | NOT_PERSONAL
    for name, fields in FIELDS.items():
        assert fields.keys() == {field.name for field in models[name]._meta.concrete_fields}, name
        assert all_fields()["analytics", name] == fields
