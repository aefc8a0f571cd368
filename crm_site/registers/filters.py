"""How the list of a register is narrowed; a filter for each choice field comes by itself."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import OPEN, RegisterDefinition

CLOSED = "closed"
STATES = [
    (OPEN, _("Open")),
    ("overdue", _("Overdue")),
    ("review", _("To review")),
    (CLOSED, _("Closed")),
]


class EntryFilter(filters.FilterSet):
    """Filters that every register has."""

    q = filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("Search"))
    state = filters.ChoiceFilter(choices=STATES, method="by_state", label=_("State"))
    mine = filters.BooleanFilter(method="by_mine", label=_("Only mine"))

    class Meta:
        model = RegisterEntry
        fields: list[str] = []

    def by_state(self, queryset: Any, _name: str, value: str) -> Any:
        """Return the entries that are open, overdue, to be reviewed or closed."""
        if value == "overdue":
            return queryset.overdue(now=timezone.now())
        if value == "review":
            return queryset.for_review(today=timezone.localdate())
        return queryset.open() if value == OPEN else queryset.exclude(state=OPEN)

    def by_mine(self, queryset: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- given by the library
        """Return one's own entries, or those of others."""
        own = {"owner": self.request.user}
        return queryset.filter(**own) if value else queryset.exclude(**own)


def filter_for(definition: RegisterDefinition) -> type[EntryFilter]:
    """Return the filters of one register: the common ones and its choice fields."""
    own = {
        spec.key: filters.ChoiceFilter(
            choices=spec.choices, field_name=f"values__{spec.key}", label=spec.label
        )
        for spec in definition.fields
        if spec.type == "choice"
    }
    return type("RegisterFilter", (EntryFilter,), own)
