"""The base of the summary tables as SQL: one line for each item, and the cells they make (ANA-53).

Rebuild, refresh, the list of rows behind a figure and the check of one against the other all read
these same texts. Only constants are put into them; values travel as parameters.

Grade and stage are those at the time of the event, from the history of the customer. Before the
first known grade that one counts; before the first move the stage it began in. So the past keeps
its figures when a customer is graded anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.warehouse.rules.measures import Fact

NOTHING: Final = "0"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the items of a fact stand; texts are SQL over the aliases of ``tables``."""

    tables: str
    key: str
    at: str
    project: str
    customer: str
    consultant: str
    channel: str
    kind: str = "''"
    topic: str = "''"
    amount: str = NOTHING
    where: str = "true"


_PURCHASE: Final = """customers_purchase p
    JOIN customers_customer c ON c.id = p.customer_id
    LEFT JOIN customers_lead l ON l.id = p.lead_id
    LEFT JOIN customers_unit u ON u.id = p.unit_id"""


def _purchase(at: str, amount: str, *, where: str = "true", kind: str = "") -> Source:
    return Source(
        tables=_PURCHASE,
        key="p.id",
        at=at,
        project="p.project_id",
        customer="p.customer_id",
        consultant="p.consultant_id",
        channel="coalesce(l.source, c.source)",
        kind=kind or "coalesce(u.kind, '')",
        amount=f"coalesce({amount}, 0)",
        where=where,
    )


_RESPONSE: Final = "service_surveyresponse r LEFT JOIN customers_customer c ON c.id = r.customer_id"

SOURCES: Final[Mapping[Fact, Source]] = {
    Fact.LEAD: Source(
        tables="customers_lead l JOIN customers_customer c ON c.id = l.customer_id",
        key="l.id",
        at="l.received_at",
        project="l.project_id",
        customer="l.customer_id",
        consultant="l.owner_id",
        channel="l.source",
        kind="l.capture_point",
    ),
    Fact.TALK: Source(
        tables="""customers_interaction i JOIN customers_customer c ON c.id = i.customer_id
    LEFT JOIN customers_lead l ON l.id = i.lead_id""",
        key="i.id",
        at="i.at",
        project="coalesce(l.project_id, c.project_id)",
        customer="i.customer_id",
        consultant="i.author_id",
        channel="i.channel",
        kind="i.result",
        where="i.channel <> 'note' AND NOT i.is_automatic",
    ),
    Fact.LOSS: Source(
        tables="""customers_leadevent v JOIN customers_lead l ON l.id = v.lead_id
    JOIN customers_customer c ON c.id = l.customer_id""",
        key="v.id",
        at="v.at",
        project="l.project_id",
        customer="l.customer_id",
        consultant="l.owner_id",
        channel="l.source",
        kind="v.from_value",
        where="v.kind = 'state' AND v.to_value = 'lost'",
    ),
    Fact.RESERVATION: _purchase("p.subscribed_at", "p.deposit"),
    Fact.SIGNATURE: _purchase("p.signed_at", "p.agreed_total"),
    Fact.CANCELLATION: _purchase(
        "p.ended_at", "p.agreed_total", kind="p.state", where="p.state IN ('cancelled', 'refunded')"
    ),
    Fact.TICKET: Source(
        tables="""service_ticket t LEFT JOIN customers_customer c ON c.id = t.customer_id
    LEFT JOIN service_ticketcategory k ON k.id = t.category_id""",
        key="t.id",
        at="t.opened_at",
        project="t.project_id",
        customer="t.customer_id",
        consultant="coalesce(t.handler_id, t.first_responder_id)",
        channel="t.channel",
        kind="t.kind",
        topic="coalesce(k.code, '')",
        where="t.state NOT IN ('cancelled', 'merged')",
    ),
    Fact.ANSWER: Source(
        tables=f"{_RESPONSE} JOIN service_surveyanswer a ON a.response_id = r.id",
        key="a.id",
        at="r.at",
        project="r.project_id",
        customer="r.customer_id",
        consultant="r.adviser_id",
        channel="r.trigger",
        kind="r.stage",
        topic="a.question",
        amount="a.points",
        where="a.points IS NOT NULL AND NOT r.of_staff",
    ),
    Fact.RATING: Source(
        tables=_RESPONSE,
        key="r.id",
        at="r.at",
        project="r.project_id",
        customer="r.customer_id",
        consultant="r.adviser_id",
        channel="r.trigger",
        kind="r.stage",
        amount="r.rating",
        where="r.rating IS NOT NULL AND NOT r.of_staff",
    ),
}

_WITHIN: Final = """
    JOIN unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) w(since, until)
        ON {at} >= w.since AND {at} < w.until"""
_EVENTS: Final = """
    SELECT {key} AS id, {at} AS at, {project} AS project, {customer} AS customer,
        {consultant} AS consultant, {channel} AS channel, {kind} AS kind, {topic} AS topic,
        {amount} AS amount, c.buying_stage AS stage_now
    FROM {tables}{within}
    WHERE {at} IS NOT NULL AND {where}"""
