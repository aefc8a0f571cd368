"""What people type about planning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_site.documents.models import Document
from marketing.planning.choices import HANDED_BY


class SendForm(forms.Form):
    """Which comparison sheet is handed over, and how."""

    sheet = forms.ModelChoiceField(label=_("Comparison sheet"), queryset=Document.objects.none())
    channel = forms.ChoiceField(label=_("Handed over by"), choices=HANDED_BY)

    def __init__(self, *args: Any, sheets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].queryset = sheets  # type: ignore[attr-defined]
