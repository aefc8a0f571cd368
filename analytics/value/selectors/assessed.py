"""Whose value, chance or group somebody may read."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from customers.models import ConsentEvent
from customers.rules.consent import Purpose


def assessed(rows: Any, user: Any) -> Any:
    """Return the rows whose customer the user may see and who has not refused to be assessed."""
    events = ConsentEvent.objects.filter(purpose=Purpose.PROFILING.value)
    later = events.filter(customer=OuterRef("customer")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    )
    refused = events.filter(is_given=False).exclude(Exists(later))
    return rows.visible_to(user).exclude(customer__in=refused.values("customer"))
