"""The forms of opportunities, recommendations and the work with existing customers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketing.segments import words


class CloseForm(forms.Form):
    """What came of an opportunity; it does not close without."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", "--"), *words.OUTCOMES])
    note = forms.CharField(label=_("What the customer said"), max_length=300, required=False)


class ReactionForm(forms.Form):
    """What the customer said to a recommendation."""

    reaction = forms.ChoiceField(label=_("Reaction"), choices=[("", "--"), *words.REACTIONS])
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class SpendDeclaredForm(forms.Form):
    """What a customer says to spend on housing in a year."""

    kind = forms.ChoiceField(label=_("Kind"), choices=words.SPEND_KINDS)
    with_us = forms.BooleanField(label=_("With us"), required=False)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = forms.DecimalField(
        label=_("Amount (yuan)"), max_digits=14, decimal_places=2, min_value=1
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class HoldingForm(forms.Form):
    """How a unit is used and what it brings."""

    use = forms.ChoiceField(label=_("Use"), choices=words.USES)
    rent = forms.DecimalField(
        label=_("Rent a month (yuan)"),
        max_digits=14,
        decimal_places=2,
        min_value=1,
        required=False,
    )
    asked = forms.DecimalField(
        label=_("Asking price (yuan)"),
        max_digits=14,
        decimal_places=2,
        min_value=1,
        required=False,
    )
    note = forms.CharField(label=_("Notes on the yield"), max_length=500, required=False)


class InterestForm(forms.Form):
    """What an investor would buy next, and when to speak about it."""

    wish = forms.CharField(label=_("Next interest"), max_length=300)
    remind_on = forms.DateField(
        label=_("Speak about it on"), widget=forms.DateInput(attrs={"type": "date"})
    )


class ChosenForm(forms.Form):
    """Customers ticked in a list."""

    customer = forms.TypedMultipleChoiceField(coerce=int, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.getlist("customer")[:500] if self.is_bound else []  # type: ignore[attr-defined]
        keys = [key for key in asked if key.isascii() and key.isdigit() and len(key) < 19]
        self.fields["customer"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


class StepForm(ChosenForm):
    """To which step of the programme customers are brought."""

    step = forms.ChoiceField(label=_("Step"), choices=words.STEPS)
    incentive = forms.CharField(label=_("Incentive"), max_length=200, required=False)


class InformForm(ChosenForm):
    """Information for ticked customers."""

    kind = forms.ChoiceField(label=_("Kind of content"), choices=words.INFO_KINDS)
    channel = forms.ChoiceField(label=_("Channel"), choices=words.INFO_CHANNELS)
    title = forms.CharField(label=_("Title"), max_length=120)
    body = forms.CharField(
        label=_("Text"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
