"""The shape of wishes and preferences as people type them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers import choices
from customers.filters import visible_projects
from customers.forms import WanField
from customers.models import IntentRegistration
from customers.services.intents import FIELDS, IntentEntry
from customers.vocabulary import options

BLANK = ("", "--")


class IntentForm(forms.Form):
    """What the customer wants, one version (CUS-33)."""

    project: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Wanted project"), queryset=None, required=False, empty_label="--"
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=[BLANK, *choices.PURPOSES_OF_BUYING]
    )
    layout = forms.ChoiceField(label=gettext_lazy("Layout"), required=False)
    timing = forms.ChoiceField(
        label=gettext_lazy("Timing"), choices=[BLANK, *choices.TIMINGS], required=False
    )
    area_min = forms.DecimalField(
        label=gettext_lazy("Area from (m²)"), min_value=0, max_value=99_999, required=False
    )
    area_max = forms.DecimalField(
        label=gettext_lazy("Area to (m²)"), min_value=0, max_value=99_999, required=False
    )
    price_min = WanField(label=gettext_lazy("Price from (ten thousand)"), required=False)
    price_max = WanField(label=gettext_lazy("Price to (ten thousand)"), required=False)
    deciders = forms.CharField(
        label=gettext_lazy("Decision makers"), max_length=200, required=False
    )
    competitors = forms.CharField(
        label=gettext_lazy("Competing projects seen"), max_length=300, required=False
    )
    obstacle = forms.CharField(
        label=pgettext_lazy("of a purchase", "Obstacle"), max_length=300, required=False
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("area_min", "area_max"):
            self.fields[name].decimal_places = 2  # type: ignore[attr-defined]
        self.fields["layout"].choices = [BLANK, *options("layout")]  # type: ignore[attr-defined]
        projects = visible_projects(request)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, last: IntentRegistration | None) -> dict[str, Any]:
        """Return what the form for the next version starts with: what the last one said."""
        return {name: getattr(last, name) for name in FIELDS} if last else {}

    def entry(self) -> IntentEntry:
        """Return the valid form as the service takes it."""
        return IntentEntry(**{name: self.cleaned_data[name] for name in FIELDS})


class PreferenceForm(forms.Form):
    """One wish to add: a word of the list, or own words."""

    value = forms.ChoiceField(label=gettext_lazy("From the list"), required=False)
    own = forms.CharField(label=gettext_lazy("Own words"), max_length=60, required=False)

    def __init__(self, *args: Any, kind: str, offered: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **{"auto_id": f"{kind}_%s", **kwargs})
        self.fields["value"].choices = [BLANK, *offered]  # type: ignore[attr-defined]

    def wish(self) -> str:
        """Return what was typed, else what was chosen."""
        return str(self.cleaned_data["own"] or self.cleaned_data["value"])
