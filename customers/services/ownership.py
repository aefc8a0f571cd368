"""Who is responsible for a customer: assigning, taking from the pool, sharing out (CUS-49)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record, record_bulk
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from crm_site.staff.rules.roles import ROLES
from customers.errors import NotAssignableError, OwnerChangedError, fault
from customers.models import Customer, Lead, LeadEvent, OwnershipEvent, Project, Task, TaskEvent
from customers.policies import OWNERSHIP, OwnershipRules
from customers.rules.axes import OPEN_LEAD_STATES, LeadState, TaskState
from customers.rules.ownership import Desk, share_out

OWNING_ROLES = [
    key
    for key, role in ROLES.items()
    if "customers.change_customer" in role.may and role.scope in (Scope.OWN, Scope.TEAM)
]
SHARED_AT_ONCE = 2000
BY_JOB = "shared out"
FROM_POOL = "taken from the pool"
_OPEN = [state.value for state in OPEN_LEAD_STATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Why customers change hands, by whom and when; ``until`` ends the new owner's protection."""

    reason: str
    actor: User | None
    now: datetime
    until: datetime


def ownership_rules(now: datetime) -> OwnershipRules:
    """Return the rules of ownership in force at ``now``."""
    rules: OwnershipRules = in_force(OWNERSHIP, at=now).value
    return rules


def handover(*, reason: str, actor: User | None, now: datetime) -> Handover:
    """Return the facts of a change of owner under the rules in force."""
    days = ownership_rules(now).protect_days
    return Handover(reason=reason[:300], actor=actor, now=now, until=now + timedelta(days=days))


def assignable_to(actor: User | None) -> QuerySet[User]:
    """Return the active consultants and supervisors to whom ``actor`` may give customers."""
    owners = User.objects.filter(is_active=True, role__in=OWNING_ROLES, node__isnull=False)
    if actor is None:
        return owners
    scope, node = actor.role_definition.scope, actor.node
    if scope is Scope.COMPANY:
        return owners
    if node is None or scope is Scope.NONE:
        return owners.none()
    column = {
        Scope.REGION: Q(node__region_id=node.region_id),
        Scope.PROJECT: Q(node__project_id=node.project_id),
        Scope.TEAM: Q(node_id=node.pk),
    }
    return owners.filter(column.get(scope, Q(pk=actor.pk)))


@transaction.atomic
def assign_customer(
    *,
    customer: Customer,
    owner: User,
    actor: User | None,
    reason: str,
    now: datetime,
    backup: User | None = None,
) -> Customer:
    """Make ``owner`` responsible, its leads and the former owner's open tasks included.

    ``backup`` stands in; without one the former backup stays unless it becomes the owner. Return
    the customer as it stands. Raise ``OwnerChangedError`` when its owner is no longer the one that
    ``customer`` was read with, ``NotAssignableError`` for people outside the actor's reach.
    """
    if actor is not None and not reason.strip():
        raise fault("reason", "required")
    chosen = {owner.pk} | ({backup.pk} if backup else set())
    if assignable_to(actor).filter(pk__in=chosen).count() != len(chosen):
        raise NotAssignableError()
    if backup is not None and backup.pk == owner.pk:
        raise NotAssignableError(_("The backup must be somebody else than the owner."))
    before = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if before.owner_id != customer.owner_id:
        raise OwnerChangedError()
    change = handover(reason=reason.strip(), actor=actor, now=now)
    give([before.pk], owner=owner, change=change)
    _set_backup(before, owner=owner, backup=backup, change=change)
    record(
        kind="customer.assigned",
        actor=actor,
        subject=("customer", before.pk),
        reason=reason,
        facts={"from": before.owner_id, "to": owner.pk, "backup": backup.pk if backup else None},
        now=now,
    )
    return Customer.objects.select_related("owner", "backup").get(pk=before.pk)


def may_take(user: User, customer: Customer) -> bool:
    """Return whether the pages offer ``user`` to take this customer out of the pool."""
    if customer.owner_id is not None or user.node is None or user.role not in OWNING_ROLES:
        return False
    is_same_project = user.node.project_id == customer.project_id is not None
    return is_same_project and user.has_perm("customers.work_tasks")


