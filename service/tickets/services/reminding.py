"""Telling who is late with a sub-task or with the answer to a directive, each once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from service.tickets.models import Ticket, TicketDirective, TicketTask
from service.tickets.querysets import OPEN
from service.tickets.services.transferring import leads_of

TASK_LATE: Final = "ticket.task_late"
DIRECTIVE_LATE: Final = "ticket.directive_late"
LOOKS_BACK = timedelta(days=2)  # an outage of two days loses no reminder


def remind_late(*, now: datetime) -> int:
    """Tell the owner of a late sub-task and who answers for its ticket, and for a late directive.

    Those who lead the desk hear of late directives and of late sub-tasks without an owner. Return
    how many are late; again within two days nobody is told twice (SVC-33, SVC-34).
    """
    late = {"due_at__lt": now, "due_at__gte": now - LOOKS_BACK, "ticket__state__in": OPEN}
    people = ("ticket__handler", "ticket__first_responder", "ticket__project__node")
    tasks = TicketTask.objects.open().filter(**late).select_related("owner", *people)
    directives = TicketDirective.objects.filter(answered_at=None, **late).select_related(*people)
    messages: list[Outgoing] = []
    for task in tasks:
        told = [task.owner, task.ticket.responsible] if task.owner else _in_charge(task.ticket)
        key = f"{TASK_LATE}:{task.pk}"
        messages += _notes(TASK_LATE, key, task.ticket, told, title=task.title)
    for directive in directives:
        key = f"{DIRECTIVE_LATE}:{directive.pk}"
        messages += _notes(DIRECTIVE_LATE, key, directive.ticket, _in_charge(directive.ticket))
    send_many(messages, now=now)
    return len(tasks) + len(directives)


def _in_charge(ticket: Ticket) -> list[User | None]:
    return [ticket.responsible, *leads_of(ticket)]


def _notes(
    kind: str, key: str, ticket: Ticket, people: Iterable[User | None], **more: str
) -> list[Outgoing]:
    told = {person.pk: person for person in people if person is not None and person.is_active}
    params = {"number": ticket.number, **more}
    return [
        Outgoing(
            kind=kind,
            recipient=person,
            key=f"{key}:{pk}",
            params=params,
            subject=("ticket", ticket.pk),
        )
        for pk, person in told.items()
    ]
