"""What became of customers: when they were lost by the rules in force, when they bought.

The events themselves tell it, so a definition that changes today labels the past anew; losses
written down by people count besides.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.churn.features.building import VISIT, Snapshot
from analytics.churn.features.reading import Floats, as_float, read_floats, seconds
from analytics.churn.features.sources import TWO_WAY
from analytics.churn.policies import ChurnDefinition

# Every talk; a silence counts from the talk it follows. ``%(t)s`` is the snapshot.
_TALKS: Final = f"""
SELECT i.customer_id AS customer, i.at FROM customers_interaction i
WHERE i.customer_id BETWEEN %(first)s AND %(last)s AND NOT i.is_automatic
    AND i.channel <> 'note' AND {TWO_WAY}
UNION ALL
SELECT l.customer_id, l.received_at FROM customers_lead l
WHERE l.customer_id BETWEEN %(first)s AND %(last)s
"""  # noqa: S608 -- constants of the code

_SILENCES: Final = f"""
SELECT customer, at, lead(at) OVER (PARTITION BY customer ORDER BY at) AS next
FROM ({_TALKS}) talks
"""  # noqa: S608 -- constants of the code


def _silent(name: str) -> str:
    """Return the moment of the first silence after the snapshot, and of one not yet broken."""
    days = f"make_interval(days => %({name})s)"
    return f"""
    min(s.at + {days}) FILTER (WHERE s.at + {days} > %(t)s
        AND s.at + {days} <= %(until)s AND (s.next IS NULL OR s.next > s.at + {days}))
        AS {name}_at,
    bool_or(s.at + {days} <= %(t)s AND s.at <= %(t)s AND (s.next IS NULL OR s.next > %(t)s))
        AS {name}_gone"""


# The last lost state of each enquiry there was at the snapshot; one without it is open.
_LEADS: Final = """
SELECT l.customer_id AS customer, max(e.at) AS lost, count(*) FILTER (WHERE e.at IS NULL) AS open,
    bool_or(e.reason = 'bought_elsewhere') AS elsewhere
FROM customers_lead l LEFT JOIN LATERAL (
    SELECT coalesce(x.at, l.updated_at) AS at, l.lost_reason AS reason
    FROM (SELECT max(v.at) AS at FROM customers_leadevent v WHERE v.lead_id = l.id
        AND v.kind = 'state' AND v.to_value = 'lost') x
    WHERE l.state = 'lost'
) e ON true
WHERE l.customer_id BETWEEN %(first)s AND %(last)s AND l.received_at <= %(t)s
    AND NOT (l.state = 'lost' AND l.lost_reason IN ('invalid', 'unreachable'))
GROUP BY 1
"""

_DEALS: Final = """
SELECT p.customer_id AS customer,
    min(p.ended_at) FILTER (WHERE p.state = 'cancelled' AND p.subscribed_at <= %(t)s
        AND p.ended_at > %(t)s) AS cancelled,
    min(p.ended_at) FILTER (WHERE p.state = 'refunded' AND p.signed_at <= %(t)s
        AND p.ended_at > %(t)s) AS refunded,
    min(coalesce(p.subscribed_at, p.signed_at)) FILTER (
        WHERE coalesce(p.subscribed_at, p.signed_at) > %(t)s) AS reserved,
    min(p.signed_at) FILTER (WHERE p.signed_at > %(t)s) AS signed,
    min(p.handed_over_at) FILTER (WHERE p.handed_over_at > %(t)s) AS handed
FROM customers_purchase p WHERE p.customer_id BETWEEN %(first)s AND %(last)s GROUP BY 1
"""

_WRITTEN: Final = """
SELECT x.customer_id AS customer,
    min(x."on"::timestamptz) FILTER (WHERE x."on"::timestamptz > %(t)s) AS written,
    bool_or(x."on"::timestamptz <= %(t)s AND (x.ended_at IS NULL OR x.ended_at > %(t)s)) AS gone