@transaction.atomic
def take_from_pool(*, customer: Customer, actor: User, now: datetime) -> Customer:
    """Make ``actor`` the owner of a pool customer of the same project; the first one gets it.

    Raise ``OwnerChangedError`` when it has an owner by now, ``NotAssignableError`` where the actor
    cannot own customers of that project or has taken as many as a day allows.
    """
    if not assignable_to(None).filter(pk=actor.pk, node__project_id=customer.project_id).exists():
        raise NotAssignableError()
    cap = ownership_rules(now).daily_cap
    if _received_today([actor.pk], now).get(actor.pk, 0) >= cap:
        raise NotAssignableError(
            _("You have received %(cap)s customers today, as many as a day allows.") % {"cap": cap}
        )
    waiting = Customer.objects.select_for_update(of=("self",)).in_pool().filter(pk=customer.pk)
    if not waiting.exists():
        raise OwnerChangedError()
    give([customer.pk], owner=actor, change=handover(reason=FROM_POOL, actor=actor, now=now))
    record(kind="customer.taken", actor=actor, subject=("customer", customer.pk), facts={}, now=now)
    return Customer.objects.get(pk=customer.pk)


@transaction.atomic
def return_to_pool(*, customer: Customer, actor: User | None, reason: str, now: datetime) -> None:
    """Take the owner away, so that the customer waits in the pool of its project."""
    if not reason.strip():
        raise fault("reason", "required")
    locked = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if locked.owner_id != customer.owner_id or locked.owner_id is None:
        raise OwnerChangedError()
    give([locked.pk], owner=None, change=handover(reason=reason.strip(), actor=actor, now=now))
    record(
        kind="customer.returned",
        actor=actor,
        subject=("customer", locked.pk),
        reason=reason,
        facts={"from": locked.owner_id},
        now=now,
    )


@transaction.atomic
def assign_unowned(*, now: datetime) -> int:
    """Share out the pool customers with an open new lead; return how many found an owner.

    Per project, to the active consultant with the fewest open leads, up to the daily cap. A second
    run at the same time skips projects that are being shared out, so nobody exceeds the cap.
    """
    pending = Customer.objects.in_pool().filter(_has_new_lead(), project__isnull=False)
    wanted = pending.order_by().values("project")
    projects = Project.objects.filter(pk__in=wanted).order_by("pk")
    cap = ownership_rules(now).daily_cap
    return sum(
        _share_project(project.pk, pending, cap=cap, now=now)
        for project in projects.select_for_update(skip_locked=True, of=("self",))
    )


def give(ids: Iterable[int], *, owner: User | None, change: Handover) -> None:
    """Write the new owner of locked customers with everything that follows, set by set.

    Team, project and region follow the owner's node (without an owner they stay), open leads
    follow, and open tasks of the former owner move along.
    """
    rows = list(Customer.objects.filter(pk__in=ids).values_list("pk", "owner_id"))
    columns: dict[str, Any] = {"owner": owner, "updated_at": change.now}
    if owner is None:
        columns |= {"owned_since": None, "protected_until": None, "backup": None}
    else:
        columns |= {"owned_since": change.now, "protected_until": change.until}
        columns |= place_of(owner)
    keys = [pk for pk, _former in rows]
    if owner is not None:
        Customer.objects.filter(pk__in=keys, backup=owner).update(backup=None)
    Customer.objects.filter(pk__in=keys).update(**columns)
    OwnershipEvent.objects.bulk_create(
        OwnershipEvent(
            customer_id=pk,
            from_owner_id=former,
            to_owner=owner,
            reason=change.reason,
            actor=change.actor,
            at=change.now,
        )
        for pk, former in rows
    )
    _leads_follow(keys, owner=owner, change=change)
    if owner is not None:
        _tasks_follow(dict(rows), owner=owner, change=change)


def place_of(owner: User) -> dict[str, Any]:
    """Return the columns of a customer that follow its owner's place in the organisation."""
    node = owner.node
    if node is None:
        return {}
    return {"team": node, "project_id": node.project_id, "region_id": node.region_id}


