"""What people type about cases."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.winback import choices
from analytics.winback.models import WinbackCase
from analytics.winback.rules.words import Said, Upgrade
from analytics.winback.services.planning import Planned
from analytics.winback.services.recording import Called
from analytics.winback.services.upgrading import Upgraded
from crm_site.staff.models import User
from customers.forms import MomentField
from customers.pricing.services.discounts import Wish
from customers.property.forms import day_input
from service.tickets.forms import unit_of

AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
RATING: dict[str, Any] = {"max_digits": 3, "decimal_places": 1, "min_value": 1, "max_value": 10}
LINES = forms.Textarea(attrs={"rows": 3})
REACHED = [("yes", gettext_lazy("Reached")), ("no", gettext_lazy("Not reached"))]


class CallForm(forms.Form):
    """A callback: in vain, or with its three parts and what came of it (CUS-101)."""

    turn = forms.IntegerField(widget=forms.HiddenInput())
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=choices.CALL_CHANNELS)
    reached = forms.ChoiceField(label=gettext_lazy("Customer"), choices=REACHED)
    problem = forms.CharField(
        label=gettext_lazy("1. What went wrong"), max_length=1000, required=False, widget=LINES
    )
    need = forms.CharField(
        label=gettext_lazy("2. What the customer needs"),
        max_length=1000,
        required=False,
        widget=LINES,
    )
    solution = forms.CharField(
        label=gettext_lazy("3. What we agreed on"), max_length=1000, required=False, widget=LINES
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", gettext_lazy("Choose …")), *choices.SAID],
        required=False,
    )
    next_at = MomentField(
        label=gettext_lazy("Next contact"),
        required=False,
        help_text=gettext_lazy("For a pending customer."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a callback that reached somebody and leaves a part empty."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("reached") != "yes":
            return found
        for name in ("problem", "need", "solution"):
            if name not in self.errors and not found.get(name):
                self.add_error(name, _("All three parts belong to a callback."))
        if not found.get("outcome"):
            self.add_error("outcome", _("Choose what came of it."))
        pending = found.get("outcome") == Said.PENDING
        if pending and "next_at" not in self.errors and not found.get("next_at"):
            self.add_error("next_at", _("A pending customer has a next contact, later than now."))
        return found

    def called(self) -> Called:
        """Return the valid form as the service takes it."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "turn"}
        return Called(**{**found, "reached": found["reached"] == "yes"})


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """The plan of a case."""

    ceiling = forms.DecimalField(
        label=gettext_lazy("May cost (yuan)"),
        min_value=Decimal(0),
        help_text=gettext_lazy("Gifts and upgrades are charged to it; above a limit it is signed."),
        **AMOUNT,
    )

    class Meta:
        model = WinbackCase
        fields = ["cause", "offer", "actions", "ceiling"]
        widgets: Any = {"actions": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].required = self.fields["actions"].required = True
        self.fields["actions"].help_text = _("One action a line.")

    def planned(self) -> Planned:
        """Return the valid form as the service takes it."""
        names = ("cause", "offer", "actions", "ceiling")
        return Planned(**{name: self.cleaned_data[name] for name in names})


class PriceForm(forms.Form):
    """A discount asked for one home; the signers of discounts decide (CUS-105)."""

    unit_name = forms.CharField(
        label=gettext_lazy("Home"),
        max_length=60,
        help_text=gettext_lazy("As it stands on the door, such as 3-2-1801."),
    )
    asked_total = forms.DecimalField(
        label=gettext_lazy("Asked total (yuan)"), min_value=Decimal("0.01"), **AMOUNT
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, case: WinbackCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case

    def clean(self) -> dict[str, Any]:
        """Find the home in the project of the case."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        name = found.get("unit_name", "")
        found["unit"] = unit_of(self.case.project, name) if name else None
        if name and found["unit"] is None:
            self.add_error(
                "unit_name",
                _("The project has no such home, or several. Write building and number."),
            )
        return found

    def wish(self) -> Wish:
        """Return the valid form as the service takes it."""
        return Wish(
            asked_total=self.cleaned_data["asked_total"], reason=self.cleaned_data["reason"]
        )


class GiftForm(forms.Form):
    """A gift to the customer of a case (CUS-103)."""

    what = forms.CharField(label=gettext_lazy("What was given"), max_length=200)
    amount = forms.DecimalField(
        label=gettext_lazy("Worth (yuan)"), min_value=Decimal("0.01"), **AMOUNT
    )


class UpgradeForm(forms.Form):
    """Better service for a while (CUS-106)."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=choices.UPGRADES)
    what = forms.CharField(label=gettext_lazy("What the customer gets"), max_length=200)
    adviser = forms.ModelChoiceField(
        label=gettext_lazy("Adviser"),
        queryset=User.objects.none(),
        required=False,
        help_text=gettext_lazy("For a dedicated adviser."),
    )
    until = forms.DateField(label=gettext_lazy("Until"), widget=day_input())
    before = forms.DecimalField(
        label=gettext_lazy("Satisfaction before (1–10)"),
        required=False,
        help_text=gettext_lazy("Empty: the newest answer to a survey."),
        **RATING,
    )

    def __init__(self, *args: Any, case: WinbackCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(
            is_active=True, role__in=("consultant", "supervisor", "specialist")
        )
        field: Any = self.fields["adviser"]
        field.queryset = people.filter(node__project_id=case.project_id).order_by("name", "pk")

    def given(self) -> Upgraded:
        """Return the valid form as the service takes it; the last day counts whole."""
        found = self.cleaned_data
        midnight = datetime.combine(found["until"] + timedelta(days=1), time())
        return Upgraded(
            kind=Upgrade(found["kind"]),
            what=found["what"],
            ends_at=timezone.make_aware(midnight),
            adviser=found["adviser"],
            before=found["before"],
        )


class AfterForm(forms.Form):
    """How satisfied the customer is after an upgrade."""

    after = forms.DecimalField(label=gettext_lazy("Satisfaction after (1–10)"), **RATING)
