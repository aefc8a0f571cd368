"""Figures about what customers did, each the exact sum of its raw events (CUS-32)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from customers import choices
from customers.rules.behaviour import BehaviourKind
from customers.selectors.history import Printed

# One pass over the events of the wanted customers; what a kind does not have stays NULL.
TOTALS = """
SELECT customer_id, kind, count(*), min(at), max(at),
    sum((facts->>'dwell_seconds')::bigint),
    avg((facts->>'click_rate')::numeric),
    count(DISTINCT channel) FILTER (WHERE channel <> ''),
    sum((facts->>'amount')::numeric) FILTER (WHERE action = 'payment'),
    avg((facts->>'rating')::numeric)
FROM customers_behaviourevent
WHERE customer_id = ANY(%(customers)s) AND at <= %(until)s
GROUP BY customer_id, kind
"""
# How often somebody browsed, by the seven days ending now, before them, and so on.
WEEKS = """
SELECT floor(extract(epoch FROM %(now)s - at) / 604800)::int AS week, count(*)
FROM customers_behaviourevent
WHERE customer_id = %(customer)s AND kind = 'browsing' AND at <= %(now)s AND at > %(since)s
GROUP BY week
"""
HISTORY = """
SELECT 'behaviour', at, kind::text, action::text, coalesce(
    facts->>'path', facts->>'content', facts->>'suggestion', facts->>'rating', ''), channel::text
FROM customers_behaviourevent WHERE customer_id = %(customer)s ORDER BY at DESC LIMIT 10
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """What one customer's events of one kind add up to."""

    count: int
    first_at: datetime
    last_at: datetime
    dwell_seconds: int | None = None
    click_rate: Decimal | None = None
    channels: int = 0
    paid: Decimal | None = None
    rating: Decimal | None = None


def behaviour_totals(
    customers: Iterable[int], *, until: datetime
) -> dict[tuple[int, BehaviourKind], Totals]:
    """Return the totals by customer and kind up to ``until``, in one query however many."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, {"customers": sorted(customers), "until": until})
        rows = cursor.fetchall()
    return {(row[0], BehaviourKind(row[1])): Totals(*row[2:]) for row in rows}


def browsing_by_week(customer_id: int, *, weeks: int, now: datetime) -> list[int]:
    """Return how many pages the customer looked at in each of the last weeks, oldest first."""
    since = now - timedelta(weeks=weeks)
    with connection.cursor() as cursor:
        cursor.execute(WEEKS, {"customer": customer_id, "now": now, "since": since})
        found = dict(cursor.fetchall())
    return [found.get(week, 0) for week in reversed(range(weeks))]


def printed(kind: str, action: str, text: str, channel: str) -> Printed:
    """Return the line of the timeline for one event."""
    kinds, channels = dict(choices.BEHAVIOUR_KINDS), dict(choices.CHANNELS)
    title = str(kinds.get(kind, kind))
    detail = str(choices.BEHAVIOUR_ACTIONS.get(action, "")) or str(channels.get(channel, ""))
    if kind == BehaviourKind.FEEDBACK.value and text.isdecimal():
        text = _("%(n)s of 5") % {"n": text}
    return "chart", f"{title} · {detail}" if detail else title, text
