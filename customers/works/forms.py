"""What people type about building nodes, reports, payments and notices."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_site.common.files import PAPERS, PICTURES, Taken, take_paper
from customers.models import Building
from customers.property.forms import day_input
from customers.works import choices
from customers.works.models import ConstructionNode, NodePayment, NodeReport, ProgressNotice
from customers.works.rules import NodeKind, Result

MAX_PAPER = 10 * 1024 * 1024


class NodeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A node as it is planned."""

    class Meta:
        model = ConstructionNode
        fields = ["kind", "name", "building", "planned_on", "is_key", "note"]
        widgets = {"planned_on": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["building"]
        field.queryset = Building.objects.filter(project=self.instance.project_id)
        field.empty_label = _("The whole project")

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a node of no known kind."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("kind") == NodeKind.OTHER and not values.get("name"):
            self.add_error("name", _("Say which node it is."))
        return values


class DayForm(forms.Form):
    """The day on which a node was reached."""

    on = forms.DateField(label=_("Reached on"), widget=day_input())


class AcceptForm(forms.Form):
    """What an acceptance found."""

    result = forms.ChoiceField(label=_("Result"), choices=choices.RESULTS)
    findings = forms.CharField(
        label=_("What was found"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_result(self) -> Result:
        """Return the result."""
        return Result(self.cleaned_data["result"])


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """An outside report with its paper."""

    paper = forms.FileField(
        label=_("Report"),
        help_text=_("PDF, Word, Excel, PowerPoint or a photo, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": PAPERS}),
    )

    class Meta:
        model = NodeReport
        fields = ["body", "organisation", "reported_on", "has_passed", "issues", "is_shown"]
        widgets = {"reported_on": day_input(), "issues": forms.Textarea(attrs={"rows": 3})}

    def clean_paper(self) -> Taken:
        """Judge the paper by its bytes."""
        return take_paper(self.cleaned_data["paper"], limit=MAX_PAPER)


class ClosureForm(forms.Form):
    """How the issues of a report were closed."""

    closure = forms.CharField(label=_("How the issues were closed"), max_length=300)


class PaymentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Money that waits for a node."""

    amount = forms.DecimalField(
        label=_("Amount (yuan)"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )

    class Meta:
        model = NodePayment
        fields = ["contractor", "work", "amount"]


class HoldBackForm(forms.Form):
    """Why money is held back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class NoticeForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a notice."""

    class Meta:
        model = ProgressNotice
        fields = ["title", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 5})}


class PhotoForm(forms.Form):
    """The photo of a notice."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP. Where and when it was taken is removed."),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )
