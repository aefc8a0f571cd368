"""What follows when customers change hands: events, leads, tasks, the place they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.errors import NotAssignableError
from customers.models import (
    Customer,
    CustomerShare,
    Lead,
    LeadEvent,
    OwnershipEvent,
    Task,
    TaskEvent,
)
from customers.policies import OWNERSHIP, OwnershipRules
from customers.rules.axes import OPEN_LEAD_STATES, LeadState, TaskState
from customers.rules.pool import PoolReason
from customers.services import playbooks
from customers.services.moving_promises import promises_follow

# The kinds of ownership events.
ASSIGNED: Final = "assigned"
SHARED_OUT: Final = "shared_out"
CLAIMED: Final = "claimed"
RECYCLED: Final = "recycled"
RETURNED: Final = "returned"
HANDED_OVER: Final = "handover"
SHARED: Final = "shared"

# The reasons that the system itself gives; shown in the reader's language.
BY_JOB: Final = "shared out"
FROM_POOL: Final = "taken from the pool"
BY_SILENCE: Final = "no contact"

OPEN_STATES = [state.value for state in OPEN_LEAD_STATES]
TO_THE_POOL = {RECYCLED: PoolReason.SILENT.value, RETURNED: PoolReason.RETURNED.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Why customers change hands, by whom and when; ``until`` ends the new owner's protection."""

    reason: str
    actor: User | None
    now: datetime
    until: datetime
    kind: str = ASSIGNED


def ownership_rules(now: datetime) -> OwnershipRules:
    """Return the rules of ownership in force at ``now``."""
    rules: OwnershipRules = in_force(OWNERSHIP, at=now).value
    return rules


def handover(*, reason: str, actor: User | None, now: datetime, kind: str = ASSIGNED) -> Handover:
    """Return the facts of a change of owner under the rules in force."""
    days = ownership_rules(now).protect_days
    until = now + timedelta(days=days)
    return Handover(reason=reason[:300], actor=actor, now=now, until=until, kind=kind)


def give(ids: Iterable[int], *, owner: User | None, change: Handover) -> None:
    """Write the new owner of locked customers with everything that follows, set by set.

    Team, project and region follow the owner's node (without an owner they stay), open leads
    follow, and open tasks and promises of the former owner move along. In the pool tasks are
    cancelled, while a promise stays with whoever gave it. Raise ``NotAssignableError`` when the
    owner's account was closed meanwhile.
    """
    former: dict[int, int | None] = dict(
        Customer.objects.filter(pk__in=ids).values_list("pk", "owner_id")
    )
    if owner is not None:
        require_active(owner)
        Customer.objects.filter(pk__in=former, backup=owner).update(backup=None)
    Customer.objects.filter(pk__in=former).update(**owner_columns(owner, change=change))
    follow(former, owner=owner, change=change)


def require_active(owner: User) -> None:
    """Hold the account open until the transaction ends; raise ``NotAssignableError`` if closed."""
    open_account = User.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk=owner.pk, is_active=True
    )
    if not open_account.exists():
        raise NotAssignableError(_("The account of this person is closed."))


def owner_columns(owner: User | None, *, change: Handover) -> dict[str, Any]:
    """Return what is written into the customers that ``owner`` becomes responsible for."""
    columns: dict[str, Any] = {"owner": owner, "updated_at": change.now}
    if owner is None:
        return columns | {
            "owned_since": None,
            "protected_until": None,
            "backup": None,
            "pooled_at": change.now,
            "pool_reason": TO_THE_POOL.get(change.kind, PoolReason.RETURNED.value),
        }
    columns |= {"owned_since": change.now, "protected_until": change.until}
    columns |= {"pooled_at": None, "pool_reason": "", "hidden_until": None}
    return columns | place_of(owner)


