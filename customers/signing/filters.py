"""The filters of signing times."""

from typing import Any

import django_filters as filters
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.project import Project
from customers.signing.models import SigningTime

KEPT = [
    ("yes", pgettext_lazy("signing target", "Kept")),
    ("no", pgettext_lazy("signing target", "Missed")),
]


class SigningTimeFilter(filters.FilterSet):
    """By project, day, and whether the target was kept."""

    project = filters.ModelChoiceFilter(
        label=_("Project"),
        field_name="purchase__project",
        queryset=lambda request: Project.objects.visible_to(request.user),
    )
    kept = filters.ChoiceFilter(label=_("Target"), choices=KEPT, method="of_kept")
    since = filters.DateFilter(
        label=_("Signed since"), field_name="signed_at", lookup_expr="date__gte"
    )

    class Meta:
        model = SigningTime
        fields: list[str] = []

    def of_kept(self, rows: Any, _name: str, value: str) -> Any:
        """Return those within the target, or those beyond it."""
        if value == "yes":
            return rows.filter(hours__lte=F("target_hours"))
        return rows.filter(hours__gt=F("target_hours"))
