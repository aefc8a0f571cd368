"""The grading rule as one SQL statement over all customers, built from the rule's own constants.

``customers.rules.grades`` is the definition; a test holds both against each other row by row.
Only constants and fixed pieces are put into the text, values travel as parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from customers.refusal_sql import REFUSED
from customers.rules import grades as rule
from customers.rules.axes import OPEN_LEAD_STATES, Channel, LeadState, Result, TaskState

UNREACHABLE: Final = 10_001  # cents; a grade nobody had in the last run


def _cases(column: str, table: Mapping[str, int], full: int) -> str:
    lines = " ".join(f"WHEN '{key}' THEN {full * value // 100}" for key, value in table.items())
    return f"CASE {column} {lines} ELSE 0 END"


def _fen(column: str) -> str:
    return f"(GREATEST(coalesce({column}, 0), 0) * 100)::bigint"


def _saturate(column: str, half: int, full: int) -> str:
    return f"{full} * {_fen(column)} / ({_fen(column)} + {half})"


def _capped(value: str, most: int, full: int) -> str:
    return f"{full} * LEAST(coalesce({value}, 0), {most}) / {most}"


def _yes(condition: str, full: int) -> str:
    return f"CASE WHEN {condition} THEN {full} ELSE 0 END"


_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_LEAD_STATES)
_FACTORS = (
    _saturate("c.contribution", rule.HALF_CONTRIBUTION, rule.FULL),
    " + ".join(
        (
            _saturate("c.budget_max", rule.HALF_BUDGET, rule.BUDGET),
            _yes("c.layout <> '' OR c.motive <> ''", rule.NEED),
            _capped("c.intent", rule.MOST_INTENT, rule.INTENT),
            _cases("c.project_role", rule.ROLE_PERCENT, rule.ROLE),
        )
    ),
    f"{_capped('met.visits', rule.MOST_VISITS, rule.VISITS)} + coalesce(dealt.stage, 0)",
    f"{_capped('referred.customers', rule.MOST_REFERRALS, rule.REFERRALS)}"
    f" + {_capped('dealt.purchases', rule.MOST_PURCHASES, rule.PURCHASES)}",
    _capped("c.spending_power", rule.MOST_SPENDING, rule.FULL),
    " + ".join(
        (
            _yes("dealt.has_open", rule.OPEN_LEAD),
            _yes("todo.customer_id IS NOT NULL", rule.OPEN_TASK),
            _yes("c.last_contact_at > %(contact_since)s", rule.RECENT_CONTACT),
        )
    ),
)
_POINTS = ", ".join(
    f"((%(weight_{n})s * ({factor}) + 50) / 100)::int AS p{n}" for n, factor in enumerate(_FACTORS)
)
_POINT_NAMES = ", ".join(f"s.p{n}" for n in range(len(_FACTORS)))
_SUM = " + ".join(f"p{n}" for n in range(len(_FACTORS)))

_BY_RANK = "CASE {} ELSE 'E' END".format(
    " ".join(
        f"WHEN rank <= (2 * size * %(share_{letter})s + 100) / 200 THEN '{letter}'"
        for letter in "ABCD"
    )
)
_BY_CUTOFF = "CASE {} ELSE 'E' END".format(
    " ".join(f"WHEN cents >= %(cut_{letter})s THEN '{letter}'" for letter in "ABCD")
)
_BY_LAST_RUN = "CASE {} ELSE 'E' END".format(
    " ".join(
        f"WHEN cents >= coalesce(k.{letter.lower()}, %(cut_{letter})s) THEN '{letter}'"
        for letter in "ABCD"
    )
)


def _scored(*, only_ids: bool) -> str:
    """Return the common tables up to the summed points, of everybody or of ``%(ids)s`` only.

    Records merged into another one and customers who refuse to be assessed have no points, and no
    place among the others.
    """

    def limit(word: str, column: str) -> str:
        return f"{word} {column} = ANY(%(ids)s)" if only_ids else ""

    return f"""
