"""What people type about papers and transfers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.common.files import PAPERS as ENDINGS
from crm_site.common.files import take_paper
from crm_site.staff.models import User
from customers.paperwork import choices
from customers.paperwork.services.transferring import Sending


class PaperForm(forms.Form):
    """Which paper was handed in, with its copy if there is one."""

    name = forms.ChoiceField(label=gettext_lazy("Paper"))
    copy = forms.FileField(
        label=gettext_lazy("Copy"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ENDINGS}),
        help_text=gettext_lazy("PDF, Word, Excel or a photo; kept encrypted."),
    )

    def __init__(self, *args: Any, names: list[str], megabytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limit = megabytes << 20
        field: Any = self.fields["name"]
        field.choices = [(name, name) for name in names]

    def clean_copy(self) -> Any:
        """Return what may be kept of the upload, None without one."""
        upload = self.cleaned_data.get("copy")
        return take_paper(upload, limit=self._limit) if upload else None


class WithdrawForm(forms.Form):
    """Why a paper is taken out of the file."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class TransferForm(forms.Form):
    """Where the file goes, who signs for it, and what is said about missing papers."""

    side = forms.ChoiceField(label=gettext_lazy("Goes to"), choices=choices.SIDES)
    receiver: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Receiver"), queryset=None
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, receivers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["receiver"]
        field.queryset = receivers
        field.label_from_instance = _person

    def sending(self) -> Sending:
        """Return the valid form as the service takes it."""
        return Sending(**self.cleaned_data)


class DecisionForm(forms.Form):
    """Why a file is sent back."""

    reason = forms.CharField(label=gettext_lazy("What is missing or wrong"), max_length=200)


def _person(user: User) -> str:
    return _("%(name)s, %(place)s") % {"name": user.name, "place": user.node or "--"}
