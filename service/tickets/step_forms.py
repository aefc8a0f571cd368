"""The forms of the steps of a ticket; each carries the words its state needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.common.files import PAPERS, take_paper
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from service.tickets import choices
from service.tickets.drafts import TicketDraft
from service.tickets.forms import OPENED_BY_HAND, KindlessCategoryField, classes_of
from service.tickets.models import Ticket
from service.tickets.rules import Axis
from service.tickets.services.calling_back import Rating
from service.tickets.services.giving import TaskPlan
from service.tickets.services.steps import Classing

MEGABYTES = 20
FEELINGS = [
    (5, gettext_lazy("5 very pleasant")),
    (4, gettext_lazy("4 pleasant")),
    (3, gettext_lazy("3 neither")),
    (2, gettext_lazy("2 unpleasant")),
    (1, gettext_lazy("1 very unpleasant")),
]


def long_text(rows: int = 4) -> forms.Textarea:
    """Return a box for several lines."""
    return forms.Textarea(attrs={"rows": rows})


def moment_input() -> forms.DateTimeInput:
    """Return the browser's own control for a moment."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class StepForm(forms.Form):
    """What every step takes: the ticket it is for and who takes it."""

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket, self.user = ticket, user


class ClassifyForm(StepForm):
    """The class of a ticket; there is none without a class (SVC-28)."""

    category = KindlessCategoryField(label=pgettext_lazy("ticket", "Class"), queryset=None)
    cause = KindlessCategoryField(label=gettext_lazy("Cause"), queryset=None, required=False)
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=choices.URGENCIES)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=choices.SEVERITIES)

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        names = ("category", "cause", "urgency", "severity")
        initial = {name: getattr(ticket, name) for name in names}
        super().__init__(*args, ticket=ticket, user=user, initial=initial, **kwargs)
        fields: Any = self.fields
        fields["category"].queryset = classes_of(Axis.OBJECT, ticket.kind)
        fields["cause"].queryset = classes_of(Axis.CAUSE, ticket.kind)

    def given(self) -> Classing:
        """Return the valid form as the service takes it."""
        return Classing(**self.cleaned_data)


class NoteForm(StepForm):
    """Words that go with a step, if there are any."""

    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=long_text()
    )


class ReasonForm(StepForm):
    """Words without which the step is not taken."""

    note = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=long_text())


class PlanForm(StepForm):
    """The plan agreed with the customer."""

    plan = forms.CharField(
        label=gettext_lazy("Plan agreed with the customer"), max_length=4000, widget=long_text(6)
    )

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        initial = {"plan": ticket.plan}
        super().__init__(*args, ticket=ticket, user=user, initial=initial, **kwargs)


class ReplyForm(StepForm):
    """The solution as the customer was told it."""

    solution = forms.CharField(
        label=gettext_lazy("Solution the customer was told"), max_length=4000, widget=long_text(6)
    )
    repeated = forms.BooleanField(label=gettext_lazy("Send the same words again"), required=False)

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        usual = ticket.category.answer if ticket.category else ""
        initial = {"solution": ticket.solution or usual}
        super().__init__(*args, ticket=ticket, user=user, initial=initial, **kwargs)


class AnswerForm(StepForm):
    """What the customer said to it."""

    answer = forms.ChoiceField(
        label=gettext_lazy("The customer"), choices=choices.ANSWERS, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("In the customer's words"),
        max_length=2000,
        required=False,
        widget=long_text(),
    )


class CallbackForm(StepForm):
    """Solved and pleasant, rated apart (SVC-32)."""

    solved = forms.ChoiceField(
        label=gettext_lazy("Is the problem solved?"),
        choices=choices.SOLVED,
        widget=forms.RadioSelect,
    )
    pleasant = forms.TypedChoiceField(
        label=gettext_lazy("How was it to deal with us?"),
        choices=FEELINGS,
        coerce=int,
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=gettext_lazy("How"), choices=choices.CALLBACKS)
    words = forms.CharField(
        label=pgettext_lazy("callback", "What the customer said"),
        max_length=2000,
        required=False,
        widget=long_text(),
    )

    def rating(self) -> Rating:
        """Return the valid form as the service takes it."""
        return Rating(**self.cleaned_data)


