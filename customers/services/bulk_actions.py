"""What can be done to many customers at once, set by set, and how each is taken back.

An action gets locked customers and returns a result for each; what stood before is kept as ids and
codes. Undoing returns the customers that were put back; the others were changed since.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime

from crm_site.staff.models import User
from customers.errors import NotAssignableError
from customers.models import ChannelOptOut, Customer, CustomerTag, Lead, Tag, Task
from customers.rules.axes import TaskState
from customers.services.changing_hands import (
    OPEN_STATES,
    RETURNED,
    Handover,
    give,
    give_leads,
    handover,
)
from customers.services.holding import hold_customer
from customers.services.ownership import assignable_to
from customers.services.pool import return_many

WAITING: Final = "waiting"
DONE: Final = "done"
UNCHANGED: Final = "unchanged"
FAILED: Final = "failed"
UNDONE: Final = "undone"
KEPT: Final = "kept"
OUT_OF_SIGHT: Final = "out_of_sight"

PLACE = (
    *("owner_id", "backup_id", "team_id", "project_id", "region_id", "pool_reason"),
    *("owned_since", "protected_until", "pooled_at", "hidden_until"),
)
MOMENTS = {"owned_since", "protected_until", "pooled_at", "hidden_until"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one customer: a state, the code of an error, and what stood before."""

    state: str
    error: str = ""
    before: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The locked customers of one chunk, what is asked, by whom and when."""

    customers: dict[int, Customer]
    params: dict[str, Any]
    actor: User
    now: datetime
    before: dict[int, dict[str, Any]] = field(default_factory=dict)

    def all(self, result: Result) -> dict[int, Result]:
        """Return the same result for every customer."""
        return dict.fromkeys(self.customers, result)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done to many customers, by whom, and how it is taken back."""

    allowed: Callable[[User], bool]
    apply: Callable[[Work], dict[int, Result]]
    undo: Callable[[Work], set[int]]


# tags ------------------------------------------------------------------------------------------
def add_tag(work: Work) -> dict[int, Result]:
    """Put a tag on the customers that do not have it."""
    tag = _tag(work)
    if tag is None:
        return work.all(Result(FAILED, error="target"))
    had = set(_rows(tag, work).values_list("customer_id", flat=True))
    CustomerTag.objects.bulk_create(
        CustomerTag(customer_id=pk, tag=tag, at=work.now, actor=work.actor)
        for pk in work.customers
        if pk not in had
    )
    stamp = {"at": work.now.isoformat()}
    return {
        pk: Result(UNCHANGED) if pk in had else Result(DONE, before=stamp) for pk in work.customers
    }


def undo_add_tag(work: Work) -> set[int]:
    """Take the tag off where the row is still ours."""
    ours = CustomerTag.objects.filter(tag=work.params["tag"], by_rule=False, actor=work.actor)
    rows = ours.filter(customer__in=work.before).values_list("pk", "customer_id", "at")
    found = {
        pk: customer for pk, customer, at in rows if at.isoformat() == work.before[customer]["at"]
    }
    CustomerTag.objects.filter(pk__in=found).delete()
    return set(found.values())


def remove_tag(work: Work) -> dict[int, Result]:
    """Take a tag off the customers that have it by hand."""
    tag = _tag(work)
    if tag is None:
        return work.all(Result(FAILED, error="target"))
    rows = {row.customer_id: row for row in _rows(tag, work)}
    by_hand = {pk: row for pk, row in rows.items() if not row.by_rule}
    CustomerTag.objects.filter(pk__in=[row.pk for row in by_hand.values()]).delete()
    found = work.all(Result(UNCHANGED)) | {
        pk: Result(FAILED, error="by_rule") for pk in rows.keys() - by_hand.keys()
    }
    return found | {
        pk: Result(DONE, before={"at": row.at.isoformat(), "actor": row.actor_id})
        for pk, row in by_hand.items()
    }


def undo_remove_tag(work: Work) -> set[int]:
    """Put the tag back as it was where nobody did since."""
    tag = _tag(work)
    if tag is None:
        return set()
    again = set(_rows(tag, work).values_list("customer_id", flat=True))
    missing = [pk for pk in work.customers if pk not in again]
    CustomerTag.objects.bulk_create(
        CustomerTag(
            customer_id=pk,
            tag=tag,
            at=datetime.fromisoformat(work.before[pk]["at"]),
            actor_id=work.before[pk]["actor"],
        )
        for pk in missing
    )
    return set(missing)


