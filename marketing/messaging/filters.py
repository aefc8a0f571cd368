"""The filters of batches, recipients, flows, runs and experiments."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Project
from marketing.messaging import choices
from marketing.messaging.models import Batch, BatchMessage, Experiment, Flow, FlowRun

ANSWERED = [("yes", pgettext_lazy("recipient", "Answered"))]


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class BatchFilter(filters.FilterSet):
    """By state, project and campaign."""

    state = filters.ChoiceFilter(label=_("State"), choices=choices.BATCH_STATES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    campaign = filters.CharFilter(label=_("Campaign code"), field_name="campaign_code")

    class Meta:
        model = Batch
        fields: tuple[str, ...] = ()


class RecipientFilter(filters.FilterSet):
    """By what became of the message; each figure of a batch opens the rows it counts."""

    state = filters.ChoiceFilter(label=_("State"), choices=choices.ROW_STATES)
    channel = filters.ChoiceFilter(label=_("Channel"), choices=choices.MEANS)
    answered = filters.ChoiceFilter(
        label=pgettext_lazy("recipient", "Answered"), choices=ANSWERED, method="by_answer"
    )

    class Meta:
        model = BatchMessage
        fields: tuple[str, ...] = ()

    def by_answer(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Keep those who answered."""
        return rows.filter(replied_at__isnull=False)


class FlowFilter(filters.FilterSet):
    """By state, trigger and project."""

    state = filters.ChoiceFilter(label=_("State"), choices=choices.FLOW_STATES)
    trigger = filters.ChoiceFilter(label=_("Starts when"), choices=choices.TRIGGERS)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = Flow
        fields: tuple[str, ...] = ()


class RunFilter(filters.FilterSet):
    """By how far customers came."""

    state = filters.ChoiceFilter(label=_("State"), choices=choices.RUN_STATES)
    ending = filters.ChoiceFilter(label=_("Ended because"), choices=choices.RUN_ENDINGS)

    class Meta:
        model = FlowRun
        fields: tuple[str, ...] = ()


class ExperimentFilter(filters.FilterSet):
    """The library: by words, state, kind, decision and project."""

    q = filters.CharFilter(label=_("Search"), method="by_words")
    state = filters.ChoiceFilter(label=_("State"), choices=choices.TEST_STATES)
    kind = filters.ChoiceFilter(label=_("What differs"), choices=choices.TEST_KINDS)
    decision = filters.ChoiceFilter(
        label=pgettext_lazy("experiment", "Decision"), choices=choices.DECISIONS
    )
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = Experiment
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep what has the words in question, reason or campaign."""
        return rows.filter(
            Q(title__icontains=value) | Q(reason__icontains=value) | Q(campaign_code=value)
        )