_ONLY: Final = "WHERE customer_id IN (SELECT customer FROM ev)"
# One line for each customer with a history. Most have one move or none: they need no list.
_HISTORY: Final = """
    SELECT customer_id, g.ats AS grade_ats, g.grades, g.first_grade, g.last_grade, g.graded_at,
        s.ats AS stage_ats, s.stages, s.began, s.moved_first, s.moved_last, s.last_stage
    FROM (
        SELECT customer_id, max(at) AS graded_at,
            CASE WHEN count(*) > 1 THEN array_agg(at ORDER BY at, id) END AS ats,
            CASE WHEN count(*) > 1 THEN array_agg(to_grade ORDER BY at, id) END AS grades,
            (array_agg(to_grade ORDER BY at, id))[1] AS first_grade,
            (array_agg(to_grade ORDER BY at, id))[count(*)] AS last_grade
        FROM customers_gradeevent {only} GROUP BY customer_id
    ) g FULL JOIN (
        SELECT customer_id, min(at) AS moved_first, max(at) AS moved_last,
            CASE WHEN count(*) > 1 THEN array_agg(at ORDER BY at, id) END AS ats,
            CASE WHEN count(*) > 1 THEN array_agg(to_stage ORDER BY at, id) END AS stages,
            (array_agg(coalesce(nullif(from_stage, ''), to_stage) ORDER BY at, id))[1] AS began,
            (array_agg(to_stage ORDER BY at, id))[count(*)] AS last_stage
        FROM customers_stageevent {only} GROUP BY customer_id
    ) s USING (customer_id)"""
_DATED: Final = """
WITH ev AS (SELECT * FROM ({events}
) e WHERE {narrowed}), {history}dated AS (
    SELECT e.id, e.at, (e.at AT TIME ZONE %(zone)s)::date AS day, coalesce(e.project, 0) AS project,
        coalesce(e.consultant, 0) AS consultant, e.channel,
        CASE WHEN h.graded_at IS NULL THEN '' WHEN e.at >= h.graded_at THEN h.last_grade
            WHEN h.grade_ats IS NULL THEN h.first_grade
            ELSE h.grades[greatest(1, width_bucket(e.at, h.grade_ats))] END AS grade,
        CASE WHEN h.moved_first IS NULL THEN coalesce(e.stage_now, '')
            WHEN e.at < h.moved_first THEN h.began WHEN e.at >= h.moved_last THEN h.last_stage
            ELSE h.stages[width_bucket(e.at, h.stage_ats)] END AS stage,
        e.kind, e.topic, e.amount, e.customer
    FROM ev e LEFT JOIN {histories} h ON h.customer_id = e.customer
)
"""
HISTORIES: Final = "cube_history"  # temporary, of all customers, while facts are written whole
FINE: Final = "fact, day, project, consultant, channel, grade, stage, kind, topic"
COARSE: Final = "fact, day, project, channel, kind, topic"
# Items without an amount are not added up: their sums are known.
_SUMS: Final = "sum(amount) AS amount, sum(amount * amount) AS squares"
_NO_SUMS: Final = "0::numeric AS amount, 0::numeric AS squares"
_CELLS: Final = """{dated}
SELECT %(fact)s::varchar AS fact, day, project, consultant, channel, grade, stage, kind, topic,
    count(*) AS n, {sums}
FROM dated GROUP BY day, project, consultant, channel, grade, stage, kind, topic
"""


def events_sql(fact: Fact, *, within: bool) -> str:
    """Return the items of ``fact``; with ``within`` those of the spans in the parameters."""
    source = SOURCES[fact]
    parts = {name: getattr(source, name) for name in Source.__slots__}
    return _EVENTS.format(**parts, within=_WITHIN.format(at=source.at) if within else "")


def dated_sql(fact: Fact, *, within: bool, narrowed: str = "true") -> str:
    """Return the beginning of a statement whose ``dated`` holds the items with all dimensions.

    ``narrowed`` is a condition on the columns of items, a constant with its parameters. With
    ``within`` the histories of the customers found are read, else those of the table HISTORIES.
    """
    history = f"history AS ({history_sql(only=_ONLY)}\n), " if within else ""
    return _DATED.format(
        events=events_sql(fact, within=within),
        narrowed=narrowed,
        history=history,
        histories="history" if within else HISTORIES,
    )


def history_sql(*, only: str = "") -> str:
    """Return the history of each customer, grades and stages, as one line."""
    return _HISTORY.format(only=only)


def cells_sql(fact: Fact, *, within: bool) -> str:
    """Return the cells of ``fact`` in the fine summary; without ``within`` from HISTORIES."""
    sums = _SUMS if has_amounts(fact) else _NO_SUMS
    return _CELLS.format(dated=dated_sql(fact, within=within), sums=sums)


def has_amounts(fact: Fact) -> bool:
    """Return whether the items of ``fact`` carry an amount."""
    return SOURCES[fact].amount != NOTHING
