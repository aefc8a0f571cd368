"""The shape of what people type about a lead, the pool and the class."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from customers import choices
from customers.forms import MomentField
from customers.models import Customer, Lead
from customers.rules.axes import CaseStage, CustomerClass, LeadState
from customers.rules.classes import may_correct
from customers.services.classes import SHORTEST_REASON
from customers.services.leads import LONGEST_SOLUTION
from customers.vocabulary import options


class StageForm(forms.Form):
    """The stage that is reached."""

    stage = forms.TypedChoiceField(choices=choices.CASE_STAGES, coerce=CaseStage)


class LeadMoveForm(forms.Form):
    """The state the lead moves to."""

    to = forms.TypedChoiceField(choices=choices.LEAD_STATES, coerce=LeadState)
    reason = forms.CharField(max_length=200, required=False)


class LostForm(forms.Form):
    """Why the lead is lost, by the words of the list (CUS-34)."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [("", "--"), *options("lost_reason")]
        self.fields["reason"].choices = words  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """The answer, when the customer was told, when the customer confirmed (CUS-41).

    The service asks for all three; here nothing is required, so that one answer names all faults.
    """

    solution = forms.CharField(
        label=gettext_lazy("Answer given"),
        max_length=LONGEST_SOLUTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    told_at = MomentField(label=gettext_lazy("Customer told at"), required=False)
    confirmed_at = MomentField(label=gettext_lazy("Customer confirmed at"), required=False)

    def closing(self, lead: Lead) -> dict[str, Any]:
        """Return the valid form as the service takes it.

        The browser's control has minutes only: a moment within the minute of the one before it is
        taken as that one, so that an enquiry answered at once can be closed.
        """
        data = self.cleaned_data
        told = _not_before(data["told_at"], lead.received_at)
        confirmed = _not_before(data["confirmed_at"], told)
        return {"solution": data["solution"], "told_at": told, "confirmed_at": confirmed}


class ReturnForm(forms.Form):
    """Why a customer goes back to the pool."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    wants_quiet = forms.BooleanField(
        label=gettext_lazy("Complained, or does not want to be called"), required=False
    )


class ClassForm(forms.Form):
    """The class set by hand, and why (CUS-08). Offers what one step reaches; refuses jumps."""

    customer_class = forms.TypedChoiceField(
        label=gettext_lazy("Class"), choices=choices.CUSTOMER_CLASSES, coerce=CustomerClass
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), min_length=SHORTEST_REASON, max_length=200
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = CustomerClass(customer.customer_class)
        self.offered = [
            (value, label)
            for value, label in choices.CUSTOMER_CLASSES
            if may_correct(current, CustomerClass(value))
        ]
        self.fields["customer_class"].widget.choices = self.offered


def _not_before(moment: datetime | None, earlier: datetime | None) -> datetime | None:
    """Return ``moment``, or ``earlier`` where both lie in the same minute."""
    if moment is None or earlier is None:
        return moment
    start = earlier.replace(second=0, microsecond=0)
    return earlier if start <= moment < earlier else moment