WITH refused AS (
    {REFUSED} {limit("AND", "no.customer_id")}
), met AS (
    SELECT customer_id, count(*) AS visits FROM customers_interaction
    WHERE (channel = '{Channel.VISIT.value}' OR result = '{Result.VISITED.value}')
        AND at > %(visits_since)s {limit("AND", "customer_id")}
    GROUP BY customer_id
), dealt AS (
    SELECT customer_id, max({_cases("state", rule.STAGE_PERCENT, rule.STAGE)}) AS stage,
        count(*) FILTER (WHERE state = '{LeadState.SIGNED.value}') AS purchases,
        bool_or(state IN ({_OPEN})) AS has_open
    FROM customers_lead
    WHERE state <> '{LeadState.LOST.value}' {limit("AND", "customer_id")}
    GROUP BY customer_id
), referred AS (
    SELECT referrer_id AS customer_id, count(*) AS customers FROM customers_customer
    WHERE referrer_id IS NOT NULL AND merged_into_id IS NULL {limit("AND", "referrer_id")}
    GROUP BY referrer_id
), todo AS (
    SELECT DISTINCT customer_id FROM customers_task
    WHERE state = '{TaskState.OPEN.value}' AND customer_id IS NOT NULL
        {limit("AND", "customer_id")}
), pointed AS (
    SELECT c.id, c.region_id, {_POINTS}
    FROM customers_customer c
    LEFT JOIN met ON met.customer_id = c.id
    LEFT JOIN dealt ON dealt.customer_id = c.id
    LEFT JOIN referred ON referred.customer_id = c.id
    LEFT JOIN todo ON todo.customer_id = c.id
    WHERE c.merged_into_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM refused WHERE refused.customer_id = c.id)
        {limit("AND", "c.id")}
), summed AS (
    SELECT *, {_SUM} AS cents FROM pointed
)
"""  # noqa: S608 -- constants of the rule only


_SCORED_ALL = _scored(only_ids=False)
_SCORED_ONLY = _scored(only_ids=True)
_RANKED = f"""
SELECT id, region_id, p0, p1, p2, p3, p4, p5, cents, {_BY_RANK} AS grade
FROM (
    SELECT *, row_number() OVER (PARTITION BY region_id ORDER BY cents DESC, id) AS rank,
        count(*) OVER (PARTITION BY region_id) AS size
    FROM summed
) ranked
"""  # noqa: S608
_CUT = f"""
SELECT id, region_id, p0, p1, p2, p3, p4, p5, cents, {_BY_CUTOFF} AS grade FROM summed
"""  # noqa: S608
_AS_LAST_RUN = f"""
SELECT id, region_id, p0, p1, p2, p3, p4, p5, cents, {_BY_LAST_RUN} AS grade
FROM summed LEFT JOIN jsonb_to_recordset(%(cutoffs)s::jsonb)
    AS k(region bigint, a int, b int, c int, d int) ON k.region IS NOT DISTINCT FROM region_id
"""  # noqa: S608

_POINT_ARRAY = "ARRAY[{}]::numeric(5, 2)[]".format(
    ", ".join(f"s.p{n}::numeric / 100" for n in range(len(_FACTORS)))
)
_DIFFERS = f"""g.customer_id IS NULL OR (
    (g.locked_until IS NULL OR g.locked_until <= %(now)s)
    AND (g.locked_until IS NOT NULL OR g.grade <> s.grade OR g.policy_version <> %(version)s
        OR g.score <> s.cents::numeric / 100 OR g.points <> {_POINT_ARRAY})
)"""
# Who stands otherwise than this run would have it, out of everybody's scores.
TO_WRITE: Final = f"""
SELECT s.id, s.region_id, {_POINT_NAMES}, s.cents, s.grade
FROM regrade_scored s LEFT JOIN customers_customergrade g ON g.customer_id = s.id
WHERE {_DIFFERS}
"""  # noqa: S608
# One chunk of them, without who was merged, deleted or has refused meanwhile.
FROM_CHUNK: Final = f"""
WITH chunk AS MATERIALIZED (
    SELECT * FROM regrade_to_write WHERE n BETWEEN %(first)s AND %(last)s
), refused AS MATERIALIZED (
    {REFUSED} AND no.customer_id = ANY(ARRAY(SELECT id FROM chunk))
), scored AS MATERIALIZED (
    SELECT w.* FROM chunk w JOIN customers_customer c ON c.id = w.id
    WHERE c.merged_into_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM refused WHERE refused.customer_id = w.id)
    ORDER BY w.n FOR KEY SHARE OF c
)
"""  # noqa: S608
APPLY: Final = f"""
, changed AS MATERIALIZED (
    SELECT s.id, s.grade, (s.cents::numeric / 100)::numeric(5, 2) AS score,
        {_POINT_ARRAY} AS points, coalesce(g.grade, '') AS was
    FROM scored s LEFT JOIN customers_customergrade g ON g.customer_id = s.id
    WHERE {_DIFFERS}
), written AS (
    INSERT INTO customers_customergrade AS held
        (customer_id, grade, score, points, policy_version, graded_at, locked_until, lock_reason)
    SELECT id, grade, score, points, %(version)s, %(now)s, NULL, '' FROM changed
    ON CONFLICT (customer_id) DO UPDATE SET
        grade = excluded.grade, score = excluded.score, points = excluded.points,
        policy_version = excluded.policy_version, graded_at = excluded.graded_at,
        locked_until = NULL, lock_reason = ''
    WHERE held.locked_until IS NULL OR held.locked_until <= %(now)s
    RETURNING customer_id
), events AS (
    INSERT INTO customers_gradeevent
        (customer_id, at, actor_id, reason, from_grade, to_grade, score, points,
         policy_version, run_id)
    SELECT id, %(now)s, %(actor)s, %(reason)s, was, grade, score, points, %(version)s, %(run)s
    FROM changed JOIN written ON written.customer_id = changed.id
    WHERE was <> grade
    RETURNING id, customer_id, from_grade
)
SELECT (SELECT count(*) FROM scored), (SELECT count(*) FROM written),
    (SELECT count(*) FROM events),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(id, customer_id)), '[]') FROM (
        SELECT id, customer_id FROM events WHERE from_grade <> '' AND %(run)s IS NULL
        ORDER BY id) e)