def follow(former: dict[int, int | None], *, owner: User | None, change: Handover) -> None:
    """Write the events of customers whose owner was changed; leads, tasks, promises follow."""
    OwnershipEvent.objects.bulk_create(
        OwnershipEvent(
            customer_id=pk,
            from_owner_id=was,
            to_owner=owner,
            kind=change.kind,
            reason=change.reason,
            actor=change.actor,
            at=change.now,
        )
        for pk, was in former.items()
    )
    leads_follow(list(former), owner=owner, change=change)
    if owner is None:
        _tasks_end(former, change=change)
    else:
        tasks_follow(former, owner=owner, change=change)
        promises_follow(former, owner=owner, actor=change.actor, now=change.now)
        _playbooks_follow(former, owner=owner, change=change)


def _playbooks_follow(former: dict[int, int | None], *, owner: User, change: Handover) -> None:
    """Start what is planned for a new consultant; steps that waited for an owner go on (CUS-24)."""
    moved = [pk for pk, was in former.items() if was not in (None, owner.pk)]
    playbooks.on_events(
        event="owner:changed",
        customer_ids=moved,
        occurrence=f"{owner.pk}@{change.now.isoformat()}",
        now=change.now,
    )
    playbooks.wake_runs(former, now=change.now)


def place_of(owner: User) -> dict[str, Any]:
    """Return the columns of a customer that follow its owner's place in the organisation."""
    node = owner.node
    if node is None:
        return {}
    return {"team": node, "project_id": node.project_id, "region_id": node.region_id}


def leads_follow(keys: list[int], *, owner: User | None, change: Handover) -> None:
    """Give the open leads to ``owner``; new ones become assigned, without an owner new again.

    Leads that another project has taken over stay with whoever works on them there (CUS-53).
    """
    shared = CustomerShare.objects.filter(lead=OuterRef("pk"), state=CustomerShare.State.ACCEPTED)
    moved = Lead.objects.filter(~Exists(shared), customer__in=keys, state__in=OPEN_STATES)
    give_leads(moved.exclude(owner=owner), owner=owner, change=change)


def give_leads(leads: QuerySet[Lead], *, owner: User | None, change: Handover) -> int:
    """Write the new owner of open leads with their events; return how many."""
    locked = leads.select_for_update(of=("self",)).order_by("pk")
    rows = list(locked.values_list("pk", "owner_id", "state"))
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
    return len(ids)


def tasks_follow(former: dict[int, int | None], *, owner: User, change: Handover) -> None:
    """Give the former owners' open tasks of these customers to ``owner``."""
    give_tasks(_tasks_of(former, other_than=owner.pk), owner=owner, change=change)


def give_tasks(rows: list[tuple[int, int]], *, owner: User, change: Handover) -> int:
    """Write the new owner of open tasks, given as (task, former owner); return how many."""
    ids = [pk for pk, _was in rows]
    Task.objects.filter(pk__in=ids).update(owner=owner, updated_at=change.now)
    _note(ids, "moved", [f"{was} → {owner.pk}" for _pk, was in rows], change)
    return len(ids)


def _tasks_end(former: dict[int, int | None], *, change: Handover) -> None:
    """Cancel the former owners' open tasks: nobody works on a customer in the pool."""
    ids = [pk for pk, _was in _tasks_of(former, other_than=None)]
    Task.objects.filter(pk__in=ids).update(
        state=TaskState.CANCELLED.value, next_step_at=None, updated_at=change.now
    )
    _note(ids, "cancelled", [change.reason] * len(ids), change)


def _tasks_of(former: dict[int, int | None], *, other_than: int | None) -> list[tuple[int, int]]:
    found = Task.objects.filter(customer__in=former, state=TaskState.OPEN.value)
    rows = found.order_by("pk").values_list("pk", "customer_id", "owner_id")
    return [
        (pk, was) for pk, customer, was in rows if was != other_than and was == former[customer]
    ]


def _note(ids: list[int], kind: str, notes: list[str], change: Handover) -> None:
    TaskEvent.objects.bulk_create(
        TaskEvent(task_id=pk, kind=kind, note=note[:500], actor=change.actor, at=change.now)
        for pk, note in zip(ids, notes, strict=True)
    )
