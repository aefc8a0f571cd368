"""Activity and the test of value as SQL over all customers (CUS-09, CUS-26).

``customers.rules.activity`` and ``customers.rules.value`` are the definition; a test holds both
against each other row by row. Only constants are put into the text, values travel as parameters.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from customers.refusal_sql import REFUSED
from customers.rules import activity as act
from customers.rules import value as val
from customers.rules.axes import Channel, LeadState, Result
from customers.rules.lifecycle import OWNERS
from customers.standing_policy import ActivityPolicy, ValuePolicy

# A visit, and an answer of the customer that is no visit; the rest are moves of ours.
IS_VISIT: Final = f"(i.channel = '{Channel.VISIT.value}' OR i.result = '{Result.VISITED.value}')"
IS_REPLY: Final = (
    f"(i.result IN ('{Result.REACHED.value}', '{Result.VISIT_BOOKED.value}')"
    f" AND i.channel NOT IN ('{Channel.VISIT.value}', '{Channel.NOTE.value}'))"
)
_MOVES = {
    act.Move.VISIT: f"""SELECT i.customer_id, i.at FROM customers_interaction i
        WHERE NOT i.is_automatic AND {IS_VISIT}""",  # noqa: S608
    act.Move.REPLY: f"""SELECT i.customer_id, i.at FROM customers_interaction i
        WHERE NOT i.is_automatic AND {IS_REPLY}""",  # noqa: S608
    act.Move.CHECK_IN: """SELECT g.customer_id, m.starts_at AS at FROM customers_meetingguest g
        JOIN customers_meeting m ON m.id = g.meeting_id WHERE g.attended""",
    # Who did not come to a viewing made no move.
    act.Move.APP_USE: """SELECT b.customer_id, b.at FROM customers_behaviourevent b
        WHERE b.action <> 'no_show'""",
}


def _count(table: str) -> str:
    lines = [
        f"""SELECT customer_id, {place} AS kind, max(at) AS last,
    count(*) FILTER (WHERE at > %(window)s) AS n
    FROM ({_MOVES[move]}) {table}{place} WHERE at <= %(now)s GROUP BY customer_id"""  # noqa: S608
        for place, move in enumerate(act.MOVES)
    ]
    return "\nUNION ALL\n".join(lines)


def _fen(column: str) -> str:
    return f"(GREATEST(coalesce({column}, 0), 0) * 100)::bigint"


def _saturate(column: str, half: int, full: int) -> str:
    return f"({full} * {_fen(column)} / ({_fen(column)} + {half}))"


def _capped(number: str, most: int, full: int) -> str:
    return f"({full} * LEAST(coalesce({number}, 0), {most}) / {most})"


_BASE = " + ".join(
    f"coalesce(max(LEAST(n, %(most_{place})s) * %(points_{place})s)"
    f" FILTER (WHERE kind = {place}), 0)"
    for place in range(len(act.MOVES))
)
_POWER = " + ".join(
    (
        _capped("c.spending_power", val.MOST_SPENDING, val.SPENDING),
        _saturate("c.budget_max", val.HALF_BUDGET, val.BUDGET),
        _saturate("c.contribution", val.HALF_CONTRIBUTION, val.CONTRIBUTION),
    )
)
_WILLINGNESS = " + ".join(
    (
        _capped("c.intent", val.MOST_INTENT, val.INTENT),
        _capped("bought.n", val.MOST_PURCHASES, val.PURCHASES),
        _capped("a.activity", val.BEST, val.ACTIVITY),
    )
)
_YEARS = (
    f"GREATEST(floor(extract(epoch FROM %(now)s - c.created_at) / 86400)::int, 0) / {val.YEAR_DAYS}"
)
_LOYALTY = " + ".join(
    (
        _capped("referred.n", val.MOST_REFERRALS, val.REFERRALS),
        f"(CASE WHEN bought.n > 1 THEN {val.REPEATED} ELSE 0 END)",
        _capped(_YEARS, val.MOST_YEARS, val.TENURE),
    )
)
# What a run finds about everybody who is assessed.
JUDGED: Final = f"""
WITH refused AS (
    {REFUSED}
), moved AS (
    {_count("moves")}
), touched AS (
    SELECT customer_id, max(last) AS last_touch, {_BASE} AS base FROM moved GROUP BY customer_id
), active AS (
    SELECT customer_id, last_touch, (LEAST(base, {act.BEST}) * coalesce(
        (%(fading)s::int[])[floor(extract(epoch FROM %(now)s - last_touch) / 86400)::int + 1], 0)
        + {act.WHOLE // 2}) / {act.WHOLE} AS activity
    FROM touched
), bought AS (
    SELECT customer_id, count(*) AS n FROM customers_lead
    WHERE state = '{LeadState.SIGNED.value}' GROUP BY customer_id
), referred AS (
    SELECT referrer_id, count(*) AS n FROM customers_customer
    WHERE referrer_id IS NOT NULL AND merged_into_id IS NULL GROUP BY referrer_id
), scored AS (
    SELECT c.id, coalesce(a.activity, 0)::int AS activity, a.last_touch,
        ({_POWER})::int AS power, ({_WILLINGNESS})::int AS willingness, ({_LOYALTY})::int AS loyalty
    FROM customers_customer c
    LEFT JOIN active a ON a.customer_id = c.id
    LEFT JOIN bought ON bought.customer_id = c.id
    LEFT JOIN referred ON referred.referrer_id = c.id
    WHERE c.merged_into_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM refused WHERE refused.customer_id = c.id)
)
SELECT *, power >= %(power)s AND willingness >= %(willingness)s AND loyalty >= %(loyalty)s
    AS is_high_value
FROM scored
"""  # noqa: S608 -- constants of the rules only
# Only rows that differ; a second run writes nothing.
TO_WRITE: Final = """
SELECT j.id, j.activity, j.last_touch, j.power, j.willingness, j.loyalty, j.is_high_value
FROM standing_judged j LEFT JOIN customers_customerstanding s ON s.customer_id = j.id
WHERE s.customer_id IS NULL OR (s.activity, s.power, s.willingness, s.loyalty,
    s.is_high_value, s.policy_version) <> (j.activity, j.power, j.willingness, j.loyalty,
    j.is_high_value, %(version)s) OR s.last_touch_at IS DISTINCT FROM j.last_touch
"""
# One chunk of them, without who was merged, deleted or has refused meanwhile.
WRITE_CHUNK: Final = f"""
WITH chunk AS MATERIALIZED (
    SELECT * FROM standing_to_write WHERE n BETWEEN %(first)s AND %(last)s
), refused AS MATERIALIZED (
    {REFUSED} AND no.customer_id = ANY(ARRAY(SELECT id FROM chunk))
), standing AS MATERIALIZED (
    SELECT w.* FROM chunk w JOIN customers_customer c ON c.id = w.id
    WHERE c.merged_into_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM refused WHERE refused.customer_id = w.id)
    ORDER BY w.n FOR KEY SHARE OF c
)
INSERT INTO customers_customerstanding (customer_id, activity, last_touch_at, power,
    willingness, loyalty, is_high_value, policy_version, computed_at)
