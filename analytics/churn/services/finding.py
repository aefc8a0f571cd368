"""Who was lost by the rules in force, found in the events; written once, with its reason (CUS-97).

Set-based: the candidates are one statement, the writing goes in chunks. A customer with a loss
that stands is not looked at again; the same event never makes two losses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.churn.features.sources import TWO_WAY, VISIT
from analytics.churn.models import ChurnLoss, ChurnLossReason
from analytics.churn.policies import ChurnDefinition, definition_at
from analytics.churn.rules.reasons import reason_of_lead, scene_of
from analytics.churn.rules.words import LossRule
from crm_site.common.whole_tables import alone, chunks, numbered
from customers.services.lifecycle import mark_all_churned

LOCK: Final = 4_202_003

# Customers no deal of whom stands, who are not lost already.
_LOOSE: Final = """
SELECT c.id, c.project_id, c.owner_id, c.budget_max, c.budget_min, c.phase
FROM customers_customer c
WHERE c.merged_into_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM customers_purchase p WHERE p.customer_id = c.id
        AND p.state IN ('held', 'presubscribed', 'subscribed', 'signed', 'handed_over'))
    AND NOT EXISTS (SELECT 1 FROM analytics_churnloss x WHERE x.customer_id = c.id
        AND x.state = 'standing')
"""

# The last deal that ended, unless the customer enquired again after it.
_ENDED: Final = """
SELECT DISTINCT ON (p.customer_id) p.customer_id, p.ended_at AS at,
    CASE WHEN p.state = 'cancelled' THEN 'cancelled'
        WHEN EXISTS (SELECT 1 FROM service_ticket k WHERE k.customer_id = p.customer_id
            AND k.kind IN ('complaint', 'price_dispute', 'group_complaint')
            AND k.opened_at <= p.ended_at AND (k.closed_at IS NULL
                OR k.closed_at > p.ended_at - make_interval(days => %(complaint_days)s)))
            THEN 'complaint' ELSE 'refunded' END AS rule,
    CASE WHEN p.state = 'cancelled' THEN 'reservation' ELSE 'signed' END AS stage,
    p.project_id, p.consultant_id, coalesce(p.agreed_total, p.list_total) AS money,
    'purchase:' || p.id AS source, '' AS reason
FROM customers_purchase p JOIN loose c ON c.id = p.customer_id
WHERE p.state IN ('cancelled', 'refunded') AND p.ended_at <= %(now)s
    AND ((p.state = 'cancelled' AND %(cancelled)s) OR (p.state = 'refunded' AND %(refunded)s))
    AND NOT EXISTS (SELECT 1 FROM customers_lead l WHERE l.customer_id = p.customer_id
        AND l.received_at > p.ended_at)
ORDER BY p.customer_id, p.ended_at DESC
"""

# Every enquiry lost, the last one with a reason that means leaving.
_GAVE_UP: Final = f"""
SELECT DISTINCT ON (l.customer_id) l.customer_id, coalesce(e.at, l.updated_at) AS at,
    CASE WHEN l.lost_reason = 'bought_elsewhere' THEN 'elsewhere' ELSE 'gave_up' END AS rule,
    CASE WHEN EXISTS (SELECT 1 FROM customers_interaction i WHERE i.customer_id = l.customer_id
        AND {VISIT}) THEN 'visit' ELSE 'lead' END AS stage,
    coalesce(l.project_id, c.project_id) AS project_id, coalesce(l.owner_id, c.owner_id),
    coalesce(c.budget_max, c.budget_min) AS money, 'lead:' || l.id AS source,
    l.lost_reason AS reason
FROM customers_lead l JOIN loose c ON c.id = l.customer_id
LEFT JOIN LATERAL (SELECT max(v.at) AS at FROM customers_leadevent v WHERE v.lead_id = l.id
    AND v.kind = 'state' AND v.to_value = 'lost') e ON true
WHERE l.state = 'lost' AND l.lost_reason NOT IN ('invalid', 'unreachable')
    AND ((l.lost_reason = 'bought_elsewhere' AND %(elsewhere)s) OR
        (l.lost_reason <> 'bought_elsewhere' AND %(gave_up)s))
    AND NOT EXISTS (SELECT 1 FROM customers_lead o WHERE o.customer_id = l.customer_id
        AND o.state <> 'lost')
ORDER BY l.customer_id, coalesce(e.at, l.updated_at) DESC
"""  # noqa: S608 -- constants of the code

# Nobody heard of them for so long, and no visit is booked; who visited is given more time.
_SILENT: Final = f"""
SELECT c.id AS customer_id, q.at + make_interval(days => q.days) AS at, 'silent' AS rule, q.stage,
    c.project_id, c.owner_id, coalesce(c.budget_max, c.budget_min) AS money,
    'silence:' || extract(epoch FROM q.at)::bigint AS source, '' AS reason
