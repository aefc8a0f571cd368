"""One change to many customers as a job: chunk by chunk, resumable, with a result per customer.

Each chunk is one transaction with the states of its items, under a lock on the change; a killed
worker leaves whole chunks, and whoever goes on finds the rest waiting. So every item has exactly
one effect. The rights of the person who asked are looked at again in every chunk.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record_bulk
from crm_site.common.queueing import queue
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.staff.models import User
from customers.bulk_policy import bulk_rules
from customers.models import BulkChange, BulkChangeItem, Customer
from customers.services.bulk_actions import (
    ACTIONS,
    DONE,
    FAILED,
    KEPT,
    OUT_OF_SIGHT,
    UNDONE,
    WAITING,
    Result,
    Work,
)

State = BulkChange.State
CHUNK: Final = 200
SILENT: Final = timedelta(minutes=2)
RIGHT = "customers.bulk_change"
Clock = Callable[[], datetime]

ERRORS: dict[str, str | Promise] = {
    OUT_OF_SIGHT: gettext_lazy("You no longer see this customer."),
    "right": gettext_lazy("You may no longer do this."),
    "target": gettext_lazy("The chosen tag or person is no longer available."),
    "bound": gettext_lazy("A customer with a subscription or a contract stays with its owner."),
    "unowned": gettext_lazy("Nobody is responsible for this customer."),
    "by_rule": gettext_lazy("A rule puts this tag here."),
    "changed": gettext_lazy("Changed by somebody meanwhile, so it was left as it is."),
}

INSERT_ITEMS = """
INSERT INTO customers_bulkchangeitem (change_id, customer_id, state, before, error)
SELECT %s, found.customer_id, 'waiting', '{{}}'::jsonb, '' FROM ({matching}) AS found (customer_id)
"""


def start_bulk(
    *,
    action: str,
    params: dict[str, Any],
    customers: QuerySet[Customer],
    actor: User,
    now: datetime,
) -> BulkChange:
    """Write down who is to be changed, in one statement, and hand the work to a job.

    ``customers`` is what ``actor`` sees. Raise ``NotAllowedError`` without the right to the action,
    ``RefusedError`` for none or for more than the policy allows.
    """
    if not may(actor, action):
        raise NotAllowedError(_("Your role does not allow this change of many customers."))
    with transaction.atomic():
        change = BulkChange.objects.create(
            action=action, params=params, author=actor, created_at=now, heartbeat_at=now
        )
        change.total = _write_items(change.pk, customers)
        most = bulk_rules(now).most_customers
        if change.total > most:
            raise RefusedError(_("Choose at most %(n)s customers at once.") % {"n": most})
        if not change.total:
            raise RefusedError(_("Choose at least one customer."))
        change.save(update_fields=["total"])
        transaction.on_commit(lambda: _enqueue(change.pk))
    return change


def may(actor: User, action: str) -> bool:
    """Return whether ``actor`` may do ``action`` to many customers."""
    known = ACTIONS.get(action)
    return known is not None and actor.has_perm(RIGHT) and known.allowed(actor)


def _write_items(change_id: int, customers: QuerySet[Customer]) -> int:
    try:
        sql, params = customers.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ITEMS.format(matching=sql), [change_id, *params])
        return int(cursor.rowcount)


def _enqueue(change_id: int) -> None:
    from customers.tasks import run_bulk

    queue(run_bulk, change_id)


def run(*, change_id: int, clock: Clock, until: datetime | None = None) -> bool:
    """Work on a change chunk by chunk; return whether some is left at ``until``."""
    while _run_chunk(change_id, clock()):
        if until is not None and clock() >= until:
            return True
    return False


@transaction.atomic
def _run_chunk(change_id: int, now: datetime) -> bool:
    """Do one chunk; return whether there may be more."""
    changes = BulkChange.objects.select_for_update(of=("self",)).select_related("author__node")
    change = changes.get(pk=change_id)
    if change.state not in (State.WAITING, State.RUNNING, State.UNDOING):
        return False
    undoing = change.state == State.UNDOING
    items = list(
        change.items.filter(state=DONE if undoing else WAITING).order_by("customer_id")[:CHUNK]
    )
    if not items:
        _finish(change, undoing=undoing, now=now)
        return False
    _write(items, _undo(change, items, now) if undoing else _apply(change, items, now))
    _progress(change, items, undoing=undoing, now=now)
    return True


def _apply(change: BulkChange, items: list[BulkChangeItem], now: datetime) -> dict[int, Result]:
    """Do the action to the customers still in sight; return what became of each."""
    actor = change.author
    keys = [item.customer_id for item in items]
    if not actor.is_active or not may(actor, change.action):
        return dict.fromkeys(keys, Result(FAILED, error="right"))
    locked = Customer.objects.visible_to(actor).filter(pk__in=keys).order_by("pk")
    seen = {customer.pk: customer for customer in locked.select_for_update(of=("self",))}
    found = dict.fromkeys(keys, Result(FAILED, error=OUT_OF_SIGHT))
    work = Work(customers=seen, params=change.params, actor=actor, now=now)
    return found | ACTIONS[change.action].apply(work)


def _undo(change: BulkChange, items: list[BulkChangeItem], now: datetime) -> dict[int, Result]:
    """Put back what the change did, except where somebody changed it since."""
    actor = change.author
    before = {item.customer_id: item.before for item in items}
    if not actor.is_active or not may(actor, change.action):
        return dict.fromkeys(before, Result(KEPT, error="right"))
    locked = Customer.objects.filter(pk__in=before, merged_into__isnull=True).order_by("pk")
    seen = {customer.pk: customer for customer in locked.select_for_update(of=("self",))}
    work = Work(customers=seen, params=change.params, actor=actor, now=now, before=before)
    done = ACTIONS[change.action].undo(work)
    return {pk: Result(UNDONE if pk in done else KEPT) for pk in before} | {
        pk: Result(KEPT, error="changed") for pk in before if pk not in done
    }


def _write(items: list[BulkChangeItem], results: dict[int, Result]) -> None:
    for item in items:
        result = results[item.customer_id]
        item.state, item.error = result.state, result.error
        if result.before is not None:
            item.before = result.before
    BulkChangeItem.objects.bulk_update(items, ["state", "error", "before"])


def _progress(
    change: BulkChange, items: list[BulkChangeItem], *, undoing: bool, now: datetime
) -> None:
    if not undoing:
        change.state = State.RUNNING
        change.done += len(items)
        change.failed += sum(item.state == FAILED for item in items)
    change.heartbeat_at = now
    change.save(update_fields=["state", "done", "failed", "heartbeat_at"])


def _finish(change: BulkChange, *, undoing: bool, now: datetime) -> None:
    change.state = State.UNDONE if undoing else State.DONE
    change.finished_at = change.heartbeat_at = now
    change.save(update_fields=["state", "finished_at", "heartbeat_at"])
    changed = change.items.filter(state=UNDONE if undoing else DONE)
    record_bulk(
        kind="customers.bulk_undone" if undoing else "customers.bulk_changed",
        actor=change.author,
        subject_kind="customer",
        ids=changed.values_list("customer_id", flat=True),
        facts={"action": change.action, "change": change.pk, "failed": change.failed},
        now=now,
    )


def undo_bulk(*, change: BulkChange, now: datetime) -> None:
    """Begin to take a change back; of two who ask at once one wins.

    Raise ``StaleError`` when it is being taken back already, or after the time of the policy.
    """
    since = now - timedelta(minutes=bulk_rules(now).undo_minutes)
    with transaction.atomic():
        begun = BulkChange.objects.filter(
            pk=change.pk, state=State.DONE, finished_at__gte=since
        ).update(state=State.UNDOING, heartbeat_at=now)
        if not begun:
            raise StaleError(_("This change can no longer be taken back."))
        transaction.on_commit(lambda: _enqueue(change.pk))


def may_undo(change: BulkChange, *, now: datetime) -> bool:
    """Return whether the page offers to take the change back."""
    if change.state != State.DONE or change.finished_at is None:
        return False
    return now - change.finished_at <= timedelta(minutes=bulk_rules(now).undo_minutes)


def resume_silent(*, now: datetime) -> int:
    """Hand changes whose worker fell silent to a new one; return how many."""
    working = [State.WAITING, State.RUNNING, State.UNDOING]
    silent = BulkChange.objects.filter(state__in=working, heartbeat_at__lt=now - SILENT)
    keys = list(silent.values_list("pk", flat=True))
    for key in keys:
        _enqueue(key)
    return len(keys)


def counts(change: BulkChange) -> dict[str, int]:
    """Return how many customers are in which state of the change; one query."""
    rows = change.items.order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)
