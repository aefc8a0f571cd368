"""Choosing the category of a field that the company added (CUS-02)."""

from datetime import datetime

from django.db import transaction

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import CustomField
from customers.rules.categories import DataCategory


@transaction.atomic
def set_custom_category(
    *, field: CustomField, category: DataCategory, actor: User, now: datetime
) -> CustomField:
    """Put ``field`` into one of the seven categories; from now on that decides who sees it."""
    locked: CustomField = CustomField.objects.select_for_update().get(pk=field.pk)
    before, locked.category = locked.category, category.value
    locked.save(update_fields=["category"])
    record(
        kind="custom_field.category_set",
        actor=actor,
        facts={"key": locked.key, "from": before, "to": category.value},
        now=now,
    )
    return locked
