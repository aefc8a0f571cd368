"""What people type about claims."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.arbitration import choices
from customers.arbitration.rules import DEALS, EventKind, Outcome
from customers.arbitration.services.deciding import Verdict
from customers.arbitration.services.events import Report
from customers.models import Project

PERSON_OUTCOMES = [pair for pair in choices.OUTCOMES if pair[0] != Outcome.UNDECIDED]
BY_HAND = [
    pair
    for pair in choices.KINDS
    if pair[0] not in {EventKind.REPORTED.value, *(kind.value for kind in DEALS)}
]
NOBODY = [("", gettext_lazy("Nobody"))]


class ReportForm(forms.Form):
    """A report of an agency or a colleague."""

    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    party = forms.CharField(label=gettext_lazy("Agency or colleague"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        help_text=gettext_lazy("The whole number, or its first three and last four digits."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Surname as reported"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Left empty: counts as a walk-in."),
    )
    metres = forms.IntegerField(
        label=gettext_lazy("Addressed at a distance from the site of (m)"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=gettext_lazy("Left empty where it is not known."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def given(self) -> Report:
        """Return the report as the service takes it."""
        return Report(**self.cleaned_data)


class EventForm(forms.Form):
    """Something that happened to a claim just now."""

    kind = forms.ChoiceField(label=gettext_lazy("What happened"), choices=BY_HAND)
    party = forms.ChoiceField(label=gettext_lazy("Agency or colleague"), required=False)

    def __init__(self, *args: Any, parties: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = NOBODY + [(each, each) for each in parties]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an event of nobody where somebody has to be named."""
        data = super().clean() or {}
        if not data.get("party") and data.get("kind") not in (None, EventKind.VISITED.value):
            raise ValidationError({"party": _("Choose who.")})
        return data


class VerdictForm(forms.Form):
    """What a person decides."""

    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), choices=PERSON_OUTCOMES)
    party = forms.ChoiceField(label=gettext_lazy("In favour of"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, parties: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = NOBODY + [(each, each) for each in parties]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a claim of nobody and a walk-in in somebody's favour."""
        data = super().clean() or {}
        wins = data.get("outcome") == Outcome.CLAIM
        if "outcome" in data and wins != bool(data.get("party")):
            words = _("Choose in whose favour.") if wins else _("A walk-in is in nobody's favour.")
            raise ValidationError({"party": words})
        return data

    def verdict(self) -> Verdict:
        """Return the decision as the service takes it."""
        data = self.cleaned_data
        return Verdict(outcome=Outcome(data["outcome"]), party=data["party"], reason=data["reason"])
