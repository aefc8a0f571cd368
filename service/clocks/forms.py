"""The questions of the report pages, an answer noted for the clocks, a measure on a concern."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from customers.models import Project
from service.clocks.choices import CLOCKS
from service.clocks.models import ConcernMeasure
from service.clocks.rules.months import begins, month_of
from service.clocks.selectors.timeliness import Ask, month_choices
from service.tickets.choices import KINDS

ANY_KIND = [("", pgettext_lazy("ticket", "All kinds"))]


class AskForm(forms.Form):
    """A month, a kind of tickets, a clock and a project; what is left out has its usual value."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*ANY_KIND, *KINDS])
    clock = forms.ChoiceField(label=_("Time limit"), required=False, choices=CLOCKS)
    project = forms.ModelChoiceField(
        label=_("Project"), required=False, queryset=Project.objects.none(), empty_label=_("All")
    )

    def __init__(self, data: Any, *, user: User, now: dt.datetime) -> None:
        self.now = now
        usual = {"month": f"{month_of(now):%Y-%m}", "kind": "complaint", "clock": "closure"}
        asked = {key: data.get(key, usual.get(key, "")) for key in (*usual, "project")}
        super().__init__(asked)
        self.fields["month"].choices = month_choices(now)  # type: ignore[attr-defined]
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def ask(self) -> Ask:
        """Return the question; a form that is not valid asks for this month's complaints."""
        if not self.is_valid():
            return Ask(month_of(self.now))
        said = self.cleaned_data
        year, month = (said["month"] or f"{month_of(self.now):%Y-%m}").split("-")
        project = said["project"]
        return Ask(
            dt.date(int(year), int(month), 1),
            said["kind"],
            said["clock"] or "closure",
            project.pk if project else None,
        )


class AnswerForm(forms.Form):
    """What the customer was told; with a next step it is a substantive follow-up (CUS-40)."""

    note = forms.CharField(
        label=_("What the customer was told"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_step = forms.CharField(
        label=_("Next step"),
        max_length=300,
        required=False,
        help_text=_("With a next step it counts as a substantive follow-up."),
    )


class MeasureForm(forms.ModelForm):  # type: ignore[type-arg]
    """A measure with who does it by when, or the decision that nothing more is done."""

    class Meta:
        model = ConcernMeasure
        fields = ["kind", "text", "owner", "due_on"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "due_on": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, month: dt.date, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.month = month
        people = User.objects.filter(is_active=True, role__in=OWNERS).order_by("name")
        if user.node is not None and user.node.region_id:
            people = people.filter(node__region=user.node.region_id)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say what a measure needs besides its words."""
        said = super().clean() or {}
        if said.get("kind") != "measure":
            return said
        if not said.get("owner"):
            self.add_error("owner", _("Name who carries the measure out."))
        due_on = said.get("due_on")
        if not due_on:
            self.add_error("due_on", _("Give the day by which it is done."))
        elif due_on < begins(self.month).date():
            self.add_error("due_on", _("Give a day after the month began."))
        return said


OWNERS = ("service_manager", "specialist", "supervisor", "engineering", "marketing", "executive")
