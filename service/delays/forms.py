"""What people type about delays."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.property.forms import day_input
from service.delays.models import DeliveryTerm


class NoticeForm(forms.Form):
    """The prepared notice, as it is handed on."""

    title = forms.CharField(label=_("Title"), max_length=80)
    text = forms.CharField(
        label=_("What buyers are told"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class TermForm(forms.ModelForm):  # type: ignore[type-arg]
    """The day the contract of one home promises."""

    agreement = forms.CharField(
        label=_("Agreed in"),
        max_length=200,
        help_text=_("The contract or the supplement that says so, with its number."),
    )

    class Meta:
        model = DeliveryTerm
        fields = ["deliver_on", "agreement"]
        widgets: Any = {"deliver_on": day_input()}
