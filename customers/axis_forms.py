"""What people type about stage, group, needs and strata."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import choices
from customers.forms import WanField
from customers.models import Customer, Stratum
from customers.rules.axes import BuyingStage
from customers.rules.groups import LONGEST_NEED, NEEDS, needs_of
from customers.rules.lifecycle import may_set_stage

NEED = "need_"
LONGEST_ESTATE = 80
SENSITIVE = ("credit_status", "payment_method")
BLANK = ("", "--")


class BuyingStageForm(forms.Form):
    """The stage set by hand, the day it holds from, and why (CUS-20)."""

    to = forms.ChoiceField(label=gettext_lazy("Buying stage"), choices=choices.BUYING_STAGES)
    held_from = forms.DateField(
        label=gettext_lazy("Holds from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty means today."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].widget.choices = stage_moves(customer)  # type: ignore[attr-defined]


def stage_moves(customer: Customer) -> list[tuple[str, Any]]:
    """Return the stages a person may move the customer to, with their words."""
    current = BuyingStage(customer.buying_stage)
    return [
        (value, label)
        for value, label in choices.BUYING_STAGES
        if may_set_stage(current, BuyingStage(value))
    ]


class GroupForm(forms.Form):
    """The group by nature with the needs of that group, estate, payment and credit (CUS-07).

    Fields of other groups are not part of the form; ``switched`` shows those of another choice.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    nature = forms.ChoiceField(
        label=gettext_lazy("Customer group"),
        choices=[("", gettext_lazy("Not set")), *choices.NATURES],
        required=False,
    )
    managed_estate = forms.CharField(
        label=gettext_lazy("Lives in an estate we only manage"),
        help_text=gettext_lazy("Name of the estate built by others; empty for all others."),
        max_length=LONGEST_ESTATE,
        required=False,
    )
    payment_method = forms.ChoiceField(
        label=gettext_lazy("Payment method"),
        choices=[BLANK, *choices.PAYMENT_METHODS],
        required=False,
    )
    credit_status = forms.ChoiceField(
        label=gettext_lazy("Credit status"),
        choices=[BLANK, *choices.CREDIT_STATES],
        required=False,
    )

    def __init__(self, *args: Any, nature: str, sees_sensitive: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs = [f"{NEED}{key}" for key in needs_of(nature)]
        for key in needs_of(nature):
            self.fields[f"{NEED}{key}"] = forms.CharField(
                label=choices.NEED_FIELDS[key],
                max_length=LONGEST_NEED,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if not sees_sensitive:
            for name in SENSITIVE:
                del self.fields[name]

    @classmethod
    def initial_of(cls, customer: Customer) -> dict[str, Any]:
        """Return the values the form starts with."""
        names = ("version", "nature", "managed_estate", *SENSITIVE)
        values = {name: getattr(customer, name) for name in names}
        return values | {f"{NEED}{key}": customer.needs.get(key, "") for key in NEEDS}

    @property
    def need_fields(self) -> list[Any]:
        """The bound fields of the chosen group."""
        return [self[name] for name in self.needs]

    @property
    def other_fields(self) -> list[Any]:
        """The bound fields that every group has."""
        shown = {"version", "nature", *self.needs}
        return [self[name] for name in self.fields if name not in shown]

    def changes(self) -> dict[str, Any]:
        """Return what differs from what the form started with, as the service takes it."""
        plain = {"nature", "managed_estate", *SENSITIVE}
        found = {name: self.cleaned_data[name] for name in self.changed_data if name in plain}
        needs = {
            name.removeprefix(NEED): self.cleaned_data[name]
            for name in self.needs
            if name in self.changed_data
        }
        return found | ({"needs": needs} if needs else {})


class StratumForm(forms.ModelForm):  # type: ignore[type-arg]
    """The criteria of a stratum and the strategy for it; at least one criterion (CUS-15)."""

    budget_min = WanField(label=gettext_lazy("Budget from (ten thousand)"), required=False)
    budget_max = WanField(label=gettext_lazy("Budget to (ten thousand)"), required=False)
    need = forms.ChoiceField(
        label=gettext_lazy("Purchase need"),
        choices=[BLANK, *choices.STRATUM_NEEDS],
        required=False,
    )
    credit_status = forms.ChoiceField(
        label=gettext_lazy("Credit status"),
        choices=[BLANK, *choices.CREDIT_STATES],
        required=False,
    )

    class Meta:
        model = Stratum
        fields = (
            *("name", "need", "budget_min", "budget_max", "credit_status"),
            *("strategy", "is_active"),
        )
        widgets = {"strategy": forms.Textarea(attrs={"rows": 4})}

    def clean(self) -> dict[str, Any]:
        """Refuse a stratum without a criterion and a budget that ends below its start."""
        data = super().clean() or {}
        low, high = data.get("budget_min"), data.get("budget_max")
        if low is not None and high is not None and high < low:
            self.add_error("budget_max", _("The budget must end at or above its start."))
        given = (data.get("need"), low, high, data.get("credit_status"))
        if not self.errors and all(value in (None, "") for value in given):
            self.add_error("need", _("Give a need, a budget or a credit status."))
        return data
