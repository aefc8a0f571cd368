"""The register of data categories as the page lists it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps

from crm_site.common.fields import EncryptedTextField
from crm_site.policies.services import in_force
from crm_site.staff.choices import role_label
from crm_site.staff.rules.roles import ROLES
from customers.data_categories import LABELS, LAWS, all_fields, custom_category
from customers.models import CustomField
from customers.retention_policy import RETENTION
from customers.rules.categories import RULES, CategoryRule, DataCategory


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field: its words, its place, whether it is ciphertext; ``custom`` is the company's."""

    label: str
    place: str
    is_encrypted: bool
    custom: CustomField | None = None


@dataclass(frozen=True, slots=True)
class CategoryLines:
    """One category with its rule, its fields, who sees them and how long they stay."""

    rule: CategoryRule
    label: Any
    law: Any
    months: int
    seen_by: list[str]
    fields: list[FieldLine]


def read_categories(*, now: datetime) -> list[CategoryLines]:
    """Return the seven categories with all their fields, in two queries."""
    months = in_force(RETENTION, at=now).value.months
    customs = list(CustomField.objects.filter(is_active=True))
    return [
        CategoryLines(
            rule=rule,
            label=LABELS[category.value],
            law=LAWS[rule.law],
            months=months[category.value],
            seen_by=[
                role_label(role.key) for role in ROLES.values() if rule.permission in role.may
            ],
            fields=[*_fields(category), *_custom(category, customs)],
        )
        for category, rule in RULES.items()
    ]


def _fields(category: DataCategory) -> list[FieldLine]:
    found = []
    for (app, name), fields in all_fields().items():
        model = apps.get_model(app, name)
        for field_name, held in fields.items():
            if held is category:
                column = model._meta.get_field(field_name)
                label = str(getattr(column, "verbose_name", field_name))
                encrypted = isinstance(column, EncryptedTextField)
                found.append(FieldLine(label, f"{name}.{field_name}", encrypted))
    return found


def _custom(category: DataCategory, customs: list[CustomField]) -> list[FieldLine]:
    return [
        FieldLine(item.label, f"Customer.custom.{item.key}", is_encrypted=False, custom=item)
        for item in customs
        if custom_category(item) is category
    ]
