"""The filters of the register."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from analytics.scoring.choices import KINDS, ModelState
from analytics.scoring.models import ScoreModel


class ModelFilter(filters.FilterSet):
    """By what is scored, and by where a version stands."""

    kind = filters.ChoiceFilter(label=_("Score"), choices=list(KINDS.items()))
    state = filters.ChoiceFilter(label=_("State"), choices=ModelState.choices)

    class Meta:
        model = ScoreModel
        fields: tuple[str, ...] = ()
