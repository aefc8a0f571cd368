"""The filters of promotions."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models import Project
from marketing.promotions import choices
from marketing.promotions.models import CouponIssue, GroupPurchase, Promotion


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user).order_by("code")


class PromotionFilter(filters.FilterSet):
    """By state, kind and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.STATES)
    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.KINDS)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = Promotion
        fields = ["project"]


class GroupFilter(filters.FilterSet):
    """By state."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.GROUP_STATES)

    class Meta:
        model = GroupPurchase
        fields: list[str] = []


class IssueFilter(filters.FilterSet):
    """By kind and project."""

    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.COUPON_KINDS)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = CouponIssue
        fields = ["project"]
