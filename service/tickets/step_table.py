"""The steps a person can take with a ticket: label, form, what runs, when it is offered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.staff.models import User
from service.tickets import step_forms as forms
from service.tickets.models import Ticket
from service.tickets.rules import TicketState, may_move, next_state
from service.tickets.services import steps
from service.tickets.services.calling_back import ALLOWED, record_callback
from service.tickets.services.moving import move_ticket
from service.tickets.services.waiting import customer_answered, wait_for_customer

S = TicketState
Run = Callable[[Any, Ticket, User, datetime], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its words, its form, what it runs, the state it leads to, the right it needs."""

    key: str
    label: str | Promise
    form: type[forms.StepForm]
    run: Run
    to: str = ""
    right: str = "service.work_tickets"
    icon: str = "go"


def _move(to: TicketState) -> Run:
    def run(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
        return move_ticket(ticket, to, actor=user, now=now, note=form.cleaned_data["note"])

    return run


def _classify(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    return steps.classify(ticket, given=form.given(), actor=user, now=now)


def _take(_form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    return steps.take_over(ticket, actor=user, now=now)


def _plan(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    return steps.agree_plan(ticket, plan=form.cleaned_data["plan"], actor=user, now=now)


def _reply(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    words = form.cleaned_data["solution"]
    if steps.is_repeated(ticket, words) and not form.cleaned_data["repeated"]:
        message = _("The customer was told these very words before. Say more, or tick below.")
        raise ValidationError({"solution": message})
    return steps.reply(ticket, solution=words, actor=user, now=now)


def _answer(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    found = form.cleaned_data
    return steps.take_answer(
        ticket, answer=found["answer"], note=found["note"], actor=user, now=now
    )


def _callback(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    return record_callback(ticket, rating=form.rating(), actor=user, now=now)


def _wait(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    return wait_for_customer(ticket, actor=user, now=now, note=form.cleaned_data["note"])


def _resume(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    return customer_answered(ticket, actor=user, now=now, note=form.cleaned_data["note"])


def _note(form: Any, ticket: Ticket, user: User, now: datetime) -> object:
    return steps.add_note(ticket, note=form.cleaned_data["note"], actor=user, now=now)


STEPS: dict[str, Step] = {
    step.key: step
    for step in (
        Step(
            "classify",
            gettext_lazy("Classify"),
            forms.ClassifyForm,
            _classify,
            S.CLASSIFIED,
            icon="tag",
        ),
        Step("take", gettext_lazy("Take it on"), forms.NoteForm, _take, S.ASSIGNED, icon="check"),
        Step(
            "investigate",
            gettext_lazy("Begin to investigate"),
            forms.NoteForm,
            _move(S.INVESTIGATING),
            S.INVESTIGATING,
            icon="search",
        ),
        Step(
            "plan",
            gettext_lazy("Agree the plan"),
            forms.PlanForm,
            _plan,
            S.PLAN_AGREED,
            icon="today",
        ),
        Step(
            "execute",
            gettext_lazy("Begin to carry it out"),
            forms.NoteForm,
            _move(S.EXECUTING),
            S.EXECUTING,
            icon="go",
        ),
        Step(
            "reply",
            gettext_lazy("Tell the customer"),
            forms.ReplyForm,
            _reply,
            S.REPLIED,
            icon="msg",
        ),
        Step(
            "answer",
            gettext_lazy("Note the customer's answer"),
            forms.AnswerForm,
            _answer,
            S.CALLBACK,
            icon="headset",
        ),
        Step(
            "callback",
            pgettext_lazy("ticket step", "Call back"),
            forms.CallbackForm,
            _callback,
            icon="phone",
        ),
        Step(
            "close", gettext_lazy("Close"), forms.NoteForm, _move(S.CLOSED), S.CLOSED, icon="check"
        ),
        Step(
            "reopen",
            gettext_lazy("Reopen"),
            forms.ReasonForm,
            _move(S.REOPENED),
            S.REOPENED,
            icon="refresh",
        ),
        Step(
            "cancel",
            pgettext_lazy("ticket", "Cancel the ticket"),
            forms.ReasonForm,
            _move(S.CANCELLED),
            S.CANCELLED,
            "service.lead_tickets",
            "x",
        ),
        Step("wait", gettext_lazy("Wait for the customer"), forms.NoteForm, _wait, icon="pause"),
        Step("resume", gettext_lazy("The customer answered"), forms.NoteForm, _resume, icon="go"),
        Step("note", gettext_lazy("Write a note"), forms.ReasonForm, _note, icon="edit"),
    )
}
BY_STATE = {
    S.CLASSIFIED: "classify",
    S.ASSIGNED: "take",
    S.INVESTIGATING: "investigate",
    S.PLAN_AGREED: "plan",
    S.EXECUTING: "execute",
    S.REPLIED: "reply",
    S.CALLBACK: "answer",
    S.CLOSED: "close",
    S.REOPENED: "reopen",
}


def main_step(ticket: Ticket, *, has_callback: bool) -> Step | None:
    """Return the one step that is next; ``has_callback``: called back since it last reopened."""
    if ticket.state == S.WAITING:
        return STEPS["resume"]
    if ticket.state == S.CALLBACK and not has_callback:
        return STEPS["callback"]
    if ticket.state == S.CLOSED:
        return STEPS["callback"] if not has_callback else STEPS["reopen"]
    if not ticket.is_open:
        return None
    after = next_state(ticket.kind, ticket.state)
    return None if after is None else STEPS[BY_STATE[after]]


def offered_steps(ticket: Ticket, user: User, *, main: Step | None) -> list[Step]:
    """Return the other steps ``user`` may take now, in order."""
    found = [
        step
        for step in STEPS.values()
        if step is not main and user.has_perm(step.right) and is_offered(step, ticket)
    ]
    return found


def is_offered(step: Step, ticket: Ticket) -> bool:
    """Return whether a step makes sense where the ticket is now."""
    if step.key == "note":
        return True
    if step.key == "resume":
        return ticket.state == S.WAITING
    if step.key == "wait":
        return ticket.is_open and ticket.state != S.WAITING
    if step.key == "callback":
        return ticket.state in ALLOWED
    if step.key == "classify":
        return ticket.is_open and ticket.state not in {S.WAITING, S.CALLBACK}
    if step.key == "answer":
        return ticket.told_at is not None and ticket.state == S.REPLIED
    if step.key == "take" and ticket.handler_id is None and ticket.is_open:
        return ticket.state != S.WAITING
    return may_move(ticket.kind, ticket.state, step.to)
