"""The filters of signing times."""

from typing import Any

import django_filters as filters
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.models.project import Project
from customers.signing.models import SigningTime


class SigningTimeFilter(filters.FilterSet):
    """By project, day, and whether the target was kept."""

    project = filters.ModelChoiceFilter(
        label=_("Project"),
        field_name="purchase__project",
        queryset=lambda request: Project.objects.visible_to(request.user),
    )
    kept = filters.ChoiceFilter(
        label=_("Target"), choices=[("yes", _("Kept")), ("no", _("Missed"))], method="of_kept"
    )
    signed_at = filters.DateFromToRangeFilter(label=_("Signed"))

    class Meta:
        model = SigningTime
        fields: list[str] = []

    def of_kept(self, rows: Any, _name: str, value: str) -> Any:
        """Return those within the target, or those beyond it."""
        if value == "yes":
            return rows.filter(hours__lte=F("target_hours"))
        return rows.filter(hours__gt=F("target_hours"))
