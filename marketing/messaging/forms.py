"""What people fill in: texts, batches, flows and their steps, experiments, decisions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers import choices as customer_choices
from customers.models import Project
from marketing.messaging import choices
from marketing.messaging.audiences import FILTER, audience_items
from marketing.messaging.models import (
    Batch,
    Experiment,
    Flow,
    FlowStep,
    MessageTemplate,
    Variant,
)
from marketing.messaging.services.batches import BatchDraft
from marketing.messaging.services.flows import FlowDraft, StepDraft
from marketing.messaging.services.templates import TemplateDraft

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
OWN_AREA = gettext_lazy("Left empty: all projects of your area.")


def texts_for(user: Any) -> Any:
    """Return the texts in use that a user sees."""
    return MessageTemplate.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    """A text of batches and flows."""

    class Meta:
        model = MessageTemplate
        fields = ("name", "purpose", "title", "body", "project", "is_active")
        help_texts = {
            "body": gettext_lazy(
                "{name}, {consultant} and {project} are filled from the record; other places such"
                " as {event} are asked for with each batch."
            ),
            "project": OWN_AREA,
        }
        widgets = {"body": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def draft(self) -> TemplateDraft:
        """Return the text as the service takes it."""
        return TemplateDraft(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class BatchForm(forms.Form):
    """A batch: what, to whom, when."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    template = forms.ModelChoiceField(
        label=gettext_lazy("Text"), queryset=MessageTemplate.objects.none()
    )
    values = forms.CharField(
        label=gettext_lazy("Words for its places"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One line each, such as: event = opening on Saturday"),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=choices.CHANNELS, initial=choices.BEST
    )
    project = forms.ModelChoiceField(
        label=gettext_lazy("Project"),
        queryset=Project.objects.none(),
        required=False,
        help_text=OWN_AREA,
    )
    recipients = forms.ChoiceField(label=gettext_lazy("Recipients"))
    classes = forms.MultipleChoiceField(
        label=gettext_lazy("Classes of customers"),
        choices=customer_choices.CUSTOMER_CLASSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )
    stages = forms.MultipleChoiceField(
        label=gettext_lazy("Buying stages"),
        choices=customer_choices.BUYING_STAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )
    starts_at = forms.DateTimeField(label=gettext_lazy("From"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=gettext_lazy("Until"), widget=MOMENT)
    hour_from = forms.IntegerField(
        label=gettext_lazy("Each day from (o'clock)"), min_value=0, max_value=23, initial=9
    )
    hour_until = forms.IntegerField(
        label=gettext_lazy("Each day until (o'clock)"), min_value=1, max_value=24, initial=20
    )
    campaign_code = forms.SlugField(
        label=gettext_lazy("Campaign code"), max_length=60, required=False
    )
    experiment = forms.ModelChoiceField(
        label=pgettext_lazy("message", "Experiment"),
        queryset=Experiment.objects.none(),
        required=False,
        help_text=gettext_lazy("Each customer gets the text or channel of their variant."),
    )

    def __init__(self, *args: Any, user: Any, batch: Batch | None = None, **kwargs: Any) -> None:
        if batch is not None:
            kwargs["initial"] = _stored(batch) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["template"].queryset = texts_for(user)
        fields["project"].queryset = Project.objects.visible_to(user)
        running = Experiment.objects.visible_to(user).filter(state="running")
        fields["experiment"].queryset = running.order_by("-pk")
        fields["recipients"].choices = [("", "---------"), *audience_items(user)]

    def clean_values(self) -> dict[str, str]:
        """Read one place per line."""
        found = {}
        for line in self.cleaned_data["values"].splitlines():
            name, sign, words = line.replace("＝", "=").partition("=")
            if not line.strip():
                continue
            if not sign or not name.strip():
                raise forms.ValidationError(_("Write each line as: name = words"))
            found[name.strip()] = words.strip()
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse days and hours in the wrong order, and classes beside a chosen group."""
        data = super().clean() or {}
        asks = [name for name in ("classes", "stages") if data.get(name)]
        if asks and data.get("recipients", FILTER) != FILTER:
            self.add_error(asks[0], _("Leave it empty: the recipients are chosen already."))
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("The end must come after the start."))
        if data.get("hour_until") and data.get("hour_from", 24) >= data["hour_until"]:
            self.add_error("hour_until", _("The end must come after the start."))
        return data

    def draft(self) -> BatchDraft:
        """Return the batch as the service takes it."""
        data = dict(self.cleaned_data)
        audience, _colon, item = data.pop("recipients").partition(":")
        asked = {"classes": data.pop("classes"), "stages": data.pop("stages")}
        return BatchDraft(audience=audience, asked=asked | ({"item": item} if item else {}), **data)


def _stored(batch: Batch) -> dict[str, Any]:
    same = ("name", "channel", "starts_at", "ends_at", "hour_from", "hour_until", "campaign_code")
    item = batch.asked.get("item", "")
    return {name: getattr(batch, name) for name in same} | {
        "template": batch.template_id,
        "project": batch.project_id,
        "experiment": batch.experiment_id,
        "values": "\n".join(f"{name} = {words}" for name, words in batch.values.items()),
        "recipients": f"{batch.audience}:{item}" if item else batch.audience,
        "classes": batch.asked.get("classes", []),
        "stages": batch.asked.get("stages", []),
    }


class FlowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A flow: what starts it, for whom."""

    class Meta:
        model = Flow
        fields = ("name", "trigger", "stage", "days", "project", "campaign_code")
        help_texts = {
            "stage": gettext_lazy("For stages and for silence."),
            "days": gettext_lazy("For silence."),
            "project": OWN_AREA,
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the trigger needs."""
        data = super().clean() or {}
        if data.get("trigger") in ("stage", "dwell") and not data.get("stage"):
            self.add_error("stage", _("Choose the buying stage."))
        if data.get("trigger") == "dwell" and not data.get("days"):
            self.add_error("days", _("Say after how many days."))
        return data

    def draft(self) -> FlowDraft:
        """Return the flow as the service takes it, without steps."""
        return FlowDraft(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    """One more step of a flow."""

    NEEDS = {"wait": "hours", "condition": "condition", "message": "template", "task": "words"}

    class Meta:
        model = FlowStep
        fields = ("kind", "hours", "condition", "template", "channel", "words")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = texts_for(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of step needs, and drop the rest."""
        data = super().clean() or {}
        kind = data.get("kind") or ""
        needed = self.NEEDS.get(kind, "")
        if needed and not data.get(needed):
            self.add_error(needed, _("This step needs it."))
        if kind == "message" and not data.get("channel"):
            data["channel"] = choices.BEST
        return data

    def draft(self) -> StepDraft:
        """Return the step as the service takes it."""
        data, kind = self.cleaned_data, self.cleaned_data["kind"]
        kept = [self.NEEDS[kind], *(["channel"] if kind == "message" else [])]
        return StepDraft(kind=kind, **{name: data[name] for name in kept})


class DecisionForm(forms.Form):
    """What is decided about an experiment, and why."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("experiment", "Decision"), choices=choices.DECISIONS
    )
    winner = forms.ModelChoiceField(
        label=gettext_lazy("Winner"),
        queryset=Variant.objects.none(),
        required=False,
        help_text=gettext_lazy("Where a variant is adopted."),
    )
    budget = forms.DecimalField(
        label=gettext_lazy("Budget for it (yuan)"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = experiment.variants.filter(is_control=False)
        self.fields["winner"].queryset = others  # type: ignore[attr-defined]
