"""What people fill in about consents, channels, texts and news."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import choices
from customers.rules.axes import Channel
from customers.rules.consent import Purpose


class ConsentForm(forms.Form):
    """One answer for one purpose; nothing is chosen beforehand."""

    purpose = forms.TypedChoiceField(choices=choices.PURPOSES, coerce=Purpose)
    is_given = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )
    agreed = forms.BooleanField(label=gettext_lazy("The customer agrees"), required=False)
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Said over"),
        choices=[("", "--"), *choices.CONTACT_CHANNELS],
        coerce=Channel,
    )
    proof = forms.CharField(
        label=gettext_lazy("Where the proof is kept"), max_length=300, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A consent needs its own tick; a withdrawal needs nothing but the channel."""
        data = super().clean() or {}
        if data.get("is_given") and not data.get("agreed"):
            self.add_error("agreed", _("Tick that the customer agrees to exactly this."))
        return data


class OptOutForm(forms.Form):
    """A channel the customer refuses, or allows again."""

    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), choices=choices.CONTACT_CHANNELS, coerce=Channel
    )
    is_refused = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )
