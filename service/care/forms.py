"""What people type in owner care."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.questionnaires.models import Questionnaire
from customers.forms import MomentField
from customers.models import Playbook, Project
from customers.pickers import CustomerField
from customers.property.forms import day_input
from service.care import choices
from service.care.forms_of_record import DEFAULTS, ITEM
from service.care.models import (
    CareAction,
    CareEvent,
    CareGiftList,
    CareIssue,
    CareOccasion,
    CareStep,
    CommunityGroup,
)
from service.care.rules.lunar import months_of
from service.care.services.funds import Proposed

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}
MOST_PEOPLE = 20


def _long(label: Any, *, required: bool = True, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=2000, required=required, widget=widget)


class OfProjectForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that offers the projects of the asker."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    """A step of the programme."""

    class Meta:
        model = CareStep
        fields = ("number", "name", "purpose")


class ActionForm(forms.ModelForm):  # type: ignore[type-arg]
    """An action of a step that a playbook does."""

    form = forms.ChoiceField(label=gettext_lazy("Record form"), required=False)

    class Meta:
        model = CareAction
        fields = ("step", "name", "playbook", "form")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        playbook: Any = self.fields["playbook"]
        playbook.required = True
        playbook.queryset = Playbook.objects.filter(is_active=True, care_action=None)
        own = Questionnaire.objects.filter(subject_kind=ITEM, is_offered=True)
        known = {each.key: each.title for each in DEFAULTS} | dict(own.values_list("key", "title"))
        self.fields["form"].choices = [("", _("None")), *known.items()]  # type: ignore[attr-defined]


class OccasionForm(forms.Form):
    """A day of a customer that is kept every year."""

    customer = CustomerField(label=gettext_lazy("Customer"))
    kind = forms.ChoiceField(label=gettext_lazy("Occasion"), choices=choices.JOYS)
    is_lunar = forms.BooleanField(label=gettext_lazy("Day of the lunar calendar"), required=False)
    month = forms.IntegerField(label=gettext_lazy("Month"), min_value=1, max_value=12)
    day = forms.IntegerField(label=gettext_lazy("Day"), min_value=1, max_value=31)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a day its month does not have."""
        data = super().clean() or {}
        month, day = data.get("month"), data.get("day")
        if data.get("kind") == "birthday" and not data.get("is_lunar"):
            words = _("The birthday of the solar calendar stands in the customer's record.")
            raise ValidationError({"is_lunar": words})
        if month and day:
            longest = 30 if data.get("is_lunar") else _days_of(month)
            if day > longest:
                raise ValidationError({"day": _("This month has no such day.")})
        return data


def _days_of(month: int) -> int:
    leap_year = 2024
    following = date(leap_year + month // 12, month % 12 + 1, 1)
    return (following - date(leap_year, month, 1)).days


class GiftListForm(OfProjectForm):
    """A list of gifts."""

    class Meta:
        model = CareGiftList
        fields = ("project", "festival", "year", "gift", "value")

    def clean_value(self) -> Any:
        """Refuse a gift of no value."""
        if self.cleaned_data["value"] <= 0:
            raise ValidationError(_("Enter an amount above 0."))
        return self.cleaned_data["value"]

    def clean_year(self) -> int:
        """Refuse a year of which no lunar calendar is known."""
        year: int = self.cleaned_data["year"]
        try:
            months_of(year)
        except ValueError as error:
            raise ValidationError(_("Choose a year from 2020 to 2049.")) from error
        return year


class FillForm(forms.Form):
    """Who gets a gift."""

    grades = forms.MultipleChoiceField(
        label=gettext_lazy("Only owners of these grades"),
        choices=[(grade, grade) for grade in "ABCDE"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all owners of the project."),
    )


class PlanForm(forms.Form):
    """The plan of a project and year."""

    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    aim = forms.CharField(label=gettext_lazy("Aim of the year"), max_length=300, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]


class ActivityForm(forms.Form):
    """An activity of a plan."""

    title = forms.CharField(label=pgettext_lazy("care plan", "Activity"), max_length=120)
    planned_on = forms.DateField(label=gettext_lazy("Planned for"), widget=day_input())
    budget = forms.DecimalField(label=gettext_lazy("Budget (yuan)"), min_value=0, **MONEY)


class ActivityDoneForm(forms.Form):
    """What an activity cost and brought."""

    done_on = forms.DateField(label=gettext_lazy("Done on"), widget=day_input())
    spent = forms.DecimalField(label=gettext_lazy("Cost (yuan)"), min_value=0, **MONEY)
    result = forms.CharField(label=gettext_lazy("What it brought"), max_length=500)


class FundForm(forms.Form):
    """The project whose fund is opened."""

    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.objects.visible_to(user).filter(care_fund=None)
        self.fields["project"].queryset = rows  # type: ignore[attr-defined]


class DepositForm(forms.Form):
    """Money paid into a fund."""

    amount = forms.DecimalField(label=gettext_lazy("Amount (yuan)"), min_value=0, **MONEY)
    note = forms.CharField(label=gettext_lazy("Where it comes from"), max_length=300)


class ProposalForm(forms.Form):
    """A proposal of a fund."""

    title = forms.CharField(label=gettext_lazy("What is renewed"), max_length=120)
    amount = forms.DecimalField(label=gettext_lazy("Amount (yuan)"), min_value=0, **MONEY)
    before = _long(gettext_lazy("How it is now"))
    votes_for = forms.IntegerField(
        label=gettext_lazy("Owners in favour"), min_value=0, max_value=1_000_000
    )
    votes_against = forms.IntegerField(
        label=gettext_lazy("Owners against"), min_value=0, max_value=1_000_000
    )

    def given(self) -> Proposed:
        """Return the valid form as the service takes it."""
        return Proposed(**self.cleaned_data)


class AfterForm(forms.Form):
    """How it is after a renewal."""

    after = _long(gettext_lazy("How it is afterwards"))


class IssueForm(OfProjectForm):
    """An issue of the newsletter."""

    class Meta:
        model = CareIssue
        fields = ("project", "number", "title", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["project"].disabled = True


class GroupForm(OfProjectForm):
    """A community group."""

    class Meta:
        model = CommunityGroup
        fields = ("project", "name", "leader", "members")


class EventForm(OfProjectForm):
    """An event."""

    starts_at = MomentField(label=gettext_lazy("Begins"))
    ends_at = MomentField(label=gettext_lazy("Ends"))
    capacity = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=10_000)

    class Meta:
        model = CareEvent
        fields = (
            "project",
            "kind",
            "group",
            "title",
            "place",
            "starts_at",
            "ends_at",
            "capacity",
            "safety",
            "budget",
        )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        groups = CommunityGroup.objects.visible_to(user).filter(is_active=True)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["safety"].widget.attrs["rows"] = 3
        if self.instance.pk:
            self.fields["project"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning, a group of another project, too few places."""
        data = super().clean() or {}
        starts, ends, group = data.get("starts_at"), data.get("ends_at"), data.get("group")
        if starts and ends and ends <= starts:
            raise ValidationError({"ends_at": _("It ends after it begins.")})
        if group and data.get("project") and group.project_id != data["project"].pk:
            raise ValidationError({"group": _("This group belongs to another project.")})
        if data.get("capacity") and data["capacity"] < self.instance.taken:
            raise ValidationError({"capacity": _("More people than that are on the list.")})
        if data.get("budget") is not None and data["budget"] < 0:
            raise ValidationError({"budget": _("Enter an amount of 0 or more.")})
        return data


class SignUpForm(forms.Form):
    """Who comes to an event."""

    customer = CustomerField(label=gettext_lazy("Customer"))
    people = forms.IntegerField(
        label=gettext_lazy("People"), min_value=1, max_value=MOST_PEOPLE, initial=1
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


class OpinionForm(forms.Form):
    """What a guest thought and asked."""

    score = forms.IntegerField(
        label=gettext_lazy("Points from 1 to 10"), min_value=1, max_value=10, required=False
    )
    question = forms.CharField(
        label=gettext_lazy("Question or wish"), max_length=300, required=False
    )
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=300, required=False)


class CloseForm(forms.Form):
    """What an event cost and brought."""

    cost = forms.DecimalField(label=gettext_lazy("Cost (yuan)"), min_value=0, **MONEY)
    leads = forms.IntegerField(
        label=gettext_lazy("Enquiries it brought"), min_value=0, max_value=10_000, initial=0
    )
    summary = _long(gettext_lazy("What it brought"))


def occasion_of(form: OccasionForm, *, project_id: int, by: Any) -> CareOccasion:
    """Return the occasion of a valid form, unsaved."""
    return CareOccasion(project_id=project_id, created_by=by, **form.cleaned_data)
