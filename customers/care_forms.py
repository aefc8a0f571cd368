"""What people type about meetings, upkeep, tasks by hand and playbooks."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.calendars.rules.states import Basis
from crm_site.staff.models import User
from customers import choices
from customers.filters import visible_owners
from customers.forms import MomentField
from customers.models import Customer, Meeting, Playbook, UpkeepPlan
from customers.pickers import CustomerField, is_key
from customers.rules.axes import TaskKind
from customers.rules.meetings import MeetingKind
from customers.rules.playbooks import (
    LONGEST_OFFSET,
    LONGEST_TITLE,
    MOST_MONTHS,
    MOST_STEPS,
    StepRole,
)
from customers.services.meetings import Action, Held, MeetingEntry
from customers.services.tasks import TaskEntry

OFFERED = 30
ROLES = [
    (StepRole.OWNER.value, gettext_lazy("Consultant")),
    (StepRole.BACKUP.value, gettext_lazy("Backup")),
    (StepRole.SUPERVISOR.value, gettext_lazy("Supervisor")),
    (StepRole.SPECIALIST.value, gettext_lazy("Customer specialist")),
]
BASES = [
    (Basis.NATURAL.value, pgettext_lazy("hours", "Natural hours")),
    (Basis.WORKING.value, pgettext_lazy("hours", "Working hours")),
]


def doers(user: User) -> Any:
    """Return those whom ``user`` may give something to do: oneself, and sellers in reach."""
    sellers = visible_owners(SimpleNamespace(user=user)).values("pk")
    if not user.has_perm("customers.view_team_work"):
        return User.objects.filter(pk=user.pk)
    return User.objects.filter(Q(pk__in=sellers) | Q(pk=user.pk))


class MeetingForm(forms.Form):
    """A meeting or visit: what, with whom, when, where.

    Guests are offered by name: those chosen, those the search finds, the latest of one's own.
    """

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=choices.MEETINGS_BY_HAND,
    )
    title = forms.CharField(label=gettext_lazy("What it is about"), max_length=120)
    starts_at = MomentField(label=gettext_lazy("From"))
    ends_at = MomentField(label=gettext_lazy("Until"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120, required=False)
    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Consultant"), queryset=None, empty_label=None
    )
    guests: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Customers invited"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, find: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = doers(user)  # type: ignore[attr-defined]
        self.fields["owner"].initial = user.pk
        visible = Customer.objects.visible_to(user)
        guests: Any = self.fields["guests"]
        guests.queryset = visible
        guests.choices = [
            (customer.pk, customer.name)
            for customer in _offered(visible, user, self._chosen(), find)
        ]

    def _chosen(self) -> list[int]:
        if self.is_bound:
            given = self.data.getlist("guests") if hasattr(self.data, "getlist") else []
        else:
            given = self.initial.get("guests", [])
        return [int(pk) for pk in given if is_key(str(pk))][:200]

    def entry(self, kind: str = "") -> MeetingEntry:
        """Return the valid form as the service takes it; ``kind`` keeps that of upkeep."""
        data = self.cleaned_data
        return MeetingEntry(
            kind=MeetingKind(kind or data["kind"]),
            title=data["title"],
            owner=data["owner"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            place=data["place"],
            guests=list(data["guests"]),
        )

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        """Return what the form of a planned meeting starts with."""
        names = ("kind", "title", "starts_at", "ends_at", "place", "owner")
        values = {name: getattr(meeting, name) for name in names}
        return values | {"guests": list(meeting.guests.values_list("customer", flat=True))}


def _offered(visible: Any, user: User, chosen: list[int], find: str) -> list[Customer]:
    rows = list(visible.filter(pk__in=chosen).order_by("sort_key").only("name"))
    if find.strip():
        rows += visible.search(find).order_by("sort_key").only("name")[:OFFERED]
    else:
        own = visible.owned_by(user).order_by("-updated_at")
        rows += own.only("name")[:OFFERED]
    return list({customer.pk: customer for customer in rows}.values())


class HoldForm(forms.Form):
    """What came of a meeting: who came of the guests one sees, minutes, result."""

    attended = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who came"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minutes_text = forms.CharField(
        label=gettext_lazy("Minutes"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    result = forms.CharField(label=gettext_lazy("Result"), max_length=300, required=False)

    def __init__(self, *args: Any, guests: Sequence[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guests = list(guests)
        names = [(customer.pk, customer.name) for customer in self.guests]
        self.fields["attended"].choices = names  # type: ignore[attr-defined]

    def held(self, actions: list[Action]) -> Held:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Held(
            minutes_text=data["minutes_text"],
            result=data["result"],
            attended=set(data["attended"]),
            actions=actions,
        )


class ActionForm(forms.Form):
    """One action agreed on; an empty line is no action."""

    title = forms.CharField(label=gettext_lazy("Action"), max_length=200, required=False)
    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Who"), queryset=None, required=False, empty_label=None
    )
    due_at = MomentField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = doers(user)  # type: ignore[attr-defined]
        self.fields["owner"].initial = user.pk
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Ask for a coming time where there is an action."""
        data = super().clean() or {}
        due_at = data.get("due_at")
        if not data.get("title"):
            return data
        if "due_at" not in self.errors and (due_at is None or due_at <= timezone.now()):
            self.add_error("due_at", _("Choose a time later than now."))
        return data

    def action(self) -> Action | None:
        """Return the action, ``None`` for an empty line."""
        data = self.cleaned_data
        if not data.get("title"):
            return None
        return Action(
            title=data["title"], owner=data.get("owner") or self.user, due_at=data["due_at"]
        )