def _tag(work: Work) -> Tag | None:
    """Return the tag while it is in use, held so until the transaction ends."""
    tags = Tag.objects.select_for_update(no_key=True, of=("self",))
    return tags.filter(pk=work.params["tag"], is_active=True).first()


def _rows(tag: Tag, work: Work) -> Any:
    return CustomerTag.objects.filter(tag=tag, customer__in=work.customers)


# owners ----------------------------------------------------------------------------------------
def assign(work: Work) -> dict[int, Result]:
    """Make one person responsible, by the rules for a single customer."""
    owner = assignable_to(work.actor).filter(pk=work.params["owner"]).first()
    if owner is None:
        return work.all(Result(FAILED, error="target"))
    moving = [pk for pk, customer in work.customers.items() if customer.owner_id != owner.pk]
    before = _standing(work, moving)
    try:
        give(moving, owner=owner, change=_change(work))
    except NotAssignableError:
        return work.all(Result(FAILED, error="target"))
    return work.all(Result(UNCHANGED)) | {pk: Result(DONE, before=before[pk]) for pk in moving}


def undo_assign(work: Work) -> set[int]:
    """Give the customers back to whom they belonged, where they still are with the new owner."""
    owner = work.params["owner"]
    return _give_back(
        work, lambda pk, one: one.owner_id == owner and _since(work, pk, "owned_since")
    )


def to_pool(work: Work) -> dict[int, Result]:
    """Put the customers into the pool, except those close to a contract."""
    owned = [pk for pk, customer in work.customers.items() if customer.owner_id is not None]
    before = _standing(work, owned)
    gone = set(return_many(owned, change=_change(work, kind=RETURNED)))
    found = work.all(Result(FAILED, error="unowned"))
    return found | {
        pk: Result(DONE, before=before[pk]) if pk in gone else Result(FAILED, error="bound")
        for pk in owned
    }


def undo_to_pool(work: Work) -> set[int]:
    """Give the customers back to their owners where they still wait in the pool."""
    return _give_back(work, lambda pk, one: one.owner_id is None and _since(work, pk, "pooled_at"))


def _change(work: Work, kind: str = "") -> Handover:
    more = {"kind": kind} if kind else {}
    return handover(reason=work.params["reason"], actor=work.actor, now=work.now, **more)


def _since(work: Work, pk: int, column: str) -> bool:
    """Return whether the customer stands as the change left it."""
    moment = getattr(work.customers[pk], column)
    return moment is not None and moment.isoformat() == work.before[pk]["at"]


def _standing(work: Work, keys: list[int]) -> dict[int, dict[str, Any]]:
    """Return where customers stand: owner, place, leads and tasks that will follow."""
    found: dict[int, dict[str, Any]] = {}
    for pk in keys:
        columns = {name: getattr(work.customers[pk], name) for name in PLACE}
        plain = {
            name: value.isoformat() if name in MOMENTS and value else value
            for name, value in columns.items()
        }
        found[pk] = plain | {"at": work.now.isoformat(), "leads": {}, "tasks": {}}
    leads = Lead.objects.filter(customer__in=keys, state__in=OPEN_STATES)
    for pk, customer, owner in leads.values_list("pk", "customer_id", "owner_id"):
        found[customer]["leads"][str(pk)] = owner
    tasks = Task.objects.filter(customer__in=keys, state=TaskState.OPEN.value)
    for pk, customer, owner, at in tasks.values_list(
        "pk", "customer_id", "owner_id", "next_step_at"
    ):
        found[customer]["tasks"][str(pk)] = [owner, at.isoformat() if at else None]
    return found


