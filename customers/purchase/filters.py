"""The filters of the list of purchases."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models import Project
from customers.purchase import choices
from customers.purchase.models import Purchase


class PurchaseFilter(filters.FilterSet):
    """By state and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.STATES)
    project = filters.ModelChoiceFilter(
        label=_("Project"),
        queryset=lambda request: Project.objects.visible_to(request.user),
    )

    class Meta:
        model = Purchase
        fields = ["state", "project"]