FROM analytics_churnloss x
WHERE x.customer_id BETWEEN %(first)s AND %(last)s AND x.state <> 'reversed' GROUP BY 1
"""

FATES: Final = f"""
WITH silences AS ({_SILENCES}), quiet AS (
    SELECT s.customer, {_silent("silent_days")}, {_silent("silent_days_visit")}
    FROM silences s GROUP BY 1
), enquiries AS ({_LEADS}), deals AS ({_DEALS}), written AS ({_WRITTEN})
SELECT c.id::float8, {seconds("q.silent_days_at")}, {seconds("q.silent_days_visit_at")},
    {as_float("q.silent_days_gone::int")}, {as_float("q.silent_days_visit_gone::int")},
    {seconds("CASE WHEN e.open = 0 THEN e.lost END")}, {as_float("e.elsewhere::int")},
    {seconds("d.cancelled")}, {seconds("d.refunded")}, {seconds("d.reserved")},
    {seconds("d.signed")}, {seconds("d.handed")}, {seconds("w.written")}, {as_float("w.gone::int")}
FROM customers_customer c LEFT JOIN quiet q ON q.customer = c.id
    LEFT JOIN enquiries e ON e.customer = c.id LEFT JOIN deals d ON d.customer = c.id
    LEFT JOIN written w ON w.customer = c.id
WHERE c.id BETWEEN %(first)s AND %(last)s ORDER BY c.id
"""  # noqa: S608 -- constants of the code
COLUMNS: Final = (
    *("id", "silent", "silent_visit", "silent_gone", "silent_visit_gone", "enquiries_lost"),
    *("elsewhere", "cancelled", "refunded", "reserved", "signed", "handed", "written", "gone"),
)


@dataclass(frozen=True)
class Fates:
    """Of each row of a snapshot: when it was lost and bought (seconds, NaN), and if it had left."""

    lost_at: Floats
    bought_at: Floats
    had_left: NDArray[np.bool_]


def read_fates(shot: Snapshot, definition: ChurnDefinition, *, until: datetime) -> Fates:
    """Return what became of the customers of ``shot`` up to ``until``, by the rules in force."""
    if not len(shot.ids):
        empty = np.zeros(0)
        return Fates(empty, empty, empty.astype(bool))
    params = {
        "t": shot.at,
        "until": until,
        "first": int(shot.ids[0]),
        "last": int(shot.ids[-1]),
        "silent_days": definition.silent_days,
        "silent_days_visit": definition.silent_days_visit,
    }
    raw = read_floats(FATES, params, COLUMNS)
    rows = np.searchsorted(raw["id"], shot.ids.astype(np.float64))
    return _fates({name: values[rows] for name, values in raw.items()}, shot, definition)


def _fates(raw: dict[str, Floats], shot: Snapshot, rules: ChurnDefinition) -> Fates:
    at, never = shot.at.timestamp(), np.full(len(shot.ids), np.nan)
    visited, prospect = shot.stages == VISIT, shot.stages <= VISIT
    silent = np.where(visited, raw["silent_visit"], raw["silent"]) if rules.silence else never
    quiet = np.where(visited, raw["silent_visit_gone"], raw["silent_gone"]) == 1
    counts = np.where(raw["elsewhere"] == 1, rules.elsewhere, rules.gave_up)
    lost = np.where(counts, raw["enquiries_lost"], np.nan)
    of_prospects = np.fmin(silent, np.where(lost > at, lost, np.nan))
    ended = np.fmin(
        raw["cancelled"] if rules.cancelled else never,
        raw["refunded"] if rules.refunded else never,
    )
    bought = np.where(prospect, raw["reserved"], np.fmin(raw["signed"], raw["handed"]))
    left = prospect & ((quiet & rules.silence) | (lost <= at))
    return Fates(
        lost_at=np.fmin(np.where(prospect, of_prospects, ended), raw["written"]),
        bought_at=bought,
        had_left=left | (raw["gone"] == 1),
    )
