"""The filters of the lists of the buyer's way."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.journey.specialists import late
from customers.models import Task
from customers.rules.axes import TaskState

LATE = "late"
STANDINGS = [
    (LATE, pgettext_lazy("first contact", "Late")),
    (TaskState.OPEN.value, pgettext_lazy("first contact", "Planned")),
    (TaskState.DONE.value, pgettext_lazy("first contact", "Contacted")),
]


class ContactFilter(filters.FilterSet):
    """First contacts by how they stand."""

    standing = filters.ChoiceFilter(
        label=_("State"), choices=STANDINGS, method="by_standing", empty_label=_("All")
    )

    class Meta:
        model = Task
        fields: list[str] = []

    def by_standing(self, rows: Any, _name: str, value: str) -> Any:
        """Return the late ones, or those of a state."""
        return rows.filter(late(timezone.now())) if value == LATE else rows.filter(state=value)
