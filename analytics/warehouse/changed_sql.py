"""Which days of which facts the rows written since the last look belong to (ANA-53).

Each source names its table and, for every fact it moves, a statement that turns its new rows into
moments. A move of grade, stage or owner counts for the items it can re-date only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.warehouse.rules.measures import Fact

# Every item of the customers in ``c (customer_id, since)`` from ``since`` on, by fact.
_OF_CUSTOMERS: Final[Mapping[Fact, str]] = {
    Fact.LEAD: """SELECT x.received_at FROM customers_lead x JOIN c USING (customer_id)
        WHERE x.received_at >= c.since""",
    Fact.TALK: """SELECT x.at FROM customers_interaction x JOIN c USING (customer_id)
        WHERE x.at >= c.since""",
    Fact.LOSS: """SELECT v.at FROM customers_lead x JOIN c USING (customer_id)
        JOIN customers_leadevent v ON v.lead_id = x.id
        WHERE v.kind = 'state' AND v.to_value = 'lost' AND v.at >= c.since""",
    Fact.RESERVATION: """SELECT x.subscribed_at FROM customers_purchase x
        JOIN c USING (customer_id) WHERE x.subscribed_at >= c.since""",
    Fact.SIGNATURE: """SELECT x.signed_at FROM customers_purchase x
        JOIN c USING (customer_id) WHERE x.signed_at >= c.since""",
    Fact.CANCELLATION: """SELECT x.ended_at FROM customers_purchase x
        JOIN c USING (customer_id) WHERE x.ended_at >= c.since""",
    Fact.TICKET: """SELECT x.opened_at FROM service_ticket x JOIN c USING (customer_id)
        WHERE x.opened_at >= c.since""",
    Fact.ANSWER: """SELECT x.at FROM service_surveyresponse x JOIN c USING (customer_id)
        WHERE x.at >= c.since""",
    Fact.RATING: """SELECT x.at FROM service_surveyresponse x JOIN c USING (customer_id)
        WHERE x.at >= c.since""",
}
_NEW: Final = "id > %(after)s AND id <= %(upto)s"
# The first grade counts for the past too, the first move says where the customer began.
_MOVED: Final = """WITH c AS (
    SELECT e.customer_id, min(CASE WHEN EXISTS (
        SELECT FROM {table} f WHERE f.customer_id = e.customer_id AND (f.at, f.id) < (e.at, e.id)
    ) THEN e.at ELSE '-infinity' END) AS since
    FROM {table} e WHERE e.{new} GROUP BY e.customer_id
) {items}"""
_MERGED: Final = """WITH c AS (
    SELECT kept_id AS customer_id, '-infinity'::timestamptz AS since
    FROM customers_merge WHERE {new}
    UNION SELECT gone_id, '-infinity' FROM customers_merge WHERE {new}
) {items}"""
_OWNED: Final = """WITH c AS (
    SELECT DISTINCT customer_id, '-infinity'::timestamptz AS since
    FROM customers_ownershipevent WHERE {new}
) {items}"""


@dataclass(frozen=True, slots=True)
class Changes:
    """A table whose new rows are looked at; per fact, a statement of moments."""

    table: str
    moments: Mapping[Fact, str]


def _each(text: str, **parts: str) -> dict[Fact, str]:
    return {
        fact: text.format(items=items, new=_NEW, **parts) for fact, items in _OF_CUSTOMERS.items()
    }


_PURCHASES: Final = """SELECT {column} FROM customers_purchase WHERE id IN (
    SELECT purchase_id FROM customers_purchaseevent WHERE id > %(after)s AND id <= %(upto)s)"""
_RECEIVED: Final = """SELECT received_at FROM customers_lead
    WHERE id > %(after)s AND id <= %(upto)s"""
_RECEIVED_OF_EVENTS: Final = """SELECT received_at FROM customers_lead WHERE id IN (
    SELECT lead_id FROM customers_leadevent WHERE id > %(after)s AND id <= %(upto)s)"""
_LOST: Final = """SELECT at FROM customers_leadevent WHERE lead_id IN (
    SELECT lead_id FROM customers_leadevent WHERE id > %(after)s AND id <= %(upto)s)
    AND kind = 'state' AND to_value = 'lost'"""
_TALKED: Final = "SELECT at FROM customers_interaction WHERE id > %(after)s AND id <= %(upto)s"
_OPENED: Final = """SELECT opened_at FROM service_ticket WHERE id IN (
    SELECT ticket_id FROM service_ticketevent WHERE id > %(after)s AND id <= %(upto)s)"""
_ANSWERED: Final = "SELECT at FROM service_surveyresponse WHERE id > %(after)s AND id <= %(upto)s"
_DAYS: Final = """SELECT DISTINCT (found.at AT TIME ZONE %(zone)s)::date
    FROM ({statement}) found(at) WHERE found.at IS NOT NULL"""
_NEWEST: Final = "SELECT coalesce(max(id), 0) FROM {table}"

CHANGES: Final[Mapping[str, Changes]] = {
    "lead": Changes("customers_lead", {Fact.LEAD: _RECEIVED}),
    "lead_event": Changes(
        "customers_leadevent", {Fact.LEAD: _RECEIVED_OF_EVENTS, Fact.LOSS: _LOST}
    ),
    "talk": Changes("customers_interaction", {Fact.TALK: _TALKED}),
    "purchase": Changes(
        "customers_purchaseevent",
        {
            Fact.RESERVATION: _PURCHASES.format(column="subscribed_at"),
            Fact.SIGNATURE: _PURCHASES.format(column="signed_at"),
            Fact.CANCELLATION: _PURCHASES.format(column="ended_at"),
        },
    ),
    "ticket": Changes("service_ticketevent", {Fact.TICKET: _OPENED}),
    "response": Changes("service_surveyresponse", {Fact.ANSWER: _ANSWERED, Fact.RATING: _ANSWERED}),
    "grade": Changes("customers_gradeevent", _each(_MOVED, table="customers_gradeevent")),
    "stage": Changes("customers_stageevent", _each(_MOVED, table="customers_stageevent")),
    "owner": Changes(
        "customers_ownershipevent",
        {Fact.TALK: _OWNED.format(items=_OF_CUSTOMERS[Fact.TALK], new=_NEW)},
    ),
    "merge": Changes("customers_merge", _each(_MERGED)),
}


def days_sql(statement: str) -> str:
    """Return the local days of the moments that ``statement`` finds."""
    return _DAYS.format(statement=statement)


def newest_sql(table: str) -> str:
    """Return the highest key of ``table``, 0 for an empty one."""
    return _NEWEST.format(table=table)
