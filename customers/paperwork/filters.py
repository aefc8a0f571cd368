"""The filters of transfers."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from customers.models.project import Project
from customers.paperwork import choices
from customers.paperwork.models import FileTransfer


class TransferFilter(filters.FilterSet):
    """By state and project; those that wait for one's own signature; those with papers missing."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.TRANSFER_STATES)
    project = filters.ModelChoiceFilter(
        label=_("Project"),
        field_name="purchase__project",
        queryset=lambda request: Project.objects.visible_to(request.user),
    )
    receiver = filters.ChoiceFilter(
        label=_("Receiver"), choices=[("me", _("Myself"))], method="of_receiver"
    )
    incomplete = filters.ChoiceFilter(
        label=_("Papers"), choices=[("yes", _("Some are missing"))], method="of_incomplete"
    )

    class Meta:
        model = FileTransfer
        fields: list[str] = []

    def of_receiver(self, rows: Any, _name: str, _value: str) -> Any:
        """Return those the asker signs for."""
        return rows.filter(receiver=self.request.user)

    def of_incomplete(self, rows: Any, _name: str, _value: str) -> Any:
        """Return those sent with papers missing."""
        return rows.exclude(missing=[])