ActionFormSet = formset_factory(ActionForm, extra=3, max_num=10)


class CancelForm(forms.Form):
    """Why something is called off or stopped."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class UpkeepForm(forms.ModelForm):  # type: ignore[type-arg]
    """A plan of regular care: person, place, time and area are fixed (CUS-55)."""

    customer = CustomerField(
        label=gettext_lazy("Customer"),
        required=False,
        help_text=gettext_lazy("Empty: the round of an area, without one customer."),
    )

    class Meta:
        model = UpkeepPlan
        fields = (
            *("title", "customer", "person", "place", "area", "time_of_day", "minutes"),
            *("every_days", "starts_on", "ends_on", "is_active"),
        )
        widgets = {
            "time_of_day": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {
            "every_days": gettext_lazy("Every … days"),
            "minutes": gettext_lazy("Length in minutes"),
        }
        help_texts = {
            "every_days": "",
            "minutes": "",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]
        self.fields["person"].queryset = doers(user)  # type: ignore[attr-defined]
        self.fields["every_days"].widget.attrs["min"] = 1
        self.fields["minutes"].widget.attrs["min"] = 5

    def clean_every_days(self) -> int:
        """Refuse a plan that never repeats."""
        return _at_least(self.cleaned_data["every_days"], 1)

    def clean_minutes(self) -> int:
        """Refuse a visit shorter than five minutes."""
        return _at_least(self.cleaned_data["minutes"], 5)

    def _post_clean(self) -> None:
        """Leave the instance to the service, which writes it."""


def _at_least(value: int, low: int) -> int:
    if value < low:
        raise forms.ValidationError(_("At least %(low)s.") % {"low": low})
    return value


class TaskForm(forms.Form):
    """A task somebody writes down by hand."""

    title = forms.CharField(label=gettext_lazy("What to do"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=choices.TASK_KINDS)
    due_at = MomentField(label=gettext_lazy("Due"))
    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Responsible"), queryset=None, empty_label=None
    )
    customer = CustomerField(
        label=gettext_lazy("Customer"),
        required=False,
        help_text=gettext_lazy("Search by name, pinyin initials, phone or its last four digits."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = doers(user)  # type: ignore[attr-defined]
        self.fields["owner"].initial = user.pk
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]

    def entry(self) -> TaskEntry:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return TaskEntry(
            title=data["title"],
            kind=TaskKind(data["kind"]),
            due_at=data["due_at"],
            owner=data["owner"],
            customer=data["customer"],
        )


class PlaybookForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, trigger and use of a playbook."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Playbook
        fields = ("name", "trigger", "is_active")


class StepForm(forms.Form):
    """One step of a playbook; a line without a title is left out."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    title = forms.CharField(
        label=gettext_lazy("What to do"), max_length=LONGEST_TITLE, required=False
    )
    offset_months = forms.IntegerField(
        label=gettext_lazy("Due after (months)"),
        min_value=0,
        max_value=MOST_MONTHS,
        required=False,
    )
    offset_hours = forms.IntegerField(
        label=gettext_lazy("Due after (hours)"),
        min_value=0,
        max_value=LONGEST_OFFSET,
        initial=24,
    )
    basis = forms.ChoiceField(label=gettext_lazy("Hours"), choices=BASES)
    role = forms.ChoiceField(label=gettext_lazy("Who"), choices=ROLES)
    task_kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=choices.TASK_KINDS)
    gate = forms.BooleanField(label=gettext_lazy("Later steps wait for it"), required=False)


class _Steps(BaseFormSet):  # type: ignore[type-arg]
    def steps(self) -> list[dict[str, Any]]:
        """Return the lines with a title, each with its key; new ones get a free one."""
        lines = [dict(form.cleaned_data) for form in self.forms if form.cleaned_data.get("title")]
        taken = {line["key"] for line in lines if line["key"]}
        free = (f"step-{n}" for n in range(1, 1000))
        for line in lines:
            line["key"] = line["key"] or next(key for key in free if key not in taken)
            line["offset_months"] = line["offset_months"] or 0
        return lines


StepFormSet = formset_factory(StepForm, formset=_Steps, extra=3, max_num=MOST_STEPS)


class StartForm(forms.Form):
    """The playbook that is started by hand."""

    playbook: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Playbook"),
        queryset=Playbook.objects.filter(is_active=True),
        empty_label=None,
    )
