"""What people type about repair insurance."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.insurance.models import RepairClaim, RepairPolicy
from customers.models import Unit
from customers.property.forms import OrderedDaysForm, day_input

MONEY: dict[str, Any] = {"min_value": Decimal("0.01"), "max_digits": 14, "decimal_places": 2}


class PolicyForm(OrderedDaysForm):
    """A policy of repair insurance."""

    pairs = (("covers_from", "covers_until"),)
    cover = forms.DecimalField(label=gettext_lazy("Cover (yuan)"), **MONEY)

    class Meta:
        model = RepairPolicy
        fields = ["insurer", "number", "covers", "cover", "covers_from", "covers_until"]
        widgets = {"covers_from": day_input(), "covers_until": day_input()}


class RepairClaimForm(forms.ModelForm):  # type: ignore[type-arg]
    """A defect that is claimed; the unit is told by its number."""

    unit_number = forms.CharField(
        label=gettext_lazy("Unit number"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Empty: shared parts."),
    )
    claimed = forms.DecimalField(label=gettext_lazy("Claimed (yuan)"), **MONEY)

    class Meta:
        model = RepairClaim
        fields = ["defect", "unit_number", "found_on", "claimed", "repair_case"]
        widgets = {"found_on": day_input()}

    def clean_unit_number(self) -> str:
        """Find the unit in the project of the policy."""
        text: str = self.cleaned_data["unit_number"].strip()
        self.instance.unit = None
        if text:
            units = Unit.objects.filter(project=self.instance.policy.project_id, number=text)
            found = list(units[:2])
            if len(found) != 1:
                raise forms.ValidationError(
                    _("The project has no unit of this number.")
                    if not found
                    else _("Several buildings have this number. Leave it empty and name it above.")
                )
            self.instance.unit = found[0]
        return text


class NextForm(forms.Form):
    """What the next step of a claim needs."""

    amount = forms.DecimalField(label=gettext_lazy("Assessed (yuan)"), required=False, **MONEY)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, with_amount: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_amount:
            del self.fields["amount"]
