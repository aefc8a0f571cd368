"""Whom a reminder or an escalation of a ticket is for, and the message it becomes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_site.outbox.services import Outgoing
from crm_site.staff.models import OrgNode, User
from customers.rules.reminders import BREACH, Audience, Step
from service.clocks import words
from service.clocks.models import TicketClock
from service.tickets.models import Ticket

HEADS = ("service_manager",)
MANAGERS = ("executive",)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """The people above the tickets of a batch, read with one query."""

    people: dict[int, list[User]] = field(default_factory=dict)

    @classmethod
    def above(cls, nodes: Iterable[OrgNode]) -> "DeskLine":
        """Return those who lead the service desk at the given places or above them."""
        wanted = {pk for node in nodes for pk in levels(node)}
        found: dict[int, list[User]] = {}
        roles = (*HEADS, *MANAGERS)
        for user in User.objects.filter(is_active=True, role__in=roles, node__in=wanted):
            found.setdefault(user.node_id or 0, []).append(user)
        return cls(found)

    def heads(self, node: OrgNode) -> list[User]:
        """Return who leads the service desk at the nearest level, else the management."""
        return self._nearest(node, HEADS) or self._nearest(node, MANAGERS)

    def told(self, ticket: Ticket, to: Audience) -> list[User]:
        """Return who is told; where nobody is in charge the next level is, at last the owner."""
        owner = owner_of(ticket)
        alone = [owner] if owner is not None else []
        node = ticket.project.node
        if to is Audience.OWNER and alone:
            return alone
        if to is Audience.MANAGER:
            return self._nearest(node, MANAGERS) or self._nearest(node, HEADS) or alone
        return [user for user in self.heads(node) if user != owner] or alone

    def _nearest(self, node: OrgNode, roles: Sequence[str]) -> list[User]:
        for level in levels(node):
            found = [user for user in self.people.get(level, ()) if user.role in roles]
            if found:
                return found
        return []


def levels(node: OrgNode) -> list[int]:
    """Return the places from a project upwards."""
    found = [node.pk, node.project_id, node.region_id, node.parent_id]
    return [pk for pk in dict.fromkeys(found) if pk]


def owner_of(ticket: Ticket) -> User | None:
    """Return who answers for the ticket now and still works here, if anybody."""
    for user in (ticket.handler, ticket.first_responder):
        if user is not None and user.is_active:
            return user
    return None


def clock_notices(row: TicketClock, steps: Iterable[Step], line: DeskLine) -> list[Outgoing]:
    """Return the messages for the steps of a clock; one per person told."""
    ticket = row.ticket
    owner = owner_of(ticket)
    params = {
        "number": ticket.number,
        "clock": row.kind,
        "due": row.due_at.isoformat(),
        "owner": owner.name if owner else "",
    }
    return [
        Outgoing(
            kind=_kind(step),
            recipient=person,
            key=f"ticket_clock:{row.pk}:{row.target}:{step.name}:{person.pk}",
            params={**params, "percent": step.name.removeprefix("remind-")},
            subject=("ticket", ticket.pk),
        )
        for step in steps
        for person in line.told(ticket, step.to)
    ]


def _kind(step: Step) -> str:
    if step.to is Audience.OWNER:
        return words.REMINDER
    return words.BREACHED if step.name == BREACH else words.ESCALATED
