"""The filters of scores and losses."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.churn import choices
from analytics.churn.models import ChurnLoss, ChurnScore
from analytics.churn.rules.reasons import DRIVER_OF, Driver, Reason
from analytics.churn.rules.words import BLOCKS, Level, Stage
from analytics.churn.words import BLOCKS as BLOCK_WORDS
from analytics.kpis.forms import DAYS
from crm_site.common.filter_bars import LeanFilterSet
from crm_site.staff.models import User
from customers.models import Project

SCORED = [pair for pair in choices.STAGES if pair[0] != Stage.OWNER.value]
SHOWN = [pair for pair in choices.LEVELS if pair[0] != Level.NONE.value]
OF_BLOCK = [(block, BLOCK_WORDS[block]) for block in BLOCKS if block != "channel"]


def projects_of(request: Any) -> Any:
    """Return the projects the asker may choose."""
    return Project.objects.visible_to(request.user)


def _people(request: Any) -> Any:
    seen = ChurnLoss.objects.visible_to(request.user).order_by()
    return User.objects.filter(pk__in=seen.values("consultant")).order_by("name", "pk")


def day_filter(label: Any, end: str) -> filters.DateFilter:
    """Return a filter of the day of the loss; both ends belong to it."""
    return filters.DateFilter(
        label=label,
        field_name="on",
        lookup_expr=end,
        widget=DateInput(attrs={"type": "date"}),
        validators=DAYS,
    )


class ScoreFilter(LeanFilterSet):
    """By level, stage, project, and the block of the strongest reasons."""

    level = filters.MultipleChoiceFilter(label=_("Level"), choices=SHOWN)
    stage = filters.MultipleChoiceFilter(label=_("Stage"), choices=SCORED)
    project = filters.ModelChoiceFilter(
        label=_("Project"), queryset=projects_of, field_name="customer__project"
    )
    reason = filters.ChoiceFilter(label=_("Reason"), choices=OF_BLOCK, method="by_block")
    mine = filters.BooleanFilter(label=_("Mine"), method="by_mine")

    class Meta:
        model = ChurnScore
        fields = ["level", "stage"]

    def by_block(self, rows: QuerySet[ChurnScore], _name: str, value: str) -> Any:
        """Keep those whom a block pushes towards leaving."""
        return rows.filter(**{f"blocks__{value}__gt": 0.1})

    def by_mine(self, rows: QuerySet[ChurnScore], _name: str, value: bool) -> Any:  # noqa: FBT001 -- the library calls it so
        """Keep the customers the asker is responsible for."""
        return rows.filter(customer__owner=self.request.user) if value else rows


class LossFilter(filters.FilterSet):
    """By what became of it, rule, stage, driver, reason (main or any), scene, project, day."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.LOSS_STATES)
    driver = filters.ChoiceFilter(
        label=_("Driver"), choices=list(choices.DRIVERS.items()), method="by_driver"
    )
    main = filters.ChoiceFilter(
        label=_("Main reason"), choices=choices.REASONS, field_name="main_reason"
    )
    any = filters.ChoiceFilter(label=_("Any reason"), choices=choices.REASONS, method="by_any")
    scene = filters.ChoiceFilter(label=_("Scene"), choices=choices.SCENES)
    rule = filters.ChoiceFilter(label=_("By the rule"), choices=choices.RULES)
    stage = filters.ChoiceFilter(label=_("Stage"), choices=choices.STAGES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    consultant = filters.ModelChoiceFilter(label=_("Consultant"), queryset=_people)
    since = day_filter(pgettext_lazy("loss", "Lost from"), "gte")
    until = day_filter(pgettext_lazy("loss", "Lost up to"), "lte")

    class Meta:
        model = ChurnLoss
        fields = ["scene", "rule", "stage"]

    def by_driver(self, rows: QuerySet[ChurnLoss], _name: str, value: str) -> Any:
        """Keep the losses whose main reason is of a driver."""
        of = [reason.value for reason in Reason if DRIVER_OF[reason] == Driver(value)]
        return rows.filter(main_reason__in=of)

    def by_any(self, rows: QuerySet[ChurnLoss], _name: str, value: str) -> Any:
        """Keep the losses among whose reasons is this one."""
        return rows.filter(reasons__reason=value)
