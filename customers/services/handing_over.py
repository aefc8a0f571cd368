"""Giving all open work of a leaving consultant to others (CUS-50).

Customers go out in portions, one transaction each, with leads, tasks and what other areas register
as open work; what hangs on no customer goes to the first receiver. A run that breaks off leaves
whole customers with the leaver, and the next run goes on with them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm_site.audit.services import record_bulk
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from crm_site.staff.leaving import Blocker
from crm_site.staff.models import User
from customers.clock_policies import TASK_REMINDERS
from customers.errors import HandoverPlanError, NotAssignableError, OverCapError, fault
from customers.models import Customer, Handover, Task, TaskEvent
from customers.rules.axes import TaskKind
from customers.rules.ownership import deal
from customers.rules.reminders import find_due
from customers.services.changing_hands import HANDED_OVER, give, handover, ownership_rules
from customers.services.changing_hands import Handover as Change
from customers.services.contact_stop import refusing
from customers.services.ownership import assignable_to, has_room, within_reach
from customers.services.tasks import steps_of

PORTION = 500
RECEIVED = "handover.received"
SOURCE = "handover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Open work that passes from one person to another; without ``customer_ids`` all of it."""

    leaver: User
    receiver: User
    customer_ids: Sequence[int] | None
    change: Change


@dataclass(frozen=True, slots=True)
class WorkArea:
    """A kind of open work: how much one person has of it, and how it moves (returns how many)."""

    key: str
    label: str | Promise
    count: Callable[[User], int]
    move: Callable[[Move], int]


_areas: dict[str, WorkArea] = {}


def register_work_area(area: WorkArea) -> None:
    """Hand over this kind of work too, and keep accounts open while some of it remains."""
    _areas[area.key] = area


def open_work(user: User) -> list[Blocker]:
    """Return how much open work of each kind hangs on ``user``, what is zero included."""
    return [Blocker(area.key, area.label, area.count(user)) for area in _areas.values()]


def customers_of(leaver: User) -> Any:
    """Return the customers that somebody else has to become responsible for."""
    return Customer.objects.filter(owner=leaver, merged_into__isnull=True)


def hand_over(
    *,
    leaver: User,
    plan: Mapping[int, int],
    reason: str,
    actor: User,
    now: datetime,
    over_cap: bool = False,
) -> Handover:
    """Give the work of ``leaver`` away as ``plan`` (receiver -> number of customers) says.

    Return the hand-over with what was moved. Every receiver gets a notice with the briefing and
    per customer a task to make contact within the days of the policy. Raise ``EntryError`` without
    a reason, ``NotAssignableError`` for people out of reach, ``HandoverPlanError`` when the numbers
    do not add up, ``OverCapError`` beyond the cap of open prospects unless ``over_cap``.
    """
    if not reason.strip():
        raise fault("reason", "required")
    receivers = _receivers(leaver, plan, actor=actor)
    ids = _in_order(leaver)
    if sum(plan.values()) != len(ids):
        raise HandoverPlanError(planned=sum(plan.values()), existing=len(ids))
    for person in receivers.values():
        if plan[person.pk] and not over_cap and not has_room(person, now=now, more=plan[person.pk]):
            raise OverCapError(person.name, cap=ownership_rules(now).open_cap)
    row = Handover.objects.create(
        leaver=leaver,
        reason=reason.strip()[:300],
        plan={str(key): number for key, number in plan.items()},
        at=now,
        actor=actor,
    )
    change = handover(reason=reason.strip(), actor=actor, now=now, kind=HANDED_OVER)
    moved: Counter[str] = Counter()
    for receiver_id, share in deal(ids, plan).items():
        for start in range(0, len(share), PORTION):
            part = share[start : start + PORTION]
            work = Move(
                leaver=leaver, receiver=receivers[receiver_id], customer_ids=part, change=change
            )
            moved += _move_portion(row, work)
    first = next(iter(receivers.values()))
    _finish(row, Move(leaver=leaver, receiver=first, customer_ids=None, change=change), moved)
    return row


def _receivers(leaver: User, plan: Mapping[int, int], *, actor: User) -> dict[int, User]:
    """Return the receivers, those with most customers first."""
    is_near = within_reach(User.objects.filter(pk=leaver.pk), actor).exists()
    chosen = [key for key in plan if key != leaver.pk]
    found = assignable_to(actor).select_related("node").in_bulk(chosen)
    if not is_near or leaver.pk == actor.pk or not chosen or len(found) != len(plan):
        raise NotAssignableError()
    return {key: found[key] for key in sorted(plan, key=lambda key: (-plan[key], key))}


def _in_order(leaver: User) -> list[int]:
    """Return the leaver's customers so that each receiver gets some of every grade."""
    rows = customers_of(leaver).order_by("grading__grade", "pk")
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def _move_portion(row: Handover, work: Move) -> Counter[str]:
    locked = customers_of(work.leaver).filter(pk__in=work.customer_ids or ())
    keys = list(locked.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    moved = Counter(customers=len(keys))
    before = {area.key: area.count(work.leaver) for area in _areas.values()}
    give(keys, owner=work.receiver, change=work.change)
    portion = Move(
        leaver=work.leaver, receiver=work.receiver, customer_ids=keys, change=work.change
    )
    for area in _areas.values():
        area.move(portion)
        if area.key != "customers":
            moved[area.key] += before[area.key] - area.count(work.leaver)
    _ask_for_contact(row, keys, work)
    record_bulk(
        kind="customers.handed_over",
        actor=work.change.actor,
        subject_kind="customer",
        ids=keys,
        reason=row.reason,
        facts={"handover": row.pk, "from": work.leaver.pk, "to": work.receiver.pk},
        now=work.change.now,
    )
    return moved


def _ask_for_contact(row: Handover, ids: Sequence[int], work: Move) -> None:
    """Write one task per customer: the new consultant calls within the days of the policy.

    None for customers who refuse to be contacted.
    """
    now = work.change.now
    due = now + timedelta(days=ownership_rules(now).handover_days)
    policy = in_force(TASK_REMINDERS, at=now).value
    step = find_due(steps_of(due, policy), fired=(), now=now).next_at
    title = _("Introduce yourself as the new consultant")
    refused = refusing(ids)
    tasks = Task.objects.bulk_create(
        Task(
            kind=TaskKind.CALL.value,
            title=title,
            customer_id=pk,
            owner=work.receiver,
            due_at=due,
            source=SOURCE,
            source_id=f"{row.pk}:{pk}",
            next_step_at=step,
            created_by=work.change.actor,
        )
        for pk in ids
        if pk not in refused
    )
    TaskEvent.objects.bulk_create(
        TaskEvent(task=task, kind="created", actor=work.change.actor, at=now) for task in tasks
    )


@transaction.atomic
def _finish(row: Handover, rest: Move, moved: Counter[str]) -> None:
    """Move what hangs on no customer, keep the counts, tell the receivers."""
    for area in _areas.values():
        moved[area.key] += area.move(rest)
    Handover.objects.filter(pk=row.pk).update(counts=dict(moved))
    row.counts = dict(moved)
    days = ownership_rules(row.at).handover_days
    send_many(
        (
            Outgoing(
                kind=RECEIVED,
                recipient=int(key),
                key=f"handover:{row.pk}:{key}",
                params={"count": number, "leaver": rest.leaver.name, "days": days},
                subject=("handover", row.pk),
            )
            for key, number in row.plan.items()
            if number
        ),
        now=row.at,
    )
