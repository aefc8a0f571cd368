"""What people type about technical briefings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import User
from customers.launch.models import TechnicalBriefing
from customers.property.forms import day_input


class PersonChoice(forms.ModelMultipleChoiceField):
    """People by their names."""

    def label_from_instance(self, obj: User) -> str:  # type: ignore[override]
        """Return the name."""
        return obj.name


class BriefingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A briefing that was held, and who was there (MKT-58)."""

    people = PersonChoice(
        label=_("Who was there"), queryset=None, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = TechnicalBriefing
        fields = ["held_on", "briefed_by", "items", "materials", "limits", "questions"]
        widgets = {
            "held_on": day_input(),
            "items": forms.Textarea(attrs={"rows": 4}),
            "materials": forms.Textarea(attrs={"rows": 3}),
            "limits": forms.Textarea(attrs={"rows": 3}),
            "questions": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
