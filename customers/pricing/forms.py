"""What people type about prices."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms import MomentField
from customers.models.project import Project
from customers.pickers import CustomerField
from customers.pricing import choices
from customers.pricing.models import PriceList
from customers.pricing.rules import Change
from customers.pricing.selectors import projects_with_units
from customers.pricing.services.discounts import Wish
from customers.pricing.services.lists import Repricing
from customers.property.choices import KINDS
from customers.property.models import Building, Layout, Unit

AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "min_value": Decimal("0.01")}
ALL = [("", gettext_lazy("All"))]


class PriceListForm(forms.Form):
    """The head of a new price list."""

    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    reason = forms.CharField(label=gettext_lazy("Why the prices change"), max_length=300)
    wanted_from = MomentField(
        label=gettext_lazy("Counts from"),
        required=False,
        help_text=gettext_lazy("Left empty: from the last signature on."),
    )
    message_plan = forms.CharField(
        label=gettext_lazy("What customers are told, and by whom"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed for a cut and from the third change of a quarter on."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects_with_units(user)  # type: ignore[attr-defined]


class RepriceForm(forms.Form):
    """Which units of a draft get which prices."""

    building = forms.ModelChoiceField(
        label=gettext_lazy("Building"),
        queryset=Building.objects.none(),
        required=False,
        empty_label=ALL[0][1],
    )
    layout = forms.ModelChoiceField(
        label=gettext_lazy("Layout"),
        queryset=Layout.objects.none(),
        required=False,
        empty_label=ALL[0][1],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ALL + KINDS, required=False)
    floor_from = forms.IntegerField(label=gettext_lazy("From floor"), required=False)
    floor_to = forms.IntegerField(label=gettext_lazy("To floor"), required=False)
    change = forms.ChoiceField(label=gettext_lazy("Change"), choices=choices.CHANGES)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        max_digits=10,
        decimal_places=2,
        help_text=gettext_lazy("Yuan per m² or percent; below 0 it lowers."),
    )
    floor_percent = forms.DecimalField(
        label=gettext_lazy("Floor price, percent of the list price"),
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(1),
        max_value=Decimal(100),
        required=False,
        help_text=gettext_lazy("Left empty: as before."),
    )

    def __init__(self, *args: Any, price_list: PriceList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.price_list = price_list
        for name, model in (("building", Building), ("layout", Layout)):
            rows = model.objects.filter(project=price_list.project_id)  # type: ignore[attr-defined]
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse floors the wrong way round."""
        data = super().clean() or {}
        low, high = data.get("floor_from"), data.get("floor_to")
        if low is not None and high is not None and low > high:
            raise ValidationError({"floor_to": _("The last floor is below the first.")})
        return data

    def selection(self) -> Any:
        """Return the chosen units."""
        asked = {
            "building": self.cleaned_data["building"],
            "layout": self.cleaned_data["layout"],
            "kind": self.cleaned_data["kind"],
            "floor__gte": self.cleaned_data["floor_from"],
            "floor__lte": self.cleaned_data["floor_to"],
        }
        units = Unit.objects.filter(project=self.price_list.project_id)
        return units.filter(
            **{name: value for name, value in asked.items() if value not in (None, "")}
        )

    def how(self) -> Repricing:
        """Return the change as the service takes it."""
        share = self.cleaned_data["floor_percent"]
        return Repricing(
            change=Change(self.cleaned_data["change"]),
            amount=self.cleaned_data["amount"],
            coefficient=share / 100 if share is not None else None,
        )


class DiscountForm(forms.Form):
    """A lower total for one customer."""

    customer = CustomerField(label=gettext_lazy("Customer"))
    asked_total = forms.DecimalField(label=gettext_lazy("Asked total (yuan)"), **AMOUNT)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    gift = forms.CharField(label=gettext_lazy("Gift"), max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]

    def wish(self) -> Wish:
        """Return what is asked as the service takes it."""
        names = ("asked_total", "reason", "gift")
        return Wish(**{name: self.cleaned_data[name] for name in names})


class LetterForm(forms.Form):
    """To whom a price is promised, until when, and what if it is broken."""

    customer = CustomerField(label=gettext_lazy("Customer"))
    days = forms.IntegerField(
        label=gettext_lazy("Valid for (days)"), min_value=1, max_value=1095, initial=180
    )
    remedy = forms.CharField(
        label=gettext_lazy("What the customer gets if it is broken"), max_length=300
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]