def _leads_follow(keys: list[int], *, owner: User | None, change: Handover) -> None:
    """Give the open leads to ``owner``; new ones become assigned, without an owner new again."""
    moved = Lead.objects.filter(customer__in=keys, state__in=_OPEN).exclude(owner=owner)
    rows = list(moved.select_for_update(of=("self",)).values_list("pk", "owner_id", "state"))
    from_, to = LeadState.NEW.value, LeadState.ASSIGNED.value
    if owner is None:
        from_, to = to, from_
    ids = [pk for pk, _former, _state in rows]
    Lead.objects.filter(pk__in=ids).update(owner=owner, updated_at=change.now)
    Lead.objects.filter(pk__in=ids, state=from_).update(state=to)
    stamp = {"actor": change.actor, "at": change.now, "reason": change.reason[:200]}
    owners = [
        LeadEvent(
            lead_id=pk,
            kind="owner",
            from_value=str(former or ""),
            to_value=str(owner.pk if owner else ""),
            **stamp,
        )
        for pk, former, _state in rows
    ]
    states = [
        LeadEvent(lead_id=pk, kind="state", from_value=from_, to_value=to, **stamp)
        for pk, _former, state in rows
        if state == from_
    ]
    LeadEvent.objects.bulk_create([*owners, *states])


def _tasks_follow(former: dict[int, int | None], *, owner: User, change: Handover) -> None:
    open_tasks = Task.objects.filter(customer__in=former, state=TaskState.OPEN.value)
    rows = [
        (pk, was)
        for pk, customer, was in open_tasks.values_list("pk", "customer_id", "owner_id")
        if was != owner.pk and was == former[customer]
    ]
    Task.objects.filter(pk__in=[pk for pk, _was in rows]).update(owner=owner, updated_at=change.now)
    TaskEvent.objects.bulk_create(
        TaskEvent(
            task_id=pk,
            kind="moved",
            note=f"{was} → {owner.pk}",
            actor=change.actor,
            at=change.now,
        )
        for pk, was in rows
    )


def _set_backup(customer: Customer, *, owner: User, backup: User | None, change: Handover) -> None:
    if backup is None or backup.pk == customer.backup_id:
        return
    Customer.objects.filter(pk=customer.pk).update(backup=backup)
    OwnershipEvent.objects.create(
        customer=customer,
        from_owner_id=customer.backup_id,
        to_owner=backup,
        is_backup=True,
        reason=change.reason,
        actor=change.actor,
        at=change.now,
    )


def _has_new_lead() -> Exists:
    return Exists(Lead.objects.filter(customer=OuterRef("pk"), state=LeadState.NEW.value))


def _share_project(project_id: int, pending: QuerySet[Customer], *, cap: int, now: datetime) -> int:
    desks = _desks(project_id, cap=cap, now=now)
    waiting = pending.filter(project_id=project_id).order_by("pk")
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    keys = list(locked.values_list("pk", flat=True)[:SHARED_AT_ONCE])
    shares = share_out(keys, desks)
    owners = User.objects.select_related("node").in_bulk(shares.keys())
    change = handover(reason=BY_JOB, actor=None, now=now)
    for consultant, ids in shares.items():
        give(ids, owner=owners[consultant], change=change)
    shared = [pk for ids in shares.values() for pk in ids]
    if shared:
        record_bulk(
            kind="customers.shared_out",
            actor=None,
            subject_kind="customer",
            ids=shared,
            facts={"project": project_id},
            now=now,
        )
    return len(shared)


def _desks(project_id: int, *, cap: int, now: datetime) -> list[Desk]:
    consultants = list(
        User.objects.filter(is_active=True, role="consultant", node__project_id=project_id)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    loads = dict(
        Lead.objects.filter(owner__in=consultants, state__in=_OPEN)
        .order_by()
        .values_list("owner")
        .annotate(Count("pk"))
    )
    received = _received_today(consultants, now)
    return [
        Desk(consultant=pk, open_leads=loads.get(pk, 0), room=cap - received.get(pk, 0))
        for pk in consultants
    ]


def _received_today(consultants: Iterable[int], now: datetime) -> dict[int | None, int]:
    """Return how many customers each one got today by the job or from the pool."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    events = OwnershipEvent.objects.filter(
        to_owner__in=list(consultants),
        is_backup=False,
        at__gte=midnight,
        reason__in=[BY_JOB, FROM_POOL],
    )
    return dict(events.order_by().values_list("to_owner").annotate(Count("pk")))
