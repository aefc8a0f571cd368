"""What people type about holds and purchases."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.pickers import CustomerField
from customers.property.models import Unit
from customers.purchase.services.advancing import Terms

AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class HoldForm(forms.Form):
    """For whom a unit is held; before the launch it is pre-subscribed, against a deposit."""

    customer = CustomerField(label=_("Customer"))
    reason = forms.CharField(label=_("Note"), max_length=200, required=False)
    field_order = ["customer", "deposit", "reason"]

    def __init__(self, *args: Any, user: Any, with_deposit: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]
        if with_deposit:
            self.fields["deposit"] = forms.DecimalField(
                label=_("Deposit (yuan)"), min_value=Decimal("0.01"), **AMOUNT
            )
            self.order_fields(self.field_order)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DepositForm(forms.Form):
    """What was paid for a pre-subscription."""

    deposit = forms.DecimalField(label=_("Deposit (yuan)"), min_value=Decimal("0.01"), **AMOUNT)


class TermsForm(forms.Form):
    """What a subscription says about money."""

    list_total = forms.DecimalField(
        label=_("List price (yuan)"), min_value=Decimal("0.01"), **AMOUNT
    )
    agreed_total = forms.DecimalField(
        label=_("Agreed price (yuan)"), min_value=Decimal("0.01"), **AMOUNT
    )
    deposit = forms.DecimalField(label=_("Deposit (yuan)"), min_value=Decimal("0.01"), **AMOUNT)

    def terms(self) -> Terms:
        """Return the valid form as the service takes it."""
        return Terms(**self.cleaned_data)


class ContractForm(forms.Form):
    """The number of the signed contract."""

    contract_no = forms.CharField(label=_("Contract number"), max_length=60)


class NewBuyerForm(ReasonForm):
    """Whose name the subscription is to bear, and why."""

    new_buyer = CustomerField(label=_("New buyer"))
    field_order = ["new_buyer", "reason"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_buyer"].show_to(user)  # type: ignore[attr-defined]


class NewUnitForm(forms.Form):
    """The free unit that a purchase moves to."""

    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label=_("Unit"), queryset=None)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
