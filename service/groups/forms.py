"""What people type about groups and crises."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from customers.models.project import Project
from customers.property.forms import day_input
from service.groups import choices
from service.groups.rules.crisis import Entry
from service.groups.services.crisis import COMMAND
from service.groups.services.showing import leaders_of
from service.tickets.models import Ticket

WRITTEN = [pair for pair in choices.ENTRIES if pair[0] != Entry.STEP.value]


def _area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class AcceptForm(forms.Form):
    """The matter of a group in a few words."""

    subject = forms.CharField(label=_("The common matter"), max_length=120)


class ReasonForm(forms.Form):
    """Why complaints are no group."""

    reason = forms.CharField(
        label=_("Why it is no group"),
        max_length=300,
        widget=_area(2),
        help_text=_("They are suggested again only when twice as many have come in."),
    )


class PlanForm(forms.Form):
    """The common plan of a group."""

    text = forms.CharField(label=_("Common plan"), max_length=4000, widget=_area(8))


class StepForm(forms.Form):
    """A line of the progress board."""

    title = forms.CharField(label=_("Step"), max_length=120)
    due_on = forms.DateField(label=_("Until"), required=False, widget=day_input())


class AnswerForm(forms.Form):
    """One answer to every member."""

    text = forms.CharField(
        label=_("Answer to all members"),
        max_length=4000,
        widget=_area(8),
        help_text=_("It becomes the solution of every open member, each on its own ticket."),
    )


class RoomForm(forms.Form):
    """A crisis as it is opened."""

    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        label=_("Project"), queryset=None
    )
    subject = forms.CharField(label=pgettext_lazy("ticket", "Subject"), max_length=120)
    body = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"), max_length=4000, widget=_area()
    )
    level = forms.TypedChoiceField(label=_("Level"), choices=choices.LEVELS, coerce=int)
    is_drill = forms.BooleanField(
        label=_("This is a drill"),
        required=False,
        help_text=_("People are told that it is one; nothing can go out."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]


class LevelForm(forms.Form):
    """Another level."""

    level = forms.TypedChoiceField(label=_("Level"), choices=choices.LEVELS, coerce=int)


class DutyForm(forms.Form):
    """Who does what from now on."""

    duty = forms.ChoiceField(label=_("Duty"), choices=choices.DUTIES)
    user = forms.ModelChoiceField(
        label=pgettext_lazy("crisis", "Who"), queryset=User.objects.none()
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [person.pk for person in leaders_of(project, "service.view_groups")]
        people += [person.pk for person in leaders_of(project, COMMAND)]
        self.fields["user"].queryset = User.objects.filter(pk__in=people).order_by(  # type: ignore[attr-defined]
            "name", "pk"
        )


class EntryForm(forms.Form):
    """A line of the log."""

    kind = forms.ChoiceField(label=_("Kind"), choices=WRITTEN)
    text = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"), max_length=2000, widget=_area()
    )


class StatementForm(forms.Form):
    """Words for the outside."""

    audience = forms.CharField(label=_("To whom"), max_length=80)
    text = forms.CharField(label=_("Words"), max_length=4000, widget=_area(8))


class DecisionForm(forms.Form):
    """Whether words may go out."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("approve", _("Approve")), ("back", _("Send back"))]
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Needed when the words go back: what has to change."),
    )


class ReviewForm(forms.Form):
    """The closing review."""

    lessons = forms.CharField(label=_("What we learn from it"), max_length=4000, widget=_area(8))


def found_subject(ticket: Ticket) -> dict[str, str]:
    """Return what the form of a group formed from one ticket starts with."""
    return {"subject": ticket.subject}


def room_of(about: Ticket | None) -> dict[str, Any]:
    """Return what the form of a crisis about a group complaint starts with."""
    if about is None:
        return {}
    return {"project": about.project_id, "subject": about.subject, "body": about.plan}
