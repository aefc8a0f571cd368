"""What visitors type on the help page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Project
from customers.rules.phones import PhoneError, normalise_phone
from service.knowledge import choices
from service.knowledge.rules.matching import MAX_QUESTION, core_of
from service.knowledge.services.handing import Visitor

WHERE = [
    (choices.PRE, gettext_lazy("I am looking for a home")),
    (choices.IN, gettext_lazy("I am buying")),
    (choices.AFTER, gettext_lazy("I own a home, or live or work nearby")),
]


class QuestionForm(forms.Form):
    """One question."""

    question = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=MAX_QUESTION,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_question(self) -> str:
        """Refuse a question without any word that says what it is about."""
        text = str(self.cleaned_data["question"])
        if not core_of(text):
            raise ValidationError(_("Write your question in a few words."))
        return text


class PersonForm(forms.Form):
    """Who wants a person, and what about."""

    message = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    stage = forms.ChoiceField(label=gettext_lazy("Where are you?"), choices=WHERE)
    agreed = forms.BooleanField(
        label=gettext_lazy("You may use name and number to answer this question.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """Refuse a number nobody can call."""
        text = str(self.cleaned_data["phone"])
        try:
            normalise_phone(text)
        except PhoneError:
            raise ValidationError(
                _("The phone number cannot be called; check its digits.")
            ) from None
        return text

    def visitor(self) -> Visitor:
        """Return the valid form as the service takes it."""
        names = ("message", "name", "phone", "project", "stage")
        return Visitor(**{name: self.cleaned_data[name] for name in names})


class TrackForm(forms.Form):
    """The number of a matter and its tracking code."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=24)
    code = forms.CharField(
        label=gettext_lazy("Tracking code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
