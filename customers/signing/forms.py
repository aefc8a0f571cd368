"""What people type about online signatures and desks."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.common.files import PDF, take_paper
from customers.property.forms import day_input
from customers.signing.services.desks import Wish
from customers.signing.services.requesting import COPY_BYTES


class OnlineForm(forms.Form):
    """Number and, where it is not the system's own sheet, the contract itself."""

    contract_no = forms.CharField(label=gettext_lazy("Contract number"), max_length=60)
    contract = forms.FileField(
        label=gettext_lazy("Contract as PDF"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
        help_text=gettext_lazy("Empty: the contract sheet filled in by the system."),
    )

    def clean_contract(self) -> Any:
        """Return what may be kept of the upload, None without one."""
        upload = self.cleaned_data.get("contract")
        if not upload:
            return None
        taken = take_paper(upload, limit=COPY_BYTES)
        if taken.media_type != PDF:
            raise forms.ValidationError(_("A contract is signed as PDF. Save it as one."))
        return taken


class DeskForm(forms.Form):
    """Which desk, on which day, at which time."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    at = forms.ChoiceField(label=gettext_lazy("Time"))
    desk = forms.ChoiceField(label=gettext_lazy("Desk"))

    def __init__(self, *args: Any, times: list[time], desks: tuple[str, ...], **kwargs: Any):
        super().__init__(*args, **kwargs)
        at: Any = self.fields["at"]
        desk: Any = self.fields["desk"]
        at.choices = [(f"{each:%H:%M}", f"{each:%H:%M}") for each in times]
        desk.choices = [(each, each) for each in desks]

    def wish(self) -> Wish:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        return Wish(desk=found["desk"], day=found["day"], at=time.fromisoformat(found["at"]))
