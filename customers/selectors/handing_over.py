"""Whose work waits for a hand-over, and what the new consultants have to know (CUS-50)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User
from customers.models import Customer, Handover, Interaction, Lead, OwnershipEvent, Task
from customers.promises import PROMISES
from customers.rules.ownership import Desk, share_out
from customers.services.changing_hands import HANDED_OVER, ownership_rules
from customers.services.handing_over import customers_of
from customers.services.ownership import OWNING_ROLES, assignable_to, within_reach
from customers.services.workload import open_prospects

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class LeaverRow:
    """One person whose work can be handed over; ``is_gone`` when the account is closed."""

    user_id: int
    name: str
    is_gone: bool
    customers: int
    leads: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible receiver: open prospects now, and how many of the leaver's customers fit."""

    user_id: int
    name: str
    open_now: int
    number: int


@dataclass(slots=True)
class BriefingRow:
    """What a new consultant has to know about one customer."""

    customer: Customer
    receiver: str
    talk: Interaction | None = None
    task: Task | None = None
    promises: list[Any] = field(default_factory=list)


def leavers(user: User) -> list[LeaverRow]:
    """Return the people in ``user``'s reach with open work, closed accounts first; four queries."""
    people = list(
        within_reach(User.objects.exclude(pk=user.pk), user)
        .filter(Q(role__in=OWNING_ROLES) | _has_work())
        .order_by("is_active", "name", "pk")
    )
    keys = [person.pk for person in people]
    owned = Customer.objects.filter(owner__in=keys, merged_into__isnull=True)
    customers = _counted(owned)
    leads = _counted(Lead.objects.open().filter(owner__in=keys))
    tasks = _counted(Task.objects.open().filter(owner__in=keys))
    rows = [
        LeaverRow(
            person.pk,
            person.name,
            not person.is_active,
            customers.get(person.pk, 0),
            leads.get(person.pk, 0),
            tasks.get(person.pk, 0),
        )
        for person in people
    ]
    return [row for row in rows if not row.is_gone or row.customers or row.leads or row.tasks]


def _has_work() -> Q:
    return Q(
        Exists(Customer.objects.filter(owner=OuterRef("pk")))
        | Exists(Task.objects.open().filter(owner=OuterRef("pk")))
        | Exists(Lead.objects.open().filter(owner=OuterRef("pk")))
    )


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("owner").annotate(Count("pk")))


def proposals(*, leaver: User, actor: User, now: datetime) -> list[Proposal]:
    """Return the possible receivers with a fair share each: the least loaded get most (CUS-51)."""
    people = list(assignable_to(actor).exclude(pk=leaver.pk).order_by("name", "pk"))
    loads = open_prospects([person.pk for person in people])
    cap = ownership_rules(now).open_cap
    sellers = [person for person in people if person.role == "consultant"] or people
    desks = [
        Desk(consultant=one.pk, open_leads=loads.get(one.pk, 0), room=cap - loads.get(one.pk, 0))
        for one in sellers
    ]
    shares = share_out(customers_of(leaver).values_list("pk", flat=True), desks)
    return [
        Proposal(one.pk, one.name, loads.get(one.pk, 0), len(shares.get(one.pk, ())))
        for one in people
    ]


def handovers_visible_to(user: Any) -> QuerySet[Handover]:
    """Return the hand-overs ``user`` made, received from, or leads the people of."""
    if not user.is_authenticated:
        return Handover.objects.none()
    mine = Q(actor=user) | Q(plan__has_key=str(user.pk))
    if user.has_perm("customers.hand_over"):
        mine |= Q(leaver__in=within_reach(User.objects.all(), user))
    return Handover.objects.filter(mine).select_related("leaver", "actor")


def briefing(row: Handover, *, user: User) -> list[BriefingRow]:
    """Return what is to know about the customers of a hand-over that ``user`` may see.

    Consultants see those they received. Five queries, whatever the number of customers.
    """
    events = OwnershipEvent.objects.filter(
        kind=HANDED_OVER, from_owner=row.leaver, at=row.at, is_backup=False
    )
    if not user.has_perm("customers.hand_over"):
        events = events.filter(to_owner=user)
    receivers = dict(events.values_list("customer_id", "to_owner__name"))
    seen = Customer.objects.visible_to(user).filter(pk__in=receivers).for_list()
    rows = {
        one.pk: BriefingRow(one, receivers[one.pk])
        for one in seen.order_by("grading__grade", "pk")[:MOST_ROWS]
    }
    _add_talks(rows)
    _add_tasks(rows)
    _add_promises(rows)
    return list(rows.values())


def _add_talks(rows: dict[int, BriefingRow]) -> None:
    talks = Interaction.objects.filter(customer__in=rows).order_by("customer", "-at", "-pk")
    for talk in talks.distinct("customer").select_related("author"):
        rows[talk.customer_id].talk = talk


def _add_tasks(rows: dict[int, BriefingRow]) -> None:
    tasks = Task.objects.open().filter(customer__in=rows).order_by("customer", "due_at", "pk")
    for task in tasks.distinct("customer"):
        if task.customer_id is not None:
            rows[task.customer_id].task = task


def _add_promises(rows: dict[int, BriefingRow]) -> None:
    entries = RegisterEntry.objects.open().filter(
        register=PROMISES, subject_kind="customer", subject_id__in=list(rows)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for entry in entries.order_by("due_at", "pk"):
        found[entry.subject_id or 0].append(entry)
    for pk, promises in found.items():
        rows[pk].promises = promises
