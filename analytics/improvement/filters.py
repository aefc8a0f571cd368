"""How items and appraisals are narrowed."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.improvement import choices
from analytics.improvement.people_models import Appraisal, IncentiveEntry
from analytics.improvement.programme_models import PdcaItem


class ItemFilter(filters.FilterSet):
    """Items by stage, track, theme, department, programme, whether late and whether one's own."""

    stage = filters.ChoiceFilter(choices=choices.STAGES)
    track = filters.ChoiceFilter(choices=choices.TRACKS)
    theme = filters.ChoiceFilter(choices=choices.THEMES)
    department = filters.ChoiceFilter(choices=choices.DEPARTMENTS)
    programme = filters.NumberFilter()
    late = filters.BooleanFilter(method="by_late", label=_("Late"))
    mine = filters.BooleanFilter(method="by_mine", label=_("Only mine"))

    class Meta:
        model = PdcaItem
        fields: list[str] = []

    def by_late(self, rows: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- given by the library
        """Return what runs and is past its day, or everything else."""
        late = rows.running().filter(due_on__lt=timezone.localdate())
        return late if value else rows.exclude(pk__in=late.order_by().values("pk"))

    def by_mine(self, rows: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- given by the library
        """Return what one is accountable for, or what others are."""
        own = {"accountable": self.request.user}
        return rows.filter(**own) if value else rows.exclude(**own)


class AppraisalFilter(filters.FilterSet):
    """Appraisals by person and state."""

    person = filters.NumberFilter()
    state = filters.ChoiceFilter(choices=choices.APPRAISAL_STATES)

    class Meta:
        model = Appraisal
        fields: list[str] = []


class IncentiveFilter(filters.FilterSet):
    """Entries by person, kind and day."""

    person = filters.NumberFilter(field_name="account__person")
    kind = filters.ChoiceFilter(choices=choices.INCENTIVES)
    since = filters.DateFilter(field_name="at", lookup_expr="date__gte")

    class Meta:
        model = IncentiveEntry
        fields: list[str] = []
