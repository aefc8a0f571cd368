"""Over which channel and when to speak to a customer next, within contact discipline (ANA-54)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from analytics.value.rules.talking import Counted, Suggested, Talk, next_talk, slot_of
from crm_site.policies.services import in_force
from customers.contact_policies import RULES, ContactRules
from customers.models import Customer, Interaction
from customers.rules.axes import Channel, Result
from customers.rules.consent import Purpose
from customers.services.consents import has_withdrawn, opted_out
from customers.services.reaching import WEEK, contacts_since

# What we begin and the other side may or may not answer.
BEGUN: Final = (
    *(Channel.PHONE.value, Channel.WECHAT.value, Channel.SMS.value),
    *(Channel.EMAIL.value, Channel.APP.value, Channel.HOME_VISIT.value),
)
ANSWERED: Final = (Result.REACHED.value, Result.VISIT_BOOKED.value, Result.VISITED.value)
SEEN: Final = timedelta(days=365)
SATURDAY: Final = 5
# Attempts of the last 90 days with customers of the same project, by channel and part of the day.
OTHERS: Final = """
SELECT channel, hour, is_weekend, count(*), count(*) FILTER (WHERE answered)
FROM (
    SELECT i.channel, extract(hour FROM i.at AT TIME ZONE 'Asia/Shanghai')::int AS hour,
        extract(isodow FROM i.at AT TIME ZONE 'Asia/Shanghai') > 5 AS is_weekend,
        i.result = ANY(%(answered)s) AS answered
    FROM customers_interaction i JOIN customers_customer c ON c.id = i.customer_id
    WHERE c.project_id = %(project)s AND i.channel = ANY(%(begun)s) AND NOT i.is_automatic
        AND i.at > %(since)s AND i.at <= %(now)s
    ORDER BY i.at DESC LIMIT 20000
) tried GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class NextContact:
    """What is suggested, or why nobody should be contacted now; ``at`` is the next such moment."""

    suggested: Suggested | None = None
    at: datetime | None = None
    stop: str = ""


def next_contact(customer: Customer, *, now: datetime) -> NextContact:
    """Return the next best contact; no more than the weekly cap, never over a refused channel."""
    if has_withdrawn(customer, Purpose.CONTACT):
        return NextContact(stop="refused")
    rules: ContactRules = in_force(RULES, at=now).value
    refused = {channel.value for channel in opted_out(customer.pk)}
    allowed = [channel for channel in BEGUN if channel not in refused]
    if not allowed:
        return NextContact(stop="refused")
    found = next_talk(_own(customer, now), _others(customer, now), allowed=allowed)
    if found is None:
        return NextContact(stop="unknown")
    earliest = now
    if contacts_since(customer.pk, now - WEEK) >= rules.per_week:
        earliest = now + WEEK
    return NextContact(suggested=found, at=_moment(found, earliest, rules))


def _own(customer: Customer, now: datetime) -> list[Talk]:
    rows = Interaction.objects.filter(
        customer=customer, channel__in=BEGUN, is_automatic=False, at__gt=now - SEEN, at__lte=now
    )
    return [
        _talk(*row) for row in rows.order_by("-at").values_list("channel", "at", "result")[:200]
    ]


def _talk(channel: str, at: datetime, result: str) -> Talk:
    local = timezone.localtime(at)
    return Talk(channel, local.hour, local.weekday() >= SATURDAY, result in ANSWERED)


def _others(customer: Customer, now: datetime) -> list[Counted]:
    params: dict[str, Any] = {
        "project": customer.project_id,
        "begun": list(BEGUN),
        "answered": list(ANSWERED),
        "since": now - timedelta(days=90),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, params)
        rows = cursor.fetchall()
    found: dict[tuple[str, tuple[int, int], bool], list[int]] = {}
    for channel, hour, is_weekend, tried, answered in rows:
        slot = slot_of(hour)
        if slot is not None:
            both = found.setdefault((channel, slot, is_weekend), [0, 0])
            both[0], both[1] = both[0] + tried, both[1] + answered
    return [Counted(*key, tried, answered) for key, (tried, answered) in found.items()]


def _moment(found: Suggested, earliest: datetime, rules: ContactRules) -> datetime:
    """Return the first moment of the suggested part of a day, outside the quiet hours."""
    local = timezone.localtime(earliest)
    begins, ends = found.slot
    begins, ends = max(begins, rules.quiet_until), min(ends, rules.quiet_from)
    for days in range(15):
        day = local + timedelta(days=days)
        if (day.weekday() >= SATURDAY) != found.is_weekend:
            continue
        opens = day.replace(hour=min(begins, 23), minute=0, second=0, microsecond=0)
        if days == 0 and local.hour >= ends:
            continue
        return max(opens, local) if days == 0 else opens
    return local
