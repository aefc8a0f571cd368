"""Each column about a customer belongs to one category (CUS-02)."""

from django.apps import apps

from customers.data_categories import all_fields
from marketing.selling.data_categories import FIELDS, NOT_PERSONAL


def test_every_column_has_a_category() -> None:
    models = {
        model.__name__: model
        for model in apps.get_app_config("marketing").get_models()
        if model.__module__.startswith("marketing.selling.")
    }
    assert models.keys() == FIELDS.keys() | NOT_PERSONAL
    for name, fields in FIELDS.items():
        assert fields.keys() == {field.name for field in models[name]._meta.concrete_fields}, name
        assert all_fields()["marketing", name] == fields
