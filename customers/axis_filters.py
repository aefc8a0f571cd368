"""Filters by where customers stand: stage, phase, group, views, base, stratum, activity.

Each narrows by columns of the customer or by a subquery of its own; unused ones cost nothing.
"""

from typing import Any

import django_filters as filters
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers import choices
from customers.derived_sql import PROCESS, TENURE, existing_condition
from customers.models import CustomerStanding, Stratum
from customers.rules.consent import Purpose
from customers.rules.derived import Base
from customers.selectors.standing import members
from customers.services.consents import without_withdrawal

STRATA_KEY = "customers:strata"
CACHED_FOR = 300  # seconds; ``forget_strata`` after every change
ALL = "all"
EXISTING = [(ALL, _("All existing customers")), *choices.BASES]


def strata_choices() -> list[tuple[str, str]]:
    """Return the strata in use as a choice field takes them, from the cache."""
    found: list[tuple[str, str]] | None = cache.get(STRATA_KEY)
    if found is None:
        rows = Stratum.objects.filter(is_active=True).values_list("pk", "name")
        found = [(str(pk), name) for pk, name in rows]
        cache.set(STRATA_KEY, found, CACHED_FOR)
    return found


def forget_strata() -> None:
    """Drop the cached names of the strata."""
    cache.delete(STRATA_KEY)


class AxisFilter(filters.FilterSet):
    """The part of the customer filters that asks for a place on the axes."""

    stage = filters.ChoiceFilter(
        field_name="buying_stage", choices=choices.BUYING_STAGES, label=_("Buying stage")
    )
    phase = filters.ChoiceFilter(choices=choices.PHASES, label=_("Lifecycle phase"))
    nature = filters.ChoiceFilter(
        choices=choices.NATURES_OR_NONE, method="by_nature", label=_("Customer group")
    )
    process = filters.ChoiceFilter(
        choices=choices.PROCESS_VIEWS, method="by_process", label=_("Process view")
    )
    tenure = filters.ChoiceFilter(
        choices=choices.TENURE_VIEWS, method="by_tenure", label=_("New or old customer")
    )
    existing = filters.ChoiceFilter(
        choices=EXISTING, method="by_base", label=_("Existing customers")
    )
    stratum = filters.ChoiceFilter(choices=strata_choices, method="by_stratum", label=_("Stratum"))
    activity = filters.NumberFilter(
        method="by_activity", label=_("Activity at most"), min_value=0, max_value=100
    )

    def by_nature(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the customers of a group, or those whose group is not set."""
        return queryset.filter(nature="" if value == "none" else value)  # type: ignore[no-any-return]

    def by_process(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the customers of one part of potential, intent, closed (CUS-17)."""
        return queryset.filter(PROCESS[value])  # type: ignore[no-any-return]

    def by_tenure(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the customers of one part of potential, new, old (CUS-17)."""
        return queryset.filter(TENURE[value])  # type: ignore[no-any-return]

    def by_base(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the existing base or one kind of it (CUS-18)."""
        condition: Q = existing_condition(None if value == ALL else Base(value))
        return queryset.filter(condition)  # type: ignore[no-any-return]

    def by_stratum(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the members of a stratum (CUS-15).

        None of one that was deleted, nor who has a credit status that the asker may not see.
        """
        stratum = Stratum.objects.filter(pk=value).first()
        if stratum is None:
            return queryset.none()  # type: ignore[no-any-return]
        return members(stratum, among=queryset, user=self.request.user)

    def by_activity(self, queryset: Any, _name: str, value: Any) -> QuerySet[Any]:
        """Return customers whose activity of last night is at most this; unseen ones count as 0.

        Those who refuse to be assessed have no activity, high or low.
        """
        livelier = CustomerStanding.objects.filter(customer=OuterRef("pk"), activity__gt=value)
        found = queryset.filter(~Exists(livelier))
        return without_withdrawal(found, Purpose.PROFILING)  # type: ignore[no-any-return]
