"""What people type about changes of homes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_site.common.files import PAPERS, Taken, take_paper
from customers.changes import choices
from customers.changes.individual import Wish
from customers.changes.models import HomeChange, IndividualChange
from customers.changes.rules import Answer
from customers.property.forms import PlacedForm, day_input
from customers.works.models import ConstructionNode

MAX_DRAWING = 10 * 1024 * 1024
MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class ChangeForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a buyer wants built differently, with the drawing (SVC-77)."""

    price = forms.DecimalField(label=_("Price (yuan)"), min_value=Decimal(0), **MONEY)
    drawing = forms.FileField(
        label=_("Drawing"),
        help_text=_("PDF, Word, Excel, PowerPoint or a photo, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": PAPERS}),
    )

    class Meta:
        model = IndividualChange
        fields = ["item", "wish", "node", "price"]
        widgets = {"wish": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, nodes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]

    def clean_drawing(self) -> Taken:
        """Judge the drawing by its bytes."""
        return take_paper(self.cleaned_data["drawing"], limit=MAX_DRAWING)

    def asked(self) -> Wish:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        return Wish(**{name: found[name] for name in ("item", "wish", "price", "node")})


class FindingsForm(forms.Form):
    """What a check of a change found."""

    findings = forms.CharField(label=_("What the check found"), max_length=300)


class HomeChangeForm(PlacedForm):
    """A change that affects sold homes (SVC-102)."""

    class Meta:
        model = HomeChange
        fields = [
            *("kind", "title", "building", "unit_number", "decided_on", "text"),
            *("needs_consent", "compensation"),
        ]
        widgets = {"decided_on": day_input(), "text": forms.Textarea(attrs={"rows": 4})}


class TellingForm(forms.Form):
    """How a buyer was told by hand."""

    way = forms.ChoiceField(label=_("Told how"), choices=choices.WAYS[:3])


class AnswerForm(forms.Form):
    """What a buyer answered, and what is paid."""

    answer = forms.ChoiceField(label=_("Answer"), choices=choices.ANSWERS)
    compensation = forms.DecimalField(
        label=_("Compensation (yuan)"), required=False, min_value=Decimal(0), **MONEY
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean_answer(self) -> Answer:
        """Return the answer."""
        return Answer(self.cleaned_data["answer"])


def nodes_for(purchase: Any) -> Any:
    """Return the building nodes before which the home of a purchase can still be changed."""
    rows = ConstructionNode.objects.filter(project=purchase.project_id).select_related("building")
    if purchase.unit is None:
        return rows.none()
    here = rows.filter(building=purchase.unit.building_id) | rows.filter(building=None)
    return here.order_by("planned_on", "pk")
