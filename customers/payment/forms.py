"""What people type about plans, receipts and mortgages."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.payment import choices
from customers.payment.models import PaymentPlan
from customers.payment.mortgage_rules import KINDS
from customers.payment.policies import TemplateLine
from customers.payment.rules import spread
from customers.payment.services.planning import Draft, Line
from customers.payment.services.receiving import Money
from customers.property.forms import day_input

ROOM = 4  # empty rows of a plan beyond those in use
AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "min_value": Decimal("0.01")}


class PlanForm(forms.Form):
    """Method and instalments; a row without any value is left out."""

    method = forms.ChoiceField(label=gettext_lazy("Method of payment"), choices=choices.METHODS)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=60)

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        count = str(data.get("rows", "")) if data is not None else str(initial["rows"])
        self.count = min(int(count), 60) if count.isascii() and count.isdigit() else 1
        for number in range(self.count):
            self._add_row(number)

    def _add_row(self, number: int) -> None:
        named = {"n": number + 1}
        self.fields[f"label_{number}"] = forms.CharField(
            label=_("Name of instalment %(n)s") % named, max_length=60, required=False
        )
        self.fields[f"amount_{number}"] = forms.DecimalField(
            label=_("Amount of instalment %(n)s (yuan)") % named, required=False, **AMOUNT
        )
        self.fields[f"days_{number}"] = forms.IntegerField(
            label=_("Days after the signature for instalment %(n)s") % named,
            min_value=0,
            max_value=3650,
            required=False,
        )
        self.fields[f"due_on_{number}"] = forms.DateField(
            label=_("Fixed day of instalment %(n)s") % named, required=False, widget=day_input()
        )

    def table(self) -> list[dict[str, forms.BoundField]]:
        """Return the rows of fields as the page draws them."""
        parts = ("label", "amount", "days", "due_on")
        return [{part: self[f"{part}_{n}"] for part in parts} for n in range(self.count)]

    def draft(self) -> Draft:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        lines = [
            Line(
                label=found[f"label_{n}"],
                amount=found[f"amount_{n}"] or Decimal(0),
                days=found[f"days_{n}"],
                due_on=found[f"due_on_{n}"],
            )
            for n in range(self.count)
            if any(
                found.get(f"{part}_{n}") not in (None, "")
                for part in ("label", "amount", "days", "due_on")
            )
        ]
        return Draft(method=found["method"], lines=lines, version=found["version"])


def of_plan(plan: PaymentPlan) -> dict[str, Any]:
    """Return the initial values of the form for a plan as it stands."""
    values: dict[str, Any] = {"method": plan.method, "version": plan.version}
    rows = list(plan.instalments.order_by("position"))
    for number, row in enumerate(rows):
        due_on = row.due_on if row.days is None else None
        values |= _row(number, row.label, row.amount, row.days, due_on)
    return values | {"rows": len(rows) + ROOM}


def of_template(lines: Iterable[TemplateLine], *, total: Decimal, version: int) -> dict[str, Any]:
    """Return the initial values of the form for a template and a price."""
    found = list(lines)
    values: dict[str, Any] = {"version": version, "method": found[0].method if found else "full"}
    amounts = spread(total, [line.percent for line in found])
    for number, (line, amount) in enumerate(zip(found, amounts, strict=True)):
        values |= _row(number, line.label, amount, line.days, None)
    return values | {"rows": len(found) + ROOM}


def _row(number: int, label: str, amount: Decimal, days: int | None, due_on: Any) -> dict[str, Any]:
    return {
        f"label_{number}": label,
        f"amount_{number}": amount,
        f"days_{number}": days,
        f"due_on_{number}": due_on,
    }


class ReceiptForm(forms.Form):
    """A payment as finance books it."""

    amount = forms.DecimalField(label=gettext_lazy("Amount (yuan)"), **AMOUNT)
    receipt_no = forms.CharField(label=gettext_lazy("Receipt number"), max_length=60)
    received_on = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    way = forms.ChoiceField(label=gettext_lazy("Way of payment"), choices=choices.WAYS)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def money(self) -> Money:
        """Return the valid form as the service takes it."""
        return Money(**self.cleaned_data)


class RefundForm(ReceiptForm):
    """What is paid back, and why."""

    note = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class ReversalForm(forms.Form):
    """The number of the entry that undoes another, and what was wrong."""

    receipt_no = forms.CharField(label=gettext_lazy("Receipt number"), max_length=60)
    note = forms.CharField(label=gettext_lazy("What was wrong"), max_length=200)


class MortgageForm(forms.Form):
    """What is applied for at which bank."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of loan"), choices=KINDS)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=80)
    amount = forms.DecimalField(label=gettext_lazy("Loan (yuan)"), **AMOUNT)


class MortgageStepForm(forms.Form):
    """What the bank said."""

    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class MortgageReasonForm(forms.Form):
    """What the bank asked for, or why it refused."""

    note = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class ReleaseForm(forms.Form):
    """The receipt of the money that the bank released."""

    receipt_no = forms.CharField(label=gettext_lazy("Receipt number"), max_length=60)
    received_on = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