SELECT id, activity, last_touch, power, willingness, loyalty, is_high_value, %(version)s, %(now)s
FROM standing
ON CONFLICT (customer_id) DO UPDATE SET
    activity = excluded.activity, last_touch_at = excluded.last_touch_at,
    power = excluded.power, willingness = excluded.willingness, loyalty = excluded.loyalty,
    is_high_value = excluded.is_high_value, policy_version = excluded.policy_version,
    computed_at = excluded.computed_at
"""  # noqa: S608

_OWNER_NAMES = ", ".join(f"'{each.value}'" for each in OWNERS if each.value != "high_value")
# Who passes the test without the class, or has the class by the test without passing any longer.
TO_MOVE: Final = f"""
SELECT c.id, c.customer_class FROM customers_customer c
JOIN customers_customerstanding s ON s.customer_id = c.id
WHERE c.merged_into_id IS NULL AND NOT c.class_is_manual AND (
    (s.is_high_value AND c.customer_class IN ({_OWNER_NAMES}))
    OR (NOT s.is_high_value AND c.customer_class = 'high_value'))
"""  # noqa: S608
MOVE_CHUNK: Final = f"""
{TO_MOVE} AND c.id IN (SELECT id FROM standing_to_move WHERE n BETWEEN %(first)s AND %(last)s)
ORDER BY c.id FOR NO KEY UPDATE OF c
"""  # noqa: S608


def refresh_params(
    activity: ActivityPolicy, value: ValuePolicy, *, version: int, now: datetime
) -> dict[str, Any]:
    """Return the values of the statements."""
    weights = activity.weights
    params: dict[str, Any] = {
        "now": now,
        "window": now - timedelta(days=weights.window_days),
        "fading": act.fading(weights.half_life_days),
        "version": version,
        "power": value.power,
        "willingness": value.willingness,
        "loyalty": value.loyalty,
    }
    params |= _numbered("points", weights.points)
    return params | _numbered("most", weights.most)


def _numbered(name: str, values: Sequence[int]) -> dict[str, int]:
    return {f"{name}_{place}": value for place, value in enumerate(values)}
