"""The nightly walk over silent customers: warn the owner, a day later let them fall (CUS-52).

Both steps work on sets and may run any number of times: a warning is a unique row per customer,
owner and spell of silence, and only customers whose warning stands since the day before can fall.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from crm_site.audit.services import record_bulk
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.models import Customer, PoolWarning
from customers.pool_policies import PoolRules
from customers.rules.pool import (
    FALLING_CLASSES,
    GRADES,
    NO_GRADE,
    days_for,
    falls_at,
    silent_before,
)
from customers.rules.reminders import Audience
from customers.services.changing_hands import BY_SILENCE, RECYCLED, handover
from customers.services.notices import Line
from customers.services.pool import may_fall, pool_rules, return_many, with_silence

BATCH = 2000
WARNED = "pool.warning"
FELL = "pool.fell"


@dataclass(frozen=True, slots=True)
class Recycled:
    """What a night brought: owners were warned of so many customers, so many fell."""

    warned: int
    fell: int


def recycle_silent(*, now: datetime) -> Recycled:
    """Let fall what was warned of and stayed silent, then warn of what falls next."""
    rules = pool_rules(now)
    return Recycled(fell=_let_fall(rules, now=now), warned=_warn(rules, now=now))


def silent_customers(rules: PoolRules, *, now: datetime, ahead: int = 0) -> QuerySet[Any]:
    """Return the owned customers whose silence ends their ownership within ``ahead`` days.

    ``silent_since`` is annotated. Buyers and customers with a subscription or a contract are never
    among them.
    """
    owned = Customer.objects.filter(owner__isnull=False, merged_into__isnull=True)
    return may_fall(with_silence(owned)).filter(_too_silent(rules, now=now, ahead=ahead))


def _too_silent(rules: PoolRules, *, now: datetime, ahead: int) -> Q:
    """Return the condition that a customer's silence reaches the days of its class and grade."""
    by_days: dict[int, Q] = defaultdict(lambda: Q(pk__in=[]))
    for customer_class in FALLING_CLASSES:
        for grade in GRADES:
            days = days_for(customer_class, grade, rules.limits)
            if days is not None:
                by_days[days] |= Q(customer_class=customer_class) & _graded(grade)
    condition = Q(pk__in=[])
    for days, these in by_days.items():
        condition |= these & Q(silent_since__lt=silent_before(now, days - ahead))
    return condition


def _graded(grade: str) -> Q:
    return Q(grading__isnull=True) if grade == NO_GRADE else Q(grading__grade=grade)


def _warn(rules: PoolRules, *, now: datetime) -> int:
    warned = PoolWarning.objects.filter(
        customer=OuterRef("pk"), owner=OuterRef("owner"), silent_since=OuterRef("silent_since")
    )
    unwarned = silent_customers(rules, now=now, ahead=rules.warn_days).filter(~Exists(warned))
    done = 0
    while True:
        with transaction.atomic():
            rows = list(
                unwarned.select_related("owner__node", "grading")
                .select_for_update(skip_locked=True, of=("self",))
                .order_by("pk")[:BATCH]
            )
            _write_warnings(rows, rules, now=now)
        done += len(rows)
        if len(rows) < BATCH:
            return done


def _write_warnings(rows: list[Any], rules: PoolRules, *, now: datetime) -> None:
    PoolWarning.objects.bulk_create(
        (
            PoolWarning(
                customer=row,
                silent_since=row.silent_since,
                owner=row.owner,
                falls_at=_falls(row, rules, now=now),
                at=now,
            )
            for row in rows
        ),
        ignore_conflicts=True,
    )
    by_owner: dict[User, int] = defaultdict(int)
    for row in rows:
        by_owner[row.owner] += 1
    if rows:
        key = f"{now.isoformat()}:{rows[0].pk}"
        _tell(WARNED, by_owner, key=key, now=now, params={"days": rules.warn_days})


def _falls(row: Any, rules: PoolRules, *, now: datetime) -> datetime:
    grade = row.grading.grade if hasattr(row, "grading") else NO_GRADE
    days = days_for(row.customer_class, grade, rules.limits) or 0
    return max(falls_at(row.silent_since, days), falls_at(now, rules.warn_days - 1))


def _let_fall(rules: PoolRules, *, now: datetime) -> int:
    warned = PoolWarning.objects.filter(
        customer=OuterRef("pk"),
        owner=OuterRef("owner"),
        silent_since=OuterRef("silent_since"),
        at__lt=silent_before(now, rules.warn_days - 1),
    )
    ripe = silent_customers(rules, now=now).filter(Exists(warned)).annotate(was=F("owner"))
    done = 0
    while True:
        with transaction.atomic():
            locked = ripe.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
            rows = dict(locked.values_list("pk", "was")[:BATCH])
            _fall(rows, now=now)
        done += len(rows)
        if len(rows) < BATCH:
            return done


def _fall(owner_of: dict[int, int], *, now: datetime) -> None:
    change = handover(reason=BY_SILENCE, actor=None, now=now, kind=RECYCLED)
    fell = return_many(owner_of, change=change)
    if not fell:
        return
    record_bulk(kind="customers.recycled", actor=None, subject_kind="customer", ids=fell, now=now)
    people = User.objects.select_related("node").in_bulk(set(owner_of.values()))
    by_owner: dict[User, int] = defaultdict(int)
    for pk in fell:
        by_owner[people[owner_of[pk]]] += 1
    _tell(FELL, by_owner, key=f"{now.isoformat()}:{fell[0]}", now=now, params={})


def _tell(
    kind: str, counts: dict[User, int], *, key: str, now: datetime, params: dict[str, Any]
) -> None:
    """Tell each owner how many customers it is about; for closed accounts whoever is above."""
    line = Line.above(counts)
    notices = (
        Outgoing(
            kind=kind,
            recipient=person,
            key=f"{kind}:{key}:{owner.pk}:{person.pk}",
            params={"count": count, "owner": owner.name, **params},
        )
        for owner, count in counts.items()
        for person in line.told(owner, Audience.OWNER)
    )
    send_many(notices, now=now)
