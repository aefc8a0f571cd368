"""Groups of customers alike: found once a month, named, kept as frozen segments (ANA-42)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from analytics.value.models import Cluster, ClusterMember, ClusterRun
from analytics.value.rules.clusters import (
    Grouping,
    best_grouping,
    outstanding,
    standardise,
    successors,
)
from crm_site.common.whole_tables import alone
from customers.refusal_sql import REFUSED
from customers.services.holding import hold_against_refusals

LOCK_KEY: Final = 4_201_091
SEED: Final = 20_260
SAMPLE: Final = 20_000  # customers the groups are found on; the others join the nearest
LEAST: Final = 30  # customers below which no groups are looked for
BATCH: Final = 5000
FEATURES: Final = ("value", "budget", "activity", "visits", "contracts", "referrals", "years")
# The features of everybody who may be assessed, in the order above; counts and sums are skewed.
READ: Final = f"""
SELECT c.id, ln(1 + GREATEST(v.net, 0)), coalesce(c.budget_max, c.budget_min, 0) / 10000,
    coalesce(s.activity, 0), coalesce(t.visits, 0), v.contracts, coalesce(r.referrals, 0),
    extract(epoch FROM %(now)s - c.created_at) / 86400 / 365
FROM customers_customer c JOIN analytics_customervalue v ON v.customer_id = c.id
LEFT JOIN customers_customerstanding s ON s.customer_id = c.id
LEFT JOIN (
    SELECT customer_id, count(*) AS visits FROM customers_interaction
    WHERE at > %(now)s - interval '365 days' AND (channel = 'visit' OR result = 'visited')
    GROUP BY customer_id
) t ON t.customer_id = c.id
LEFT JOIN (
    SELECT referrer_id, count(*) AS referrals FROM customers_customer
    WHERE referrer_id IS NOT NULL AND merged_into_id IS NULL GROUP BY referrer_id
) r ON r.referrer_id = c.id
WHERE c.merged_into_id IS NULL AND c.id NOT IN ({REFUSED}) ORDER BY c.id
"""  # noqa: S608 -- constants of the code


def slot_of(now: datetime) -> str:
    """Return the month of a run."""
    return f"{timezone.localtime(now):%Y-%m}"


def group_customers(*, now: datetime, seed: int = SEED) -> ClusterRun | None:
    """Find the groups of this month; None where that is done, under way, or too few are there."""
    with alone(LOCK_KEY) as is_free:
        if not is_free or ClusterRun.objects.filter(slot=slot_of(now)).exists():
            return None
        return regroup(now=now, slot=slot_of(now), seed=seed)


def regroup(*, now: datetime, slot: str, seed: int = SEED) -> ClusterRun | None:
    """Find groups among everybody with a value, and write them as the run ``slot``."""
    ids, values = _read(now)
    if len(ids) < LEAST:
        return None
    points = standardise(values)
    found = _found(points, seed)
    if found is None:
        return None
    return _write(ids, values, points, found, now=now, slot=slot, seed=seed)


def _read(now: datetime) -> tuple[Any, Any]:
    with connection.cursor() as cursor:
        cursor.execute(READ, {"now": now})
        rows = cursor.fetchall()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    values = np.array([[float(each) for each in row[1:]] for row in rows], dtype=float)
    return ids, values.reshape(len(rows), len(FEATURES))


def _found(points: Any, seed: int) -> Grouping | None:
    """Return the grouping of a sample, everybody in the group of the nearest centre."""
    if len(points) <= SAMPLE:
        return best_grouping(points, seed=seed)
    chosen = np.sort(np.random.default_rng(seed).choice(len(points), SAMPLE, replace=False))
    found = best_grouping(points[chosen], seed=seed)
    if found is None:
        return None
    labels = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), BATCH):
        part = points[start : start + BATCH]
        far = ((part[:, None, :] - found.centres[None, :, :]) ** 2).sum(axis=2)
        labels[start : start + BATCH] = far.argmin(axis=1)
    kept = Grouping(labels, found.centres, found.k, found.inertia, found.silhouette, found.tried)
    return kept


@transaction.atomic
def _write(  # noqa: PLR0913 -- one flat call, keyword-only
    ids: Any,
    values: Any,
    points: Any,
    found: Grouping,
    *,
    now: datetime,
    slot: str,
    seed: int,
) -> ClusterRun:
    hold_against_refusals()
    last = ClusterRun.objects.order_by("-pk").first()
    members = {label: ids[found.labels == label] for label in range(found.k)}
    before = _former(last)
    follows = successors(
        {pk: who for pk, (_cluster, who) in before.items()},
        {label: frozenset(who.tolist()) for label, who in members.items()},
    )
    run = ClusterRun.objects.create(
        slot=slot,
        run_at=now,
        seed=seed,
        features=list(FEATURES),
        customers=len(ids),
        k=found.k,
        silhouette=round(found.silhouette, 4),
        tried=[list(each) for each in found.tried],
        stayed=_stayed(members, before, follows),
    )
    free = _numbers(before, follows)
    for label in sorted(members, key=lambda each: -len(members[each])):
        former = before[follows[label]][0] if label in follows else None
        inside = found.labels == label
        off = points[inside].mean(axis=0)
        cluster = Cluster.objects.create(
            run=run,
            number=former.number if former else next(free),
            words=former.words if former else outstanding(off.tolist(), FEATURES),
            centre=dict(zip(FEATURES, values[inside].mean(axis=0).round(4).tolist(), strict=True)),
            off=dict(zip(FEATURES, off.round(3).tolist(), strict=True)),
            size=int(inside.sum()),
            before=former,
        )
        rows = [ClusterMember(cluster=cluster, customer_id=pk) for pk in members[label].tolist()]
        ClusterMember.objects.bulk_create(rows, batch_size=BATCH)
    _forget_refused(run)
    return run


def _former(last: ClusterRun | None) -> dict[int, tuple[Cluster, frozenset[int]]]:
    if last is None:
        return {}
    found: dict[int, tuple[Cluster, set[int]]] = {c.pk: (c, set()) for c in last.clusters.all()}
    rows = ClusterMember.objects.filter(cluster__run=last).values_list("cluster", "customer")
    for cluster, customer in rows.iterator():
        found[cluster][1].add(customer)
    return {pk: (cluster, frozenset(who)) for pk, (cluster, who) in found.items()}


def _stayed(
    members: Mapping[int, Any],
    before: Mapping[int, tuple[Cluster, frozenset[int]]],
    follows: Mapping[int, int],
) -> float | None:
    """Return the share of those grouped both times who are in the same group; None the first."""
    there = {pk for _cluster, who in before.values() for pk in who}
    now = {pk for who in members.values() for pk in who.tolist()}
    both = there & now
    if not both:
        return None
    same = sum(len(before[old][1] & set(members[label].tolist())) for label, old in follows.items())
    return round(same / len(both), 4)


def _numbers(
    before: Mapping[int, tuple[Cluster, frozenset[int]]], follows: Mapping[int, int]
) -> Any:
    taken = {before[old][0].number for old in follows.values()}
    return (number for number in range(1, 1000) if number not in taken)


def _forget_refused(run: ClusterRun) -> None:
    """Take out who has refused while the groups were being found."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM analytics_clustermember m USING analytics_cluster c"  # noqa: S608
            f" WHERE c.id = m.cluster_id AND c.run_id = %s AND m.customer_id IN ({REFUSED})",
            [run.pk],
        )
