"""Writing down a callback: its three parts, what came of it, what follows (CUS-101, CUS-102)."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.winback.errors import WinbackError
from analytics.winback.models import ToolUse, WinbackCall, WinbackCase
from analytics.winback.policies import rules_at
from analytics.winback.rules.words import CALL_CHANNELS, CaseState, Said, Tool
from analytics.winback.services.calling import SOURCE, plan_callbacks, task_of
from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.rules.axes import Channel, Result
from customers.rules.text import clean_lines, clean_text
from customers.services.contact_stop import REFUSED, refuses_contact
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.tasks import complete_task

PARTS = ("problem", "need", "solution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What somebody writes down about one callback; ``next_at`` where it goes on."""

    channel: str
    reached: bool
    problem: str = ""
    need: str = ""
    solution: str = ""
    outcome: str = ""
    next_at: datetime | None = None
    note: str = ""


def locked_case(case_id: int) -> WinbackCase:
    """Return the case with its row held until the transaction ends."""
    rows = WinbackCase.objects.select_for_update(of=("self",))
    found: WinbackCase = rows.select_related(
        "customer__owner__node", "customer__backup", "alert"
    ).get(pk=case_id)
    return found


@transaction.atomic
def record_call(
    *, case: WinbackCase, called: Called, turn: int, actor: User, now: datetime
) -> WinbackCall:
    """Write the callback of the open turn, finish its task, plan the next, and return it.

    Raise ValidationError, by field, where one of the three parts, the outcome or the next date is
    missing; WinbackError without an open callback or for a customer who refuses contact;
    StaleError where the turn was written down by somebody else.
    """
    row = locked_case(case.pk)
    if row.turn != turn:
        raise StaleError(_("This callback was written down meanwhile. Reload the page."))
    task = task_of(row)
    if row.state != CaseState.OPEN or task is None:
        raise WinbackError(_("No callback is due on this case."))
    if refuses_contact(row.customer_id):
        raise WinbackError(str(REFUSED))
    clean = _checked(called, now)
    rules = rules_at(now)
    call = WinbackCall.objects.create(
        case=row, turn=row.turn, at=now, by=actor, **{name: clean[name] for name in clean}
    )
    complete_task(
        task=task, outcome=call.solution[:500] or call.note, actor=actor, now=now, through=SOURCE
    )
    ToolUse.objects.create(
        case=row, tool=Tool.CALLBACK.value, key=str(row.turn), cost=rules.call_cost, at=now
    )
    _log(row, call, actor, now)
    row.tries, row.worked_at, row.due_at = row.tries + 1, row.worked_at or now, None
    row.said = call.outcome or row.said
    if call.outcome == Said.LOST:
        row.state, row.closed_at = CaseState.DONE.value, now
    row.save()
    if row.state == CaseState.OPEN and call.outcome != Said.RECOVERED:
        plan_callbacks([row], rules=rules, now=now, at=call.next_at)
    record(
        kind="winback.called",
        actor=actor,
        subject=("customer", row.customer_id),
        facts={"case": row.pk, "channel": call.channel, "outcome": call.outcome or "not_reached"},
        now=now,
    )
    return call


def _checked(called: Called, now: datetime) -> dict[str, object]:
    """Return the columns of the callback; raise ValidationError by field."""
    errors: dict[str, str] = {}
    if called.channel not in CALL_CHANNELS:
        errors["channel"] = _("Choose phone, WeChat or home visit.")
    values: dict[str, object] = {"channel": called.channel, "reached": called.reached}
    values["note"] = clean_text(called.note)[:300]
    if called.reached:
        values |= _three_parts(called, now, errors)
    if errors:
        raise ValidationError(errors)  # type: ignore[arg-type]
    return values


def _three_parts(called: Called, now: datetime, errors: dict[str, str]) -> dict[str, object]:
    parts = {name: clean_lines(getattr(called, name)) for name in PARTS}
    for name, words in parts.items():
        if not words:
            errors[name] = _("All three parts belong to a callback.")
    if called.outcome not in {each.value for each in Said}:
        errors["outcome"] = _("Choose what came of it.")
    next_at = called.next_at if called.outcome == Said.PENDING else None
    if called.outcome == Said.PENDING and (next_at is None or next_at <= now):
        errors["next_at"] = _("A pending customer has a next contact, later than now.")
    return {**parts, "outcome": called.outcome, "next_at": next_at}


def _log(case: WinbackCase, call: WinbackCall, actor: User, now: datetime) -> None:
    """Write the talk into the customer's timeline, where every contact counts."""
    parts = [call.problem, call.need, call.solution, call.note]
    words = "\n".join(part for part in parts if part) or _("Callback in vain")
    log_interaction(
        customer=case.customer,
        entry=InteractionEntry(
            channel=Channel(call.channel),
            result=Result.REACHED if call.reached else Result.NO_ANSWER,
            content=words[:4000],
        ),
        actor=actor,
        now=now,
    )
