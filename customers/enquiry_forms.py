"""What people type about a further enquiry of a known customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from customers import choices
from customers.filters import visible_projects
from customers.rules.entry import CapturePoint
from customers.services.leads import Enquiry
from customers.vocabulary import labels, options

# An import brings enquiries by itself; nobody types one.
TYPED = [point.value for point in CapturePoint if point is not CapturePoint.IMPORT]


class EnquiryForm(forms.Form):
    """What the customer asks now, about which project, and how urgent it is (CUS-48)."""

    enquiry = forms.CharField(
        label=gettext_lazy("What the customer asks"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    project: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=None, required=False, empty_label="--"
    )
    capture_point = forms.ChoiceField(label=gettext_lazy("Captured at"))
    source = forms.ChoiceField(label=gettext_lazy("Source"))
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=[("", "--"), *choices.URGENCIES], required=False
    )
    complexity = forms.ChoiceField(
        label=gettext_lazy("Complexity"),
        choices=[("", "--"), *choices.COMPLEXITIES],
        required=False,
        help_text=gettext_lazy("Both rated: the level that answers is told, with its time limit."),
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = labels("capture_point")
        offered = [(point, points.get(point, point)) for point in TYPED]
        self.fields["capture_point"].choices = offered  # type: ignore[attr-defined]
        self.fields["source"].choices = options("source")  # type: ignore[attr-defined]
        self.fields["project"].queryset = visible_projects(request)  # type: ignore[attr-defined]

    def asked(self) -> Enquiry:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Enquiry(
            capture_point=data["capture_point"],
            source=data["source"],
            project=data["project"],
            text=data["enquiry"],
            urgency=data["urgency"],
            complexity=data["complexity"],
        )
