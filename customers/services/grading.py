"""Grading customers: everybody overnight, single ones after a change, and by hand (CUS-11, CUS-13).

The nightly run scores all customers in one statement and writes those who stand otherwise chunk by
chunk, so that nobody waits for it. It writes only rows that differ: running it again, or to the end
after it was killed, writes nothing twice. A customer whose grade is locked stays put until the lock
ends.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from crm_site.common.queueing import queue
from crm_site.common.refusals import RefusedError
from crm_site.common.whole_tables import alone, chunks, numbered
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import at_version, in_force
from crm_site.staff.models import User
from customers.grade_messages import GRADE_CHANGED, GRADES_CHANGED
from customers.grade_policy import WEIGHTS, GradePolicy
from customers.grade_sql import APPLY, CUTOFFS, FROM_CHUNK, TO_WRITE, Grading
from customers.models import Customer, GradeEvent, RegradeRun
from customers.rules.grades import Mode
from customers.services.assessment import remove_refused
from customers.services.holding import hold_against_refusals, hold_against_withdrawal
from customers.tasks import grade_customers

LOCK_KEY = 4_201_013  # of the advisory lock that a run holds alone and single gradings share
LISTED = 50  # customers named in one message
CHANGED_BY_OWNER = """
SELECT c.owner_id, count(*), (array_agg(c.id ORDER BY c.id))[1:%(listed)s]
FROM customers_gradeevent e JOIN customers_customer c ON c.id = e.customer_id
WHERE e.run_id = %(run)s AND e.from_grade <> '' AND c.owner_id IS NOT NULL
GROUP BY c.owner_id ORDER BY c.owner_id
"""


class RegradeBusyError(RefusedError):
    """A run over everybody is under way; try again when it has finished."""

    code = "regrade-busy"


@dataclass(frozen=True, slots=True)
class Regraded:
    """What a run did: customers scored, rows written, grades changed (first grades included).

    ``is_finished`` is false where the time given was over before everybody was written.
    """

    scored: int = 0
    written: int = 0
    changed: int = 0
    is_repeat: bool = False
    is_finished: bool = True


def run_nightly_regrade(*, now: datetime, seconds: float | None = None) -> Regraded:
    """Run the regrade of this night (Beijing date); a second call on the same day does nothing."""
    slot = f"nightly:{timezone.localtime(now).date()}"
    return regrade(slot=slot, now=now, seconds=seconds)


def regrade(
    *, slot: str, now: datetime, actor: User | None = None, seconds: float | None = None
) -> Regraded:
    """Grade every customer by the policy in force, once per ``slot``; tell the owners at the end.

    Raise RegradeBusyError while another run is under way. A run that was killed, or stopped after
    ``seconds``, leaves whole chunks behind; the next call with its slot goes on.
    """
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            raise RegradeBusyError
        policy = in_force(WEIGHTS, at=now)
        run, _is_new = RegradeRun.objects.get_or_create(
            slot=slot, defaults={"started_at": now, "policy_version": policy.version}
        )
        if run.finished_at is not None:
            return Regraded(scored=run.graded, is_repeat=True)
        run.policy_version = policy.version
        return _grade_everybody(run, policy.value, _Terms(actor, now, seconds))


@dataclass(frozen=True, slots=True)
class _Terms:
    """For whom and when a run works, and for how many seconds at most."""

    actor: User | None
    now: datetime
    seconds: float | None


def regrade_customers(
    *,
    customer_ids: Sequence[int],
    now: datetime,
    actor: User | None = None,
    reason: str = "",
) -> Regraded:
    """Grade the given customers again after a change, by policy and cut scores of the last run.

    Those who refuse to be assessed lose their grade instead. Raise RegradeBusyError while a run
    over everybody is under way; it may have read them already.
    """
    with transaction.atomic():
        if not _lock_among_others():
            raise RegradeBusyError
        hold_against_withdrawal(customer_ids)
        remove_refused(customer_ids=customer_ids, actor=actor, now=now)
        version, grading = _as_last_run(now)
        params = grading.params(now, customer_ids) | {
            "version": version,
            "run": None,
            "actor": actor.pk if actor else None,
            "reason": reason,
        }
        statement = f"WITH scored AS ({grading.statement(only_ids=True)}) {APPLY}"
        done, changes = _apply(statement, params)
        _tell_about(changes, now)
    return done


def grade_soon(customer_id: int) -> None:
    """Have the customer graded in the background once this transaction commits.

    A broker that is down costs nothing but time: the nightly run grades everybody.
    """
    transaction.on_commit(partial(_queue, customer_id), robust=True)


def _queue(customer_id: int) -> None:
    queue(grade_customers, [customer_id])


def _grade_everybody(run: RegradeRun, policy: GradePolicy, terms: _Terms) -> Regraded:
    grading = grading_of(policy)
    params = grading.params(terms.now) | {
        "version": run.policy_version,
        "run": run.pk,
        "actor": terms.actor.pk if terms.actor else None,
        "reason": "",
    }
    with numbered("regrade_scored", grading.statement(), params) as scored:
        with connection.cursor() as cursor:
            cursor.execute(CUTOFFS)
            run.cutoffs = _json(cursor.fetchone()[0])
        with numbered("regrade_to_write", TO_WRITE, params) as to_write:
            looked_at = written = changed = 0
            for first, last in chunks(to_write, seconds=terms.seconds):
                done = _write_chunk(params | {"first": first, "last": last})
                looked_at, written = last, written + done.written
                changed += done.changed
    if looked_at < to_write:
        return Regraded(scored, written, changed, is_finished=False)
    _finish(run, scored, terms)
    return Regraded(scored, written, changed)


@transaction.atomic
def _write_chunk(params: dict[str, Any]) -> Regraded:
    hold_against_refusals()
    done, _changes = _apply(FROM_CHUNK + APPLY, params)
    return done


@transaction.atomic
def _finish(run: RegradeRun, scored: int, terms: _Terms) -> None:
    """Close the run and tell the owners, once."""
    remove_refused(customer_ids=None, actor=terms.actor, now=terms.now)
    run.graded, run.changed = scored, GradeEvent.objects.filter(run=run).count()
    run.finished_at = timezone.now()
    run.save()
    _tell_owners(run, terms.now)


def grading_of(policy: GradePolicy) -> Grading:
    """Return how a run over everybody grades by ``policy``."""
    by_share = policy.mode is Mode.PERCENTILE
    return Grading(
        weights=policy.weight_list,
        lowest_scores=policy.lowest_scores,
        shares=policy.share_list if by_share else None,
    )


def _as_last_run(now: datetime) -> tuple[int, Grading]:
    """Return version and way of the last run, so that single gradings fit beside its grades."""
    run = RegradeRun.objects.filter(finished_at__isnull=False).order_by("-pk").first()
    if run is None:
        held = in_force(WEIGHTS, at=now)
        version, policy = held.version, held.value
    else:
        version, policy = run.policy_version, at_version(WEIGHTS, run.policy_version)
    by_share = run is not None and policy.mode is Mode.PERCENTILE
    return version, Grading(
        weights=policy.weight_list,
        lowest_scores=policy.lowest_scores,
        cutoffs=json.dumps(run.cutoffs) if by_share and run else None,
    )


def _apply(statement: str, params: dict[str, Any]) -> tuple[Regraded, list[list[int]]]:
    """Write what differs; return the counts and, for single gradings, (event, customer) pairs."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        scored, written, changed, pairs = cursor.fetchone()
    return Regraded(scored=scored, written=written, changed=changed), _json(pairs)


