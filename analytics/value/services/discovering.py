"""People who look like customers of high value and are not graded so (ANA-51)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import connection, transaction

from analytics.value.models import LikelyValue
from analytics.value.policies import rules_at
from analytics.value.rules.likely import Likeness, learn
from crm_site.common.whole_tables import alone
from customers.purchase.rules import PurchaseState
from customers.refusal_sql import REFUSED
from customers.services.holding import hold_against_refusals

LOCK_KEY: Final = 4_201_094
SEED: Final = 51
CUT: Final = 0.5
MOST: Final = 2000
GRADED_SO: Final = "('A', 'B')"
FEATURES: Final = (
    "budget",
    "spending_power",
    "intent",
    "visits",
    "talks",
    "referred",
    "organisation",
)
_SOLD = f"('{PurchaseState.SIGNED.value}', '{PurchaseState.HANDED_OVER.value}')"
# What is known before a purchase – for buyers up to the first signature – and how it ended.
READ: Final = f"""
SELECT c.id, ln(1 + coalesce(c.budget_max, c.budget_min)), c.spending_power, c.intent,
    ln(1 + coalesce(t.visits, 0)), ln(1 + coalesce(t.talks, 0)),
    (c.referrer_id IS NOT NULL)::int, (c.kind = 'organisation')::int,
    b.best, coalesce(g.grade, '') IN {GRADED_SO}
FROM customers_customer c
LEFT JOIN (
    SELECT p.customer_id, sum(coalesce(p.agreed_total, 0)) AS best,
        min(coalesce(p.signed_at, p.state_since)) AS first_at
    FROM customers_purchase p WHERE p.state IN {_SOLD} GROUP BY p.customer_id
) b ON b.customer_id = c.id
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE i.channel = 'visit' OR i.result = 'visited') AS visits,
        count(*) AS talks
    FROM customers_interaction i
    WHERE i.customer_id = c.id AND i.at < coalesce(b.first_at, %(now)s)
) t ON true
LEFT JOIN customers_customergrade g ON g.customer_id = c.id
WHERE c.merged_into_id IS NULL AND c.phase <> 'churned' AND c.id NOT IN ({REFUSED})
ORDER BY c.id
"""  # noqa: S608 -- constants of the code


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a run found; ``model`` is None where too few buyers are known."""

    found: int = 0
    model: Likeness | None = None


def discover(*, now: datetime) -> Discovered:
    """Learn from the buyers and list who is alike, the likeliest first; replaces the last list."""
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return Discovered()
        with connection.cursor() as cursor:
            cursor.execute(READ, {"now": now})
            rows = cursor.fetchall()
        values = np.array([[_number(each) for each in row[1:8]] for row in rows], dtype=float)
        bought = np.array([row[8] is not None for row in rows], dtype=bool)
        rules = rules_at(now)
        enough = float(rules.high_from) / float(rules.terms.margin or 1)
        high = np.array([float(row[8] or 0) >= enough for row in rows], dtype=bool)
        if not bought.any():
            return Discovered(_write([], now))
        model = learn(values[bought], high[bought], FEATURES, seed=SEED, cut=CUT)
        if model is None:
            return Discovered(_write([], now))
        open_ = ~bought & ~np.array([bool(row[9]) for row in rows], dtype=bool)
        return Discovered(_write(_likely(rows, values, open_, model), now), model)


def _likely(rows: list[Any], values: Any, open_: Any, model: Likeness) -> list[LikelyValue]:
    chances = model.chances(values)
    places = np.flatnonzero(open_ & (chances >= CUT))
    best = places[np.argsort(-chances[places], kind="stable")][:MOST]
    return [
        LikelyValue(
            customer_id=rows[place][0],
            chance=round(float(chances[place]), 4),
            drivers=[list(each) for each in model.drivers(values[place])],
        )
        for place in best
    ]


@transaction.atomic
def _write(found: list[LikelyValue], now: datetime) -> int:
    hold_against_refusals()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_likelyvalue")
        cursor.execute(
            f"""INSERT INTO analytics_likelyvalue (customer_id, chance, drivers, found_at)
            SELECT n.customer_id, n.chance, n.drivers, %(now)s
            FROM json_to_recordset(%(rows)s)
                AS n (customer_id bigint, chance numeric, drivers jsonb)
            JOIN customers_customer c ON c.id = n.customer_id AND c.merged_into_id IS NULL
            WHERE n.customer_id NOT IN ({REFUSED})""",  # noqa: S608 -- a constant of the rule
            {
                "now": now,
                "rows": json.dumps(
                    [
                        {"customer_id": r.customer_id, "chance": r.chance, "drivers": r.drivers}
                        for r in found
                    ]
                ),
            },
        )
        return int(cursor.rowcount)


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