def _give_back(work: Work, still: Callable[[int, Customer], bool]) -> set[int]:
    """Restore owner, place, leads and tasks of the customers that still stand as they were left."""
    standing = [pk for pk, customer in work.customers.items() if still(pk, customer)]
    by_owner: dict[int | None, list[int]] = {}
    for pk in standing:
        by_owner.setdefault(work.before[pk]["owner_id"], []).append(pk)
    people = User.objects.select_related("node").in_bulk(pk for pk in by_owner if pk)
    restored: set[int] = set()
    for key, keys in by_owner.items():
        owner = people.get(key) if key else None
        if key and (owner is None or not owner.is_active):
            continue  # nobody to give them back to: they stay where they are
        give(keys, owner=owner, change=_change(work))
        restored.update(keys)
    _restore_columns(work, restored)
    _restore_leads(work, restored)
    _restore_tasks(work, restored)
    return restored


def _restore_columns(work: Work, keys: set[int]) -> None:
    rows = []
    for pk in keys:
        values = {
            name: parse_datetime(value) if name in MOMENTS and value else value
            for name, value in work.before[pk].items()
            if name in PLACE
        }
        rows.append(Customer(pk=pk, **values))
    names = [name.removesuffix("_id") for name in PLACE]
    Customer.objects.bulk_update(rows, names, batch_size=200)


def _restore_leads(work: Work, keys: set[int]) -> None:
    """Give leads that were with others than the owner back to those."""
    by_owner: dict[int, list[int]] = {}
    for pk in keys:
        for lead, owner in work.before[pk]["leads"].items():
            if owner is not None:
                by_owner.setdefault(owner, []).append(int(lead))
    people = User.objects.filter(is_active=True).in_bulk(by_owner)
    for key, leads in by_owner.items():
        if key in people:
            mine = Lead.objects.filter(pk__in=leads, state__in=OPEN_STATES)
            give_leads(mine.exclude(owner=key), owner=people[key], change=_change(work))


def _restore_tasks(work: Work, keys: set[int]) -> None:
    """Put tasks that moved or were cancelled back as they were, unless they were done since."""
    was = {int(task): row for pk in keys for task, row in work.before[pk]["tasks"].items()}
    untouched = [TaskState.OPEN.value, TaskState.CANCELLED.value]
    tasks = list(
        Task.objects.select_for_update(of=("self",)).filter(pk__in=was, state__in=untouched)
    )
    for task in tasks:
        owner, at = was[task.pk]
        task.state, task.owner_id, task.updated_at = TaskState.OPEN.value, owner, work.now
        task.next_step_at = parse_datetime(at) if at else None
    Task.objects.bulk_update(tasks, ["state", "owner", "next_step_at", "updated_at"])


# channels --------------------------------------------------------------------------------------
def refuse_channel(work: Work) -> dict[int, Result]:
    """Note that the customers want nothing over one channel (CUS-47)."""
    channel = work.params["channel"]
    for pk in sorted(work.customers):
        hold_customer(pk)
    rows = ChannelOptOut.objects.filter(channel=channel, ended_at__isnull=True)
    had = set(rows.filter(customer__in=work.customers).values_list("customer_id", flat=True))
    made = ChannelOptOut.objects.bulk_create(
        ChannelOptOut(customer_id=pk, channel=channel, at=work.now, actor=work.actor)
        for pk in work.customers
        if pk not in had
    )
    new = {row.customer_id: {"row": row.pk} for row in made}
    return work.all(Result(UNCHANGED)) | {pk: Result(DONE, before=row) for pk, row in new.items()}


def undo_refuse_channel(work: Work) -> set[int]:
    """End the refusals that the change wrote and that still stand."""
    keys = [row["row"] for row in work.before.values()]
    standing = ChannelOptOut.objects.filter(pk__in=keys, ended_at__isnull=True)
    found = set(standing.values_list("customer_id", flat=True))
    standing.update(ended_at=work.now)
    return found


def _may_tag(user: User) -> bool:
    return user.has_perm("customers.change_customer") or user.has_perm("customers.edit_tags")


def _may_assign(user: User) -> bool:
    return user.has_perm("customers.assign_customer")


def _may_note(user: User) -> bool:
    return user.has_perm("customers.record_consent")


ACTIONS: dict[str, Action] = {
    "add_tag": Action(_may_tag, add_tag, undo_add_tag),
    "remove_tag": Action(_may_tag, remove_tag, undo_remove_tag),
    "assign": Action(_may_assign, assign, undo_assign),
    "to_pool": Action(_may_assign, to_pool, undo_to_pool),
    "refuse_channel": Action(_may_note, refuse_channel, undo_refuse_channel),
}
