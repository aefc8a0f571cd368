"""The nightly walk over silent customers: warn the owner, a day later let them fall (CUS-52).

Both steps look once at everybody, work on chunks and may run any number of times: a warning is a
unique row per customer, owner and spell of silence, and only customers whose warning stands since
the day before can fall. Once everybody was looked at, each owner is told once a day, from the
rows written: what a run that was cut short or killed did not tell, the next that ends tells.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from crm_site.audit.services import record_bulk
from crm_site.common.whole_tables import alone, chunks, ids_of, numbered
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.models import Customer, OwnershipEvent, PoolWarning
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

LOCK_KEY = 4_201_052  # of the advisory lock that one run holds
WARNED = "pool.warning"
FELL = "pool.fell"
TOLD_OF = timedelta(days=2)  # how far back a run looks for what was not told


@dataclass(frozen=True, slots=True)
class Recycled:
    """What a night brought: owners were warned of so many customers, so many fell.

    ``is_finished`` is false where the time given was over before everybody was looked at.
    """

    warned: int = 0
    fell: int = 0
    is_finished: bool = True


def recycle_silent(*, now: datetime, seconds: float | None = None) -> Recycled:
    """Let fall what was warned of and stayed silent, then warn of what falls next.

    Does nothing while another run is under way; after ``seconds`` the rest waits for the next call.
    """
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return Recycled()
        rules = pool_rules(now)
        each = None if seconds is None else seconds / 2
        fell, all_fell = _in_chunks(_ripe(rules, now), partial(_fall, rules, now), each)
        warned, is_finished = 0, all_fell
        if all_fell:
            unwarned = _unwarned(rules, now)
            warned, is_finished = _in_chunks(unwarned, partial(_warn, rules, now), each)
        if is_finished:
            _tell_of_warnings(rules, now=now)
            _tell_of_falls(now=now)
    return Recycled(warned, fell, is_finished)


def _in_chunks(
    found: QuerySet[Any], write: Callable[[list[int]], int], seconds: float | None
) -> tuple[int, bool]:
    """Hand the customers found on in chunks; return the sum of the answers, and if that was all."""
    try:
        statement, params = found.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:  # the policy lets nobody fall
        return 0, True
    done = reached = 0
    with numbered("recycled", statement, params) as rows:
        for first, last in chunks(rows, seconds=seconds):
            done += write(ids_of("recycled", first, last))
            reached = last
    return done, reached == rows


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


def _unwarned(rules: PoolRules, now: datetime) -> QuerySet[Any]:
    warned = PoolWarning.objects.filter(
        customer=OuterRef("pk"), owner=OuterRef("owner"), silent_since=OuterRef("silent_since")
    )
    return silent_customers(rules, now=now, ahead=rules.warn_days).filter(~Exists(warned))


@transaction.atomic
def _warn(rules: PoolRules, now: datetime, ids: list[int]) -> int:
    """Write the warnings of those who still wait for one; return how many."""
    found = _unwarned(rules, now).filter(pk__in=ids).order_by("pk")
    locked = found.select_for_update(skip_locked=True, no_key=True, of=("self",))
    rows = list(
        locked.values_list("pk", "silent_since", "owner", "customer_class", "grading__grade")
    )
    tomorrow = falls_at(now, rules.warn_days - 1)
    PoolWarning.objects.bulk_create(
        (
            PoolWarning(
                customer_id=pk,
                silent_since=since,
                owner_id=owner,
                falls_at=_falls(
                    since, days_for(of_class, grade or NO_GRADE, rules.limits), tomorrow
                ),
                at=now,
            )
            for pk, since, owner, of_class, grade in rows
        ),
        ignore_conflicts=True,
    )
    return len(rows)


def _falls(since: datetime, days: int | None, tomorrow: datetime) -> datetime:
    return max(falls_at(since, days or 0), tomorrow)


def _ripe(rules: PoolRules, now: datetime) -> QuerySet[Any]:
    warned = PoolWarning.objects.filter(
        customer=OuterRef("pk"),
        owner=OuterRef("owner"),
        silent_since=OuterRef("silent_since"),
        at__lt=silent_before(now, rules.warn_days - 1),
    )
    return silent_customers(rules, now=now).filter(Exists(warned))


@transaction.atomic
def _fall(rules: PoolRules, now: datetime, ids: list[int]) -> int:
    """Let fall those who still have to; return how many."""
    ripe = _ripe(rules, now).filter(pk__in=ids).order_by("pk")
    locked = ripe.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    change = handover(reason=BY_SILENCE, actor=None, now=now, kind=RECYCLED)
    fell = return_many(list(locked), change=change)
    if fell:
        record_bulk(
            kind="customers.recycled", actor=None, subject_kind="customer", ids=fell, now=now
        )
    return len(fell)


def _tell_of_warnings(rules: PoolRules, *, now: datetime) -> None:
    written = PoolWarning.objects.filter(at__gt=now - TOLD_OF, at__lte=now)
    counted = written.order_by().values_list("owner", TruncDate("at")).annotate(Count("pk"))
    _tell(WARNED, counted, now=now, params={"days": rules.warn_days})


def _tell_of_falls(*, now: datetime) -> None:
    fallen = OwnershipEvent.objects.filter(
        kind=RECYCLED, is_backup=False, at__gt=now - TOLD_OF, at__lte=now
    )
    counted = fallen.order_by().values_list("from_owner", TruncDate("at")).annotate(Count("pk"))
    _tell(FELL, counted, now=now, params={})


def _tell(
    kind: str,
    counted: Iterable[tuple[Any, date, int]],
    *,
    now: datetime,
    params: dict[str, Any],
) -> None:
    """Tell each owner once a day how many it was; for closed accounts whoever is above."""
    rows = list(counted)
    people = User.objects.select_related("node").in_bulk({owner for owner, _day, _n in rows})
    line = Line.above(people.values())
    notices = (
        Outgoing(
            kind=kind,
            recipient=person,
            key=f"{kind}:{day.isoformat()}:{owner}:{person.pk}",
            params={"count": count, "owner": people[owner].name, **params},
        )
        for owner, day, count in rows
        for person in line.told(people[owner], Audience.OWNER)
    )
    send_many(notices, now=now)
