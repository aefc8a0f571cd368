"""What people choose when they make a survey."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.questionnaires.models import Questionnaire
from customers import choices as customer_choices
from customers.models import Project
from service.surveys import choices
from service.surveys.choices import Trigger
from service.surveys.models import Survey
from service.surveys.services.opening import SurveyDraft

MOST_DAYS, MOST_SAMPLE = 90, 1_000_000


class SurveyForm(forms.Form):
    """A survey: what, whom, when."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    questionnaire = forms.ModelChoiceField(
        label=gettext_lazy("Questionnaire"),
        queryset=Questionnaire.objects.none(),
        help_text=gettext_lazy("Its version is fixed when the survey is opened."),
    )
    trigger = forms.ChoiceField(label=pgettext_lazy("survey", "Sent"), choices=choices.TRIGGERS)
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"),
        choices=[("", "—"), *choices.STAGES],
        required=False,
        help_text=gettext_lazy("Follows from the event where there is one."),
    )
    method = forms.ChoiceField(label=gettext_lazy("Read as"), choices=choices.METHODS)
    project = forms.ModelChoiceField(
        label=gettext_lazy("Project"),
        queryset=Project.objects.none(),
        required=False,
        help_text=gettext_lazy("Left empty: all projects of your area."),
    )
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
    sample_size = forms.IntegerField(
        label=gettext_lazy("Random sample of"),
        min_value=1,
        max_value=MOST_SAMPLE,
        required=False,
        help_text=gettext_lazy("Left empty: everybody who may be asked."),
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed of the sample"),
        min_value=0,
        max_value=2_000_000_000,
        initial=1,
        help_text=gettext_lazy("The same number draws the same people."),
    )
    link_days = forms.IntegerField(
        label=gettext_lazy("Links are valid for (days)"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=14,
    )
    remind_days = forms.IntegerField(
        label=gettext_lazy("Remind after (days)"),
        min_value=0,
        max_value=MOST_DAYS,
        initial=3,
        help_text=gettext_lazy("Once. 0: no reminder."),
    )
    contractor = forms.CharField(
        label=pgettext_lazy("survey", "Contractor"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty: we run it ourselves."),
    )

    def __init__(self, *args: Any, user: Any, survey: Survey | None = None, **kwargs: Any) -> None:
        if survey is not None:
            kwargs["initial"] = _stored(survey) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        surveys = Questionnaire.objects.filter(use="survey", is_offered=True).order_by("title")
        self.fields["questionnaire"].queryset = surveys  # type: ignore[attr-defined]
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a reminder after the link has ended, and a stage missing where none follows."""
        data = super().clean() or {}
        remind, ends = data.get("remind_days") or 0, data.get("link_days") or 0
        if remind and ends and remind >= ends:
            self.add_error("remind_days", _("The reminder must come before the link ends."))
        if data.get("trigger") == Trigger.STAFF and data.get("sample_size"):
            self.add_error(
                "sample_size", _("All of the staff are asked; a sample is for customers.")
            )
        return data

    def draft(self) -> SurveyDraft:
        """Return the survey as the service takes it."""
        data = dict(self.cleaned_data)
        data["audience"] = {"classes": data.pop("classes"), "stages": data.pop("stages")}
        return SurveyDraft(**data)


def _stored(survey: Survey) -> dict[str, Any]:
    same = ("title", "trigger", "stage", "method", "sample_size", "seed", "link_days")
    return {name: getattr(survey, name) for name in (*same, "remind_days", "contractor")} | {
        "questionnaire": survey.questionnaire_id,
        "project": survey.project_id,
        "classes": survey.audience.get("classes", []),
        "stages": survey.audience.get("stages", []),
    }
