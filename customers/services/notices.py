"""Whom a reminder or an escalation is for, and the message it becomes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_site.outbox.services import Outgoing
from crm_site.staff.models import OrgNode, User
from customers import clock_messages as words
from customers.models import Customer, LeadClock, Task
from customers.rules.reminders import BREACH, Audience, Step

SUPERVISORS = ("supervisor",)
# The nearest level that has one is told: sales management first, else customer relations.
MANAGERS = ("executive", "service_manager")
# A message holds no phone number; somebody may have typed one into a name or a title.
DIGITS = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True)
class Line:
    """The people above everybody in a batch, read with one query (CUS-42)."""

    above_by_node: dict[int, list[User]] = field(default_factory=dict)

    @classmethod
    def above(cls, subjects: Iterable[User | Customer]) -> "Line":
        """Return the line above the given owners, or above customers nobody is responsible for."""
        wanted: set[int] = set()
        for subject in subjects:
            wanted.update(_levels(subject))
        people: dict[int, list[User]] = {}
        roles = (*SUPERVISORS, *MANAGERS)
        for user in User.objects.filter(is_active=True, role__in=roles, node__in=wanted):
            people.setdefault(user.node_id or 0, []).append(user)
        return cls(people)

    def told(self, subject: User | Customer, to: Audience) -> list[User]:
        """Return who is told: where a level is empty the next one up, at last the owner."""
        owner = subject if isinstance(subject, User) and subject.is_active else None
        if to is Audience.OWNER and owner is not None:
            return [owner]
        supervisors, managers = self._nearest(subject, SUPERVISORS), self._managers(subject)
        if to is Audience.MANAGER:
            return managers or supervisors or ([owner] if owner else [])
        return supervisors or managers or ([owner] if owner else [])

    def _managers(self, subject: User | Customer) -> list[User]:
        for role in MANAGERS:
            found = self._nearest(subject, (role,))
            if found:
                return found
        return []

    def _nearest(self, subject: User | Customer, roles: Sequence[str]) -> list[User]:
        for node in _levels(subject):
            people = [
                user
                for user in self.above_by_node.get(node, ())
                if user.role in roles and user != subject
            ]
            if people:
                return people
        return []


def _levels(subject: User | Customer) -> list[int]:
    """Return the places from the subject's team upwards."""
    if isinstance(subject, User):
        node: OrgNode | None = subject.node
        found = [node.pk, node.project_id, node.region_id, node.parent_id] if node else []
    else:
        found = [subject.team_id, subject.project_id, subject.region_id]
    return [pk for pk in dict.fromkeys(found) if pk]


def clock_notices(row: LeadClock, steps: Iterable[Step], line: Line) -> list[Outgoing]:
    """Return the messages for the steps of a clock; one per person told."""
    lead = row.lead
    params = {
        "customer": _clean(lead.customer.name),
        "clock": row.kind,
        "due": row.due_at.isoformat(),
        "owner": lead.owner.name if lead.owner else "",
    }
    return [
        Outgoing(
            kind=_clock_kind(step),
            recipient=person,
            key=f"clock:{row.pk}:{step.name}:{person.pk}",
            params={**params, "percent": step.name.removeprefix("remind-")},
            subject=("customer", lead.customer_id),
        )
        for step in steps
        for person in line.told(lead.owner or lead.customer, step.to)
    ]


def task_notices(row: Task, steps: Iterable[Step], line: Line) -> list[Outgoing]:
    """Return the messages for the steps of a task; one per person told."""
    params = {
        "customer": _clean(row.customer.name) if row.customer else "",
        "title": _clean(row.title),
        "due": row.due_at.isoformat(),
        "owner": row.owner.name,
    }
    return [
        Outgoing(
            kind=_task_kind(step),
            recipient=person,
            key=f"task:{row.pk}:{row.occurrence}:{step.name}:{person.pk}",
            params=params,
            subject=("customer", row.customer_id) if row.customer_id else None,
        )
        for step in steps
        for person in line.told(row.owner, step.to)
    ]


def _clock_kind(step: Step) -> str:
    if step.to is Audience.OWNER:
        return words.CLOCK_REMINDER
    return words.CLOCK_BREACHED if step.name == BREACH else words.CLOCK_ESCALATED


def _task_kind(step: Step) -> str:
    if step.to is not Audience.OWNER:
        return words.TASK_ESCALATED
    return words.TASK_OVERDUE if step.name == "overdue" else words.TASK_REMINDER


def _clean(text: str) -> str:
    return DIGITS.sub("…", text)