def _tell_owners(run: RegradeRun, now: datetime) -> None:
    """Send each owner one message about all of their customers whose grade changed."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_BY_OWNER, {"run": run.pk, "listed": LISTED})
        rows = cursor.fetchall()
    send_many(
        [
            _message(owner, count, ids, key=f"regrade:{run.pk}:{owner}")
            for owner, count, ids in rows
        ],
        now=now,
    )


def _tell_about(pairs: list[list[int]], now: datetime) -> None:
    events = {customer: event for event, customer in pairs}
    if not events:
        return
    owners: dict[int, list[int]] = {}
    found = Customer.objects.filter(pk__in=events, owner__isnull=False).order_by("pk")
    for pk, owner in found.values_list("pk", "owner_id"):
        owners.setdefault(owner, []).append(pk)
    send_many(
        [
            _message(owner, len(ids), ids, key=f"grade:{events[ids[0]]}")
            for owner, ids in owners.items()
        ],
        now=now,
    )


def _message(owner: int, count: int, ids: list[int], *, key: str) -> Outgoing:
    if count == 1:
        return Outgoing(GRADE_CHANGED, owner, key, {}, ("customer", ids[0]))
    return Outgoing(GRADES_CHANGED, owner, key, {"count": count, "ids": ids[:LISTED]})


def _lock_among_others() -> bool:
    """Share the run's advisory lock until the end of the transaction; False during a run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