class TransferForm(StepForm):
    """Who is asked to take the ticket, and why."""

    taker: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Offer it to"), queryset=None
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        super().__init__(*args, ticket=ticket, user=user, **kwargs)
        fields: Any = self.fields
        fields["taker"].queryset = handlers_near(ticket).exclude(pk=ticket.handler_id)


class TaskForm(StepForm):
    """A sub-task for a department."""

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=200)
    department = forms.ChoiceField(label=gettext_lazy("Department"), choices=choices.DEPARTMENTS)
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Who there"), queryset=None, required=False
    )
    due_at = forms.DateTimeField(label=gettext_lazy("Due"), widget=moment_input())

    def __init__(self, *args: Any, ticket: Ticket, user: User, **kwargs: Any) -> None:
        super().__init__(*args, ticket=ticket, user=user, **kwargs)
        fields: Any = self.fields
        fields["owner"].queryset = readers_near(ticket)

    def plan(self) -> TaskPlan:
        """Return the valid form as the service takes it."""
        return TaskPlan(**self.cleaned_data)


class ResultForm(forms.Form):
    """What came of a sub-task."""

    result = forms.CharField(label=gettext_lazy("Result"), max_length=2000, widget=long_text())
    is_dropped = forms.BooleanField(
        label=gettext_lazy("No longer needed, it was not done"), required=False
    )


class DirectForm(StepForm):
    """A directive of head office."""

    text = forms.CharField(label=gettext_lazy("Directive"), max_length=2000, widget=long_text())
    due_at = forms.DateTimeField(label=gettext_lazy("To be answered by"), widget=moment_input())


class DirectiveAnswerForm(forms.Form):
    """The answer to a directive."""

    answer = forms.CharField(
        label=gettext_lazy("What was done"), max_length=2000, widget=long_text()
    )


class OtherForm(StepForm):
    """Another ticket, by its number."""

    number = forms.CharField(label=gettext_lazy("Number of the other ticket"), max_length=24)

    def clean_number(self) -> Ticket:
        """Return the ticket of that number that the person sees."""
        text = self.cleaned_data["number"].strip()
        found: Ticket | None = (
            Ticket.objects.visible_to(self.user).filter(number__iexact=text).first()
        )
        if found is None:
            raise forms.ValidationError(
                gettext_lazy("No ticket of this number in your area. Copy it from the list.")
            )
        return found


class SplitForm(StepForm):
    """What becomes a ticket of its own."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=OPENED_BY_HAND)
    subject = forms.CharField(label=pgettext_lazy("ticket", "Subject"), max_length=120)
    body = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"),
        max_length=4000,
        required=False,
        widget=long_text(),
    )

    def draft(self) -> TicketDraft:
        """Return the valid form as the service takes it; the rest comes from the ticket."""
        return TicketDraft(
            project=self.ticket.project, channel=self.ticket.channel, **self.cleaned_data
        )


class PaperForm(StepForm):
    """A file for a ticket."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.ClearableFileInput(attrs={"accept": PAPERS}),
        help_text=gettext_lazy("PDF, Word, Excel, PowerPoint or a photo, 20 MB at most."),
    )
    label = forms.CharField(label=gettext_lazy("What it is"), max_length=80, required=False)

    def clean_file(self) -> Any:
        """Return what may be kept of the upload."""
        return take_paper(self.cleaned_data["file"], limit=MEGABYTES << 20)


def staff_near(ticket: Ticket) -> Any:
    """Return the active staff of the project of a ticket and of its region."""
    node = ticket.project.node
    people = User.objects.filter(is_active=True, node__region=node.region_id)
    other_project = people.exclude(node__project=None).exclude(node__project=node.pk)
    return people.exclude(pk__in=other_project.values("pk")).order_by("name", "pk")


def handlers_near(ticket: Ticket) -> Any:
    """Return those near a ticket whose role handles tickets."""
    return _near_with(ticket, "service.work_tickets")


def readers_near(ticket: Ticket) -> Any:
    """Return those near a ticket whose role can open it."""
    return _near_with(ticket, "service.view_tickets")


def _near_with(ticket: Ticket, right: str) -> Any:
    roles = [key for key, role in ROLES.items() if right in role.may]
    return staff_near(ticket).filter(role__in=roles)
