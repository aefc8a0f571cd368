"""How the list of accounts is narrowed."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm_site.staff.choices import ROLE_LABELS
from crm_site.staff.models import User

STATES = [("1", _("Active")), ("0", _("Deactivated"))]


class UserFilter(filters.FilterSet):
    """Filters of the account list."""

    q = filters.CharFilter(method="by_text", label=_("Name or user name"), max_length=60)
    role = filters.ChoiceFilter(choices=list(ROLE_LABELS.items()), label=_("Role"))
    active = filters.ChoiceFilter(choices=STATES, field_name="is_active", label=_("State"))

    class Meta:
        model = User
        fields: list[str] = []

    def by_text(self, queryset: QuerySet[User], name: str, value: Any) -> QuerySet[User]:
        """Keep accounts whose name, user name or employee number holds the text."""
        return queryset.filter(
            Q(name__icontains=value)
            | Q(username__icontains=value)
            | Q(employee_no__icontains=value)
        )
