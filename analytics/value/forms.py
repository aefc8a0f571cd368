"""What people type about value."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.value.models import CostPool, CustomerIncome, MixLine, MixPlan
from customers.models import Project
from customers.pickers import CustomerField
from customers.property.forms import day_input


class IncomeForm(forms.ModelForm):  # type: ignore[type-arg]
    """An income beside the price of a home."""

    customer = CustomerField(label=gettext_lazy("Customer"))

    class Meta:
        model = CustomerIncome
        fields = ("customer", "kind", "amount", "received_on", "reference", "note")
        widgets = {"received_on": day_input()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


class CostForm(forms.ModelForm):  # type: ignore[type-arg]
    """A cost of a month of a project."""

    class Meta:
        model = CostPool
        fields = ("project", "kind", "month_on", "amount", "reference", "note")
        widgets = {"month_on": day_input()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["month_on"].help_text = _("Any day of it.")


class BudgetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A budget to be split."""

    class Meta:
        model = MixPlan
        fields = ("title", "project", "total")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A channel of a plan: what it answered and the limits."""

    class Meta:
        model = MixLine
        fields = (
            *("channel", "spent", "answers", "spent_before", "answers_before"),
            *("low", "high"),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse figures that say nothing and limits that cross."""
        found: dict[str, Any] = super().clean() or {}
        for name in ("spent", "answers", "spent_before", "answers_before"):
            value = found.get(name)
            if value is not None and value <= 0:
                self.add_error(name, _("Give more than 0."))
        both = [found.get(name) is None for name in ("spent_before", "answers_before")]
        if any(both) and not all(both):
            self.add_error("answers_before", _("Give both figures of the time before, or neither."))
        low, high = found.get("low"), found.get("high")
        if low is not None and low < 0:
            self.add_error("low", _("Give 0 or more."))
        if low is not None and high is not None and high < low:
            self.add_error("high", _("Give at least the lower limit."))
        return found


class OutcomeForm(forms.Form):
    """What came of an advice."""

    outcome = forms.CharField(
        label=gettext_lazy("What came of it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_outcome(self) -> str:
        """Refuse an answer of blanks."""
        found: str = self.cleaned_data["outcome"].strip()
        if not found:
            raise ValidationError(_("Write a sentence."))
        return found
