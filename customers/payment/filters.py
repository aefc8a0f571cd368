"""The filters of arrears, receipts and mortgages."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.project import Project
from customers.payment import choices, mortgage_rules
from customers.payment.models import Mortgage, Receipt
from customers.purchase.models import Purchase

AGES = [
    ("30", _("Up to 30 days late")),
    ("90", _("31 to 90 days late")),
    ("more", _("More than 90 days late")),
]
BOUNDS = {"30": (1, 30), "90": (31, 90), "more": (91, None)}


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user)


class ArrearsFilter(filters.FilterSet):
    """By project, and by how long the oldest open instalment is late."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)
    age = filters.ChoiceFilter(label=_("Late for"), choices=AGES, method="of_age")

    class Meta:
        model = Purchase
        fields = ["project"]

    def of_age(self, rows: Any, _name: str, value: str) -> Any:
        """Return the purchases that are late for as long as ``value`` says."""
        least, most = BOUNDS[value]
        today = timezone.localdate()
        rows = rows.filter(late_since__lte=today - timedelta(days=least))
        return rows.filter(late_since__gte=today - timedelta(days=most)) if most else rows


class ReceiptFilter(filters.FilterSet):
    """By purchase, kind and day."""

    purchase = filters.NumberFilter(label=_("Purchase"))
    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.RECEIPT_KINDS)
    received_on = filters.DateFromToRangeFilter(label=_("Day"))

    class Meta:
        model = Receipt
        fields: list[str] = []


class MortgageFilter(filters.FilterSet):
    """By project and state."""

    project = filters.ModelChoiceFilter(
        label=_("Project"), field_name="purchase__project", queryset=_projects
    )
    state = filters.MultipleChoiceFilter(label=_("State"), choices=mortgage_rules.STATES)

    class Meta:
        model = Mortgage
        fields: list[str] = []
