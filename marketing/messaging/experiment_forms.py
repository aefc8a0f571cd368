"""An experiment as somebody fills it in: the control and up to three variants."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.models import Project
from marketing.messaging import choices
from marketing.messaging.forms import OWN_AREA, texts_for
from marketing.messaging.models import MessageTemplate
from marketing.messaging.services.experiments import ExperimentDraft, VariantDraft

ARMS: Final = ("a", "b", "c", "d")
LABELS: Final = {
    "a": gettext_lazy("Control (what you do today)"),
    "b": gettext_lazy("Variant B"),
    "c": gettext_lazy("Variant C"),
    "d": gettext_lazy("Variant D"),
}


class ExperimentForm(forms.Form):
    """A question, what is compared, and how much of a difference is hoped for."""

    title = forms.CharField(label=gettext_lazy("Question"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("What differs"), choices=choices.TEST_KINDS)
    metric = forms.ChoiceField(label=gettext_lazy("Main metric"), choices=choices.METRICS)
    window_days = forms.IntegerField(
        label=gettext_lazy("Days that count"), min_value=1, max_value=180, initial=14
    )
    base_rate = forms.DecimalField(
        label=gettext_lazy("Share so far (%)"),
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
        decimal_places=2,
    )
    goal_rate = forms.DecimalField(
        label=gettext_lazy("Share hoped for (%)"),
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
        decimal_places=2,
    )
    project = forms.ModelChoiceField(
        label=gettext_lazy("Project"),
        queryset=Project.objects.none(),
        required=False,
        help_text=OWN_AREA,
    )
    campaign_code = forms.SlugField(
        label=gettext_lazy("Campaign code"), max_length=60, required=False
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        for arm in ARMS:
            self.fields[f"{arm}_name"] = forms.CharField(
                label=LABELS[arm], max_length=120, required=arm in "ab"
            )
            self.fields[f"{arm}_text"] = forms.ModelChoiceField(
                label=pgettext_lazy("variant", "Its text"),
                queryset=texts_for(user),
                required=False,
            )
            self.fields[f"{arm}_channel"] = forms.ChoiceField(
                label=pgettext_lazy("variant", "Its channel"),
                choices=[("", "—"), *choices.MEANS],
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a goal that is where things stand already."""
        data = super().clean() or {}
        if data.get("base_rate") and data.get("base_rate") == data.get("goal_rate"):
            self.add_error("goal_rate", _("Hope for another share than today's."))
        return data

    def draft(self) -> ExperimentDraft:
        """Return the experiment as the service takes it."""
        data = self.cleaned_data
        same = ("title", "kind", "metric", "window_days", "project", "campaign_code")
        return ExperimentDraft(
            **{name: data[name] for name in same},
            base_rate=data["base_rate"] / 100,
            goal_rate=data["goal_rate"] / 100,
            variants=[_variant(data, arm) for arm in ARMS if data.get(f"{arm}_name")],
        )


def _variant(data: dict[str, Any], arm: str) -> VariantDraft:
    text: MessageTemplate | None = data[f"{arm}_text"]
    return VariantDraft(name=data[f"{arm}_name"], template=text, channel=data[f"{arm}_channel"])
