"""Grading customers: everybody overnight, single ones after a change, and by hand (CUS-11, CUS-13).

The nightly run is one statement over all customers; it writes only rows that differ, so running it
again writes nothing. A customer whose grade is locked stays put until the lock ends.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from crm_site.common.refusals import RefusedError
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import at_version, in_force
from crm_site.staff.models import User
from customers.grade_messages import GRADE_CHANGED, GRADES_CHANGED
from customers.grade_policy import WEIGHTS, GradePolicy
from customers.grade_sql import APPLY, CUTOFFS, FROM_TABLE, Grading
from customers.models import Customer, GradeEvent, RegradeRun
from customers.rules.grades import Mode
from customers.services.assessment import remove_refused
from customers.services.holding import hold_against_withdrawal
from customers.tasks import grade_customers

LOCK_KEY = 4_201_013  # of the advisory lock that a run holds alone and single gradings share
LISTED = 50  # customers named in one message


class RegradeBusyError(RefusedError):
    """A run over everybody is under way; try again when it has finished."""

    code = "regrade-busy"


@dataclass(frozen=True, slots=True)
class Regraded:
    """What a run did: customers scored, rows written, grades changed (first grades included)."""

    scored: int = 0
    written: int = 0
    changed: int = 0
    is_repeat: bool = False


def run_nightly_regrade(*, now: datetime) -> Regraded:
    """Run the regrade of this night (Beijing date); a second call on the same day does nothing."""
    return regrade(slot=f"nightly:{timezone.localtime(now).date()}", now=now)


def regrade(*, slot: str, now: datetime, actor: User | None = None) -> Regraded:
    """Grade every customer by the policy in force, once per ``slot``; tell the owners.

    Raise RegradeBusyError while another run is under way. All or nothing: a killed run leaves no
    trace and its slot can run again.
    """
    with transaction.atomic():
        if not _lock(alone=True):
            raise RegradeBusyError
        policy = in_force(WEIGHTS, at=now)
        run, is_new = RegradeRun.objects.get_or_create(
            slot=slot, defaults={"started_at": now, "policy_version": policy.version}
        )
        if not is_new:
            return Regraded(scored=run.graded, is_repeat=True)
        done = _grade_everybody(run, policy.value, actor=actor, now=now)
        _tell_owners(run, now)
    return done


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
        if not _lock(alone=False):
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
    grade_customers.apply_async(args=([customer_id],), retry=False)


def _grade_everybody(
    run: RegradeRun, policy: GradePolicy, *, actor: User | None, now: datetime
) -> Regraded:
    grading = grading_of(policy)
    params = grading.params(now) | {
        "version": run.policy_version,
        "run": run.pk,
        "actor": actor.pk if actor else None,
        "reason": "",
    }
    table = "CREATE TEMPORARY TABLE regrade_scored ON COMMIT DROP AS"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.regrade_scored")
        cursor.execute(f"{table} {grading.statement()}", params)
        cursor.execute(CUTOFFS)
        run.cutoffs = _json(cursor.fetchone()[0])
    done, _changes = _apply(FROM_TABLE + APPLY, params)
    remove_refused(customer_ids=None, actor=actor, now=now)  # those who refused meanwhile, too
    run.graded, run.changed = done.scored, done.changed
    run.finished_at = timezone.now()
    run.save(update_fields=["cutoffs", "graded", "changed", "finished_at"])
    return done


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
    rows = (
        GradeEvent.objects.filter(run=run, customer__owner__isnull=False)
        .exclude(from_grade="")
        .values("customer__owner")
        .annotate(count=Count("pk"), ids=ArrayAgg("customer_id", order_by=["customer_id"]))
        .order_by("customer__owner")
    )
    send_many(
        [
            _message(row["customer__owner"], row["ids"], key=f"regrade:{run.pk}:{owner}")
            for row in rows
            for owner in [row["customer__owner"]]
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
        [_message(owner, ids, key=f"grade:{events[ids[0]]}") for owner, ids in owners.items()],
        now=now,
    )


def _message(owner: int, ids: list[int], *, key: str) -> Outgoing:
    if len(ids) == 1:
        return Outgoing(GRADE_CHANGED, owner, key, {}, ("customer", ids[0]))
    return Outgoing(GRADES_CHANGED, owner, key, {"count": len(ids), "ids": ids[:LISTED]})


def _lock(*, alone: bool) -> bool:
    """Take the run's advisory lock for this transaction if it is free; return whether it was."""
    kind = "" if alone else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock{kind}(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
