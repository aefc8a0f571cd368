"""What people write about losses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.churn import choices
from analytics.churn.models import ChurnLoss
from analytics.churn.rules.reasons import DRIVER_OF, Driver, Reason
from analytics.churn.rules.words import LossState
from analytics.churn.services.losses import BY_HAND, Told
from customers.property.forms import day_input

WORDS = dict(choices.REASONS)
KNOWN = [reason for reason in Reason if reason is not Reason.UNKNOWN]


def grouped_reasons() -> list[tuple[Any, Any]]:
    """Return the reasons below their drivers, as a select shows them."""
    return [
        (
            choices.DRIVERS[driver.value],
            [(each.value, WORDS[each.value]) for each in KNOWN if DRIVER_OF[each] is driver],
        )
        for driver in Driver
    ]


class ReasonsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Why a customer left: one main reason, others, the scene, the customer's words."""

    main_reason = forms.ChoiceField(
        label=_("Main reason"), choices=lambda: [("", "--"), *grouped_reasons()]
    )
    others = forms.MultipleChoiceField(
        label=_("Other reasons"),
        choices=[(each.value, WORDS[each.value]) for each in KNOWN],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    scene = forms.ChoiceField(
        label=_("Scene"),
        choices=[("", _("The one that fits the main reason")), *choices.SCENES],
        required=False,
    )

    class Meta:
        model = ChurnLoss
        fields = ["main_reason", "others", "scene", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            held = self.instance.reasons.values_list("reason", flat=True)
            self.initial["others"] = [one for one in held if one != self.instance.main_reason]
            if self.instance.main_reason == Reason.UNKNOWN.value:
                self.initial |= {"main_reason": "", "scene": "", "others": []}

    def told(self) -> Told:
        """Return the reasons as the service takes them."""
        values = self.cleaned_data
        return Told(
            main=values["main_reason"],
            others=values["others"],
            scene=values["scene"],
            note=values["note"],
        )


class LossForm(ReasonsForm):
    """A loss that no rule can find: who bought elsewhere, gave up, sold, left in anger."""

    rule = forms.ChoiceField(
        label=_("What happened"), choices=[pair for pair in choices.RULES if pair[0] in BY_HAND]
    )

    class Meta(ReasonsForm.Meta):
        fields = ["rule", "on", "main_reason", "others", "scene", "note"]
        widgets: Any = {"on": day_input()}


class EndForm(forms.Form):
    """Why a loss no longer stands."""

    as_ = forms.ChoiceField(
        label=_("What is true"),
        choices=[pair for pair in choices.LOSS_STATES if pair[0] != LossState.STANDING.value],
    )
    why = forms.CharField(label=_("Why"), max_length=300)