FROM loose c JOIN LATERAL (
    SELECT greatest(i.at, l.at) AS at, i.visited,
        CASE WHEN i.visited THEN %(silent_days_visit)s ELSE %(silent_days)s END AS days,
        CASE WHEN i.visited THEN 'visit' ELSE 'lead' END AS stage
    FROM (SELECT max(i.at) FILTER (WHERE {TWO_WAY}) AS at, bool_or({VISIT}) AS visited
            FROM customers_interaction i WHERE i.customer_id = c.id AND NOT i.is_automatic
                AND i.channel <> 'note' AND i.at <= %(now)s) i,
        (SELECT max(l.received_at) AS at FROM customers_lead l WHERE l.customer_id = c.id) l
) q ON q.at + make_interval(days => q.days) <= %(now)s
WHERE %(silence)s AND c.phase <> 'churned' AND NOT EXISTS (
    SELECT 1 FROM customers_meetingguest g JOIN customers_meeting m ON m.id = g.meeting_id
    WHERE g.customer_id = c.id AND m.state = 'planned' AND m.starts_at > %(now)s)
    AND NOT EXISTS (SELECT 1 FROM customers_purchase p WHERE p.customer_id = c.id
        AND p.handed_over_at IS NOT NULL)
"""  # noqa: S608 -- constants of the code

FOUND: Final = f"""
WITH loose AS ({_LOOSE}), found AS (
    SELECT * FROM ({_ENDED}) a UNION ALL SELECT * FROM ({_GAVE_UP}) b
    UNION ALL SELECT * FROM ({_SILENT}) d
)
SELECT DISTINCT ON (f.customer_id) f.customer_id AS id, f.* FROM found f
WHERE NOT EXISTS (SELECT 1 FROM analytics_churnloss x WHERE x.customer_id = f.customer_id
    AND (x.source = f.source OR (x.state <> 'standing' AND x.ended_at > f.at)))
ORDER BY f.customer_id, f.at
"""  # noqa: S608 -- constants of the code
READ: Final = """
SELECT customer_id, at, rule, stage, project_id, consultant_id, money, source, reason
FROM churn_found WHERE n BETWEEN %s AND %s ORDER BY n
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One loss as the events tell it."""

    customer_id: int
    at: datetime
    rule: str
    stage: str
    project_id: int | None
    consultant_id: int | None
    money: Decimal | None
    source: str
    reason: str


def find_losses(*, now: datetime, seconds: float | None = None) -> int:
    """Write down every loss the rules in force find and mark the customers; return how many.

    A second call finds nothing; one that was stopped goes on where it was. What stops after
    ``seconds`` is left to the next call. 0 while another call is at it.
    """
    with alone(LOCK) as is_free:
        if not is_free:
            return 0
        params = _params(definition_at(now), now)
        done, begun = 0, monotonic()
        with numbered("churn_found", FOUND, params) as rows:
            for first, last in chunks(rows):
                done += _write(list(_read(first, last)), now)
                if seconds is not None and monotonic() - begun > seconds:
                    break
    return done


def _params(rules: ChurnDefinition, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "silence": rules.silence,
        "silent_days": rules.silent_days,
        "silent_days_visit": rules.silent_days_visit,
        "gave_up": rules.gave_up,
        "elsewhere": rules.elsewhere,
        "cancelled": rules.cancelled,
        "refunded": rules.refunded,
        "complaint_days": rules.complaint_days,
    }


def _read(first: int, last: int) -> Iterator[Found]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [first, last])
        for row in cursor.fetchall():
            yield Found(*row)


@transaction.atomic
def _write(found: list[Found], now: datetime) -> int:
    """Write losses of one chunk; who was written down meanwhile is passed over."""
    ChurnLoss.objects.bulk_create([_loss(each, now) for each in found], ignore_conflicts=True)
    keys = {(each.customer_id, each.source) for each in found}
    rows = ChurnLoss.objects.standing().filter(
        customer__in=[each.customer_id for each in found], recorded_at=now
    )
    written = [loss for loss in rows if (loss.customer_id, loss.source) in keys]
    ChurnLossReason.objects.bulk_create(
        [ChurnLossReason(loss=loss, reason=loss.main_reason) for loss in written],
        ignore_conflicts=True,
    )
    mark_all_churned(rules={loss.customer_id: loss.rule for loss in written}, now=now)
    return len(written)


def _loss(found: Found, now: datetime) -> ChurnLoss:
    reason = reason_of_lead(found.reason)
    if found.rule == LossRule.COMPLAINT.value:
        reason = reason_of_lead("complaint")
    return ChurnLoss(
        customer_id=found.customer_id,
        on=timezone.localdate(found.at),
        rule=found.rule,
        stage=found.stage,
        project_id=found.project_id,
        consultant_id=found.consultant_id,
        money=found.money,
        source=found.source,
        main_reason=reason.value,
        scene=scene_of(reason).value,
        recorded_at=now,
    )
