"""What somebody says who takes a list out of the system."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_site.exchange.exporters import ExportColumn


class ExportForm(forms.Form):
    """Why, and which columns."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=200,
        help_text=_("What the file is for and who will read it."),
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"), widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, *args: Any, columns: Sequence[ExportColumn], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(column.key, column.label) for column in columns]
        self.fields["columns"].choices = choices  # type: ignore[attr-defined]
        self.fields["columns"].initial = [key for key, _label in choices]
