"""Where the inputs of churn come from: tables of events, each with its time and its recording.

Every source is cut by the builder, not by itself: a row counts when it had happened and was
recorded by the cut-off. A row recorded more than ``LATE`` after it happened comes from a history
that was loaded; its recording says nothing, so its own time counts alone.
"""

from dataclasses import dataclass, field
from typing import Final

LATE: Final = "interval '30 days'"
TWO_WAY: Final = """(i.result IN ('reached', 'visit_booked', 'visited') OR i.channel = 'visit')"""
VISIT: Final = """(i.channel = 'visit' OR i.result = 'visited')"""
# A callback we make because the score is high is no contact of the customer's: silence is theirs
# to break, and an input that rises because somebody was flagged teaches a model its own echo.
OUR_CALLBACK: Final = """EXISTS (SELECT 1 FROM analytics_winbackcall w
    JOIN analytics_winbackcase q ON q.id = w.case_id
    WHERE q.customer_id = i.customer_id AND w.at = i.at
        AND q.customer_id BETWEEN %(first)s AND %(last)s)"""
COMPLAINTS: Final = "('complaint', 'price_dispute', 'group_complaint')"


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of events of customers and what is counted of them.

    ``at`` and ``recorded`` are expressions over ``rows``; ``recorded`` is empty where a table
    keeps only one time. ``picks`` maps a name to an aggregate. Rows of a source with ``is_cut``
    false are not cut: one later than the cut-off is refused, as befits facts told from outside.
    """

    name: str
    rows: str
    customer: str
    at: str
    picks: dict[str, str] = field(default_factory=dict)
    recorded: str = ""
    where: str = ""
    is_cut: bool = True


def days(back: int) -> str:
    """Return the moment so many days before the cut-off."""
    return f"(%(t)s::timestamptz - interval '{back} days')"


SOURCES: Final = (
    Source(
        name="talk",
        rows="customers_interaction i",
        customer="i.customer_id",
        at="i.at",
        recorded="i.created_at",
        where=f"NOT i.is_automatic AND i.channel <> 'note' AND NOT {OUR_CALLBACK}",
        picks={
            "last_talk": f"max(i.at) FILTER (WHERE {TWO_WAY})",
            "first_visit": f"min(i.at) FILTER (WHERE {VISIT})",
            "visits": f"count(*) FILTER (WHERE {VISIT} AND i.at > {days(90)})",
            "visits_before": f"count(*) FILTER (WHERE {VISIT} AND i.at <= {days(90)}"
            f" AND i.at > {days(180)})",
            "talks": f"count(*) FILTER (WHERE {TWO_WAY} AND i.at > {days(30)})",
            "talks_before": f"count(*) FILTER (WHERE {TWO_WAY} AND i.at <= {days(30)}"
            f" AND i.at > {days(90)})",
            "no_answers": f"count(*) FILTER (WHERE i.result = 'no_answer' AND i.at > {days(30)})",
            "bad_moods": f"count(*) FILTER (WHERE i.mood = 'negative' AND i.at > {days(90)})",
            "refused_us": f"bool_or(i.result = 'refused' AND i.at > {days(90)})::int",
        },
    ),
    Source(
        name="lead",
        rows="customers_lead l",
        customer="l.customer_id",
        at="l.received_at",
        recorded="l.created_at",
        picks={
            "first_lead": "min(l.received_at)",
            "lead_project": "(array_agg(l.project_id ORDER BY l.received_at DESC, l.id DESC)"
            " FILTER (WHERE l.project_id IS NOT NULL))[1]",
            "channel": "array_position(%(sources)s::text[], (array_agg(l.source ORDER BY"
            " l.received_at DESC, l.id DESC))[1]::text)",
            "lead_visited": "bool_or(l.state = 'visited' AND l.updated_at <= %(t)s)::int",
            "lead_reserved": "bool_or(l.state = 'subscribed' AND l.updated_at <= %(t)s)::int",
            "lead_signed": "bool_or(l.state = 'signed' AND l.updated_at <= %(t)s)::int",
            "last_lead": "max(l.received_at)",
        },
    ),
    Source(
        name="answer",
        rows="customers_lead l JOIN customers_leadclock k ON k.lead_id = l.id"
        " AND k.kind = 'first_touch'",
        customer="l.customer_id",
        at="k.started_at",
        picks={
            "answer_hours": "least(avg(extract(epoch FROM least(coalesce(k.met_at, %(t)s), %(t)s)"
            " - k.started_at)) / 3600, 168)",
        },
    ),
    Source(
        name="owner",
        rows="customers_ownershipevent o",
        customer="o.customer_id",
        at="o.at",
        where="NOT o.is_backup AND o.from_owner_id IS NOT NULL AND o.to_owner_id IS NOT NULL"
        " AND o.from_owner_id <> o.to_owner_id",
        picks={"consultant_changes": f"count(*) FILTER (WHERE o.at > {days(90)})"},
    ),
    Source(
        name="complaint",
        rows="service_ticket k LEFT JOIN LATERAL (SELECT bool_or(z.due_at <= %(t)s AND"
        " (z.met_at IS NULL OR z.met_at > least(z.due_at, %(t)s))) AS late"
        " FROM service_ticketclock z WHERE z.ticket_id = k.id AND z.started_at <= %(t)s) z ON true",
        customer="k.customer_id",
        at="k.opened_at",
        where=f"k.kind IN {COMPLAINTS} AND k.state NOT IN ('merged', 'cancelled')",
        picks={
            "complaints_open": "count(*) FILTER (WHERE k.closed_at IS NULL OR k.closed_at > %(t)s)",
            "complaints_overdue": f"count(*) FILTER (WHERE z.late AND (k.closed_at IS NULL OR"
            f" k.closed_at > {days(180)}))",
            "complaints_on_time": f"count(*) FILTER (WHERE NOT coalesce(z.late, false)"
            f" AND k.closed_at <= %(t)s AND k.closed_at > {days(180)})",
        },
    ),
    Source(
        name="survey",
        rows="service_surveyresponse s",
        customer="s.customer_id",
        at="s.at",
        where="s.rating IS NOT NULL",
        picks={"rating": "(array_agg(s.rating ORDER BY s.at DESC, s.id DESC))[1]"},
    ),
    Source(
        name="online",
        rows="customers_behaviourevent b",
        customer="b.customer_id",
        at="b.at",
        recorded="b.received_at",
        where="b.kind IN ('browsing', 'consulting') AND b.action <> 'no_show'",
        picks={
            "online_moves": f"count(*) FILTER (WHERE b.at > {days(30)})",
            "online_before": f"count(*) FILTER (WHERE b.at <= {days(30)} AND b.at > {days(90)})",
        },
    ),
    Source(
        name="booking",
        rows="customers_meetingguest g JOIN customers_meeting m ON m.id = g.meeting_id",
        customer="g.customer_id",
        at="m.created_at",
        where="m.state = 'planned' AND m.starts_at > %(t)s",
        picks={"visit_booked": "1"},
    ),
    Source(
        name="wish",
        rows="customers_intentregistration w",
        customer="w.customer_id",
        at="w.at",
        picks={
            "competitor_seen": "bool_or(w.competitors <> '')::int",
            "wish_max": "(array_agg(w.price_max ORDER BY w.at DESC, w.id DESC)"
            " FILTER (WHERE w.price_max IS NOT NULL))[1]",
        },
    ),
    Source(
        name="loan",
        rows="customers_mortgageevent e JOIN customers_mortgage h ON h.id = e.mortgage_id"
        " JOIN customers_purchase p ON p.id = h.purchase_id",
        customer="p.customer_id",
        at="e.at",
        where="e.to_state = 'refused'",
        picks={"loan_refused": "1"},
    ),
    Source(
        name="payment",
        rows="customers_receipt r JOIN customers_purchase p ON p.id = r.purchase_id",
        customer="p.customer_id",
        at="r.received_on::timestamptz",
        recorded="r.recorded_at",
        where="r.kind = 'payment'",
        picks={
            "payments": "count(*)",
            "paid": "sum(r.amount) / 10000",
            "last_payment": "max(r.received_on::timestamptz)",
        },
    ),
    Source(
        name="purchase",
        rows="customers_purchase p",
        customer="p.customer_id",
        at="p.begun_at",
        picks={
            "is_owner": "bool_or(p.handed_over_at <= %(t)s AND (p.ended_at IS NULL OR"
            " p.ended_at > %(t)s))::int",
            "is_signed": "bool_or(p.signed_at <= %(t)s AND (p.handed_over_at IS NULL OR"
            " p.handed_over_at > %(t)s) AND (p.ended_at IS NULL OR p.ended_at > %(t)s))::int",
            "is_reserved": "bool_or(p.subscribed_at <= %(t)s AND (p.signed_at IS NULL OR"
            " p.signed_at > %(t)s) AND (p.ended_at IS NULL OR p.ended_at > %(t)s))::int",
            "deal_since": "max(least(coalesce(p.signed_at, %(t)s),"
            " coalesce(p.subscribed_at, %(t)s), %(t)s)) FILTER (WHERE p.ended_at IS NULL OR"
            " p.ended_at > %(t)s)",
            "deal_value": "max(coalesce(p.agreed_total, p.list_total)) FILTER (WHERE"
            " p.ended_at IS NULL OR p.ended_at > %(t)s)",
            "bought_before": "bool_or(p.handed_over_at <= %(t)s)::int",
            "deal_project": "(array_agg(p.project_id ORDER BY p.begun_at DESC, p.id DESC)"
            " FILTER (WHERE p.ended_at IS NULL OR p.ended_at > %(t)s))[1]",
        },
    ),
    Source(
        name="referral",
        rows="customers_customer r",
        customer="r.referrer_id",
        at="r.created_at",
        where="r.merged_into_id IS NULL",
        picks={"referrals": "count(*)"},
    ),
)