"""  # noqa: S608

# What each region's grades reached down to, for grading single customers until the next run. The
# lowest grade that anybody has reaches down to nothing; one that nobody has is out of reach.
_LOWEST = ", ".join(
    f"CASE WHEN max(grade) = '{letter}' THEN 0 ELSE "
    f"coalesce(min(cents) FILTER (WHERE grade = '{letter}'), {UNREACHABLE}) END"
    f" AS {letter.lower()}"
    for letter in "ABCD"
)
CUTOFFS: Final = f"""
SELECT coalesce(jsonb_agg(k), '[]') FROM (
    SELECT region_id AS region, {_LOWEST} FROM regrade_scored GROUP BY region_id
) k
"""  # noqa: S608

# Where everybody would stand against where they stand now; locked customers stay.
MOVES: Final = """
, moves AS MATERIALIZED (
    SELECT s.id, s.cents, g.score, coalesce(g.grade, '') AS was,
        CASE WHEN g.locked_until > %(now)s THEN g.grade ELSE s.grade END AS grade
    FROM scored s LEFT JOIN customers_customergrade g ON g.customer_id = s.id
)
SELECT (SELECT coalesce(jsonb_agg(jsonb_build_array(was, grade, n)), '[]') FROM (
        SELECT was, grade, count(*) AS n FROM moves GROUP BY was, grade) m),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(id, was, grade, score::text, cents)), '[]') FROM (
        SELECT id, was, grade, score, cents FROM moves
        WHERE was <> grade AND id IN (VISIBLE)
        ORDER BY abs(cents - coalesce(score, 0) * 100) DESC, id LIMIT %(most)s) l)
"""


@dataclass(frozen=True, slots=True)
class Grading:
    """What to grade by: the weights and one of the three ways from score to grade."""

    weights: Sequence[int]
    lowest_scores: Sequence[int]
    shares: Sequence[int] | None = None  # by rank within the region
    cutoffs: str | None = None  # JSON of the last run, for single customers

    def params(self, now: datetime, ids: Sequence[int] | None = None) -> dict[str, Any]:
        """Return the values of the statement."""
        values: dict[str, Any] = {
            "now": now,
            "visits_since": now - timedelta(days=rule.VISIT_DAYS),
            "contact_since": now - timedelta(days=rule.CONTACT_DAYS),
            "ids": list(ids or []),
            "cutoffs": self.cutoffs,
        }
        values |= {f"weight_{n}": weight for n, weight in enumerate(self.weights)}
        values |= {
            f"cut_{letter}": lowest * 100
            for letter, lowest in zip("ABCD", self.lowest_scores, strict=True)
        }
        reached = 0
        for letter, share in zip("ABCD", self.shares or (0,) * 5, strict=False):
            reached += share
            values[f"share_{letter}"] = reached
        return values

    def statement(self, *, only_ids: bool = False) -> str:
        """Return the SELECT of (id, region_id, p0…p5, cents, grade)."""
        if self.shares is not None:
            ending = _RANKED
        else:
            ending = _AS_LAST_RUN if self.cutoffs is not None else _CUT
        return (_SCORED_ONLY if only_ids else _SCORED_ALL) + ending
