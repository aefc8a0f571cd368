"""The value of everybody as SQL (ANA-09, ANA-44).

``rules.clv`` and ``rules.cells`` are the definition; a test holds both against each other row by
row. Only constants are put into the text, figures travel as parameters.
"""

import json
from typing import Any, Final

from analytics.value.policies import ValueRules
from analytics.value.rules import cells
from analytics.value.rules.clv import OLDEST, Factors, Rates
from customers.purchase.rules import PurchaseState
from customers.refusal_sql import REFUSED
from customers.rules.axes import Phase
from customers.rules.strata import NEED_WORDS

STANDING: Final = f"('{PurchaseState.SIGNED.value}', '{PurchaseState.HANDED_OVER.value}')"
PARTS: Final = (
    *("contract_margin", "received_margin", "expected_first"),
    *("expected_second", "expected_referral", "expected_fees"),
)
CELLS: Final = ("by_value", "by_need", "by_behaviour", "by_stage")
COLUMNS: Final = (
    *("agreed", "contracts", "homes", "age", "stage", "wish", "sales", "fees", "returns"),
    *PARTS,
    *("cost", "gross", "net", *CELLS, "model_id", "policy_version"),
)
_AGE = f"""LEAST({OLDEST}, GREATEST(0, floor(
    extract(epoch FROM %(now)s - b.first_at) / 86400 / 365)))::int"""
_WISH = """CASE WHEN b.contracts IS NULL THEN
    CASE WHEN c.budget_min IS NULL THEN c.budget_max WHEN c.budget_max IS NULL THEN c.budget_min
    ELSE round((c.budget_min + c.budget_max) / 2, 2) END END"""
# What is known of everybody who may be assessed.
KNOWN: Final = f"""
SELECT c.id, coalesce(b.agreed, 0) AS agreed, coalesce(b.contracts, 0) AS contracts,
    coalesce(b.homes, 0) AS homes, {_AGE} AS age, c.buying_stage AS stage, {_WISH} AS wish,
    coalesce(p.sales, 0) AS sales, coalesce(i.fees, 0) AS fees, coalesce(i.returns, 0) AS returns,
    coalesce(s.cost, 0) AS cost, coalesce(w.purpose, '') AS purpose,
    lower(btrim(c.motive)) AS motive, coalesce(a.activity, 0) AS activity,
    c.phase = '{Phase.CHURNED.value}' AS has_left
FROM customers_customer c
LEFT JOIN (
    SELECT customer_id, sum(coalesce(agreed_total, list_total, 0)) AS agreed, count(*) AS contracts,
        count(*) FILTER (WHERE state = '{PurchaseState.HANDED_OVER.value}') AS homes,
        min(coalesce(signed_at, state_since)) AS first_at
    FROM customers_purchase WHERE state IN {STANDING} GROUP BY customer_id
) b ON b.customer_id = c.id
LEFT JOIN (
    SELECT o.customer_id, sum(r.amount) AS sales
    FROM customers_receipt r JOIN customers_purchase o ON o.id = r.purchase_id
    GROUP BY o.customer_id
) p ON p.customer_id = c.id
LEFT JOIN (
    SELECT customer_id, coalesce(sum(amount) FILTER (WHERE kind = 'fee'), 0) AS fees,
        coalesce(sum(amount) FILTER (WHERE kind = 'return'), 0) AS returns
    FROM analytics_customerincome GROUP BY customer_id
) i ON i.customer_id = c.id
LEFT JOIN (
    SELECT customer_id, sum(amount) AS cost FROM analytics_costshare GROUP BY customer_id
) s ON s.customer_id = c.id
LEFT JOIN (
    SELECT DISTINCT ON (customer_id) customer_id, purpose FROM customers_intentregistration
    ORDER BY customer_id, version DESC
) w ON w.customer_id = c.id
LEFT JOIN customers_customerstanding a ON a.customer_id = c.id
WHERE c.merged_into_id IS NULL AND c.id NOT IN ({REFUSED})
"""  # noqa: S608 -- constants of the rules only
# Their parts, each rounded to the fen as ``rules.clv.worth`` does.
PRICED: Final = f"""
SELECT k.*,
    round(%(margin)s * agreed, 2) AS contract_margin,
    round(%(fee_margin)s * fees, 2) + returns AS received_margin,
    CASE WHEN contracts > 0 THEN 0 ELSE round(coalesce((%(first)s::jsonb ->> stage)::numeric, 0)
        * %(margin)s * coalesce(wish, %(price)s), 2) END AS expected_first,
    CASE WHEN contracts = 0 THEN 0 ELSE round((%(second)s::numeric[])[age + 1] * %(margin)s
        * round(agreed / contracts, 2), 2) END AS expected_second,
    CASE WHEN contracts = 0 THEN 0 ELSE round((%(referral)s::numeric[])[age + 1] * %(margin)s
        * %(price)s, 2) END AS expected_referral,
    CASE WHEN contracts = 0 THEN 0 ELSE round(homes * %(fee_per_home)s * %(fee_margin)s
        * %(annuity)s, 2) END AS expected_fees
FROM ({KNOWN}) k
"""  # noqa: S608
WORTH: Final = f"""
SELECT t.*, gross - cost AS net FROM (
    SELECT p.*, {" + ".join(PARTS)} AS gross FROM ({PRICED}) p
) t
"""  # noqa: S608
JUDGED: Final = f"""
SELECT id, agreed, contracts, homes, age, stage, wish, sales, fees, returns, {", ".join(PARTS)},
    cost, gross, net,
    CASE WHEN net >= %(high)s THEN 'high' WHEN net >= %(middle)s THEN 'middle' ELSE 'low' END
        AS by_value,
    CASE WHEN purpose <> '' THEN purpose
        ELSE coalesce(%(motives)s::jsonb ->> motive, '{cells.UNKNOWN}') END AS by_need,
    CASE WHEN activity >= {cells.ACTIVE_FROM} THEN 'active' WHEN activity >= {cells.WARM_FROM}
        THEN 'warm' WHEN activity > 0 THEN 'quiet' ELSE 'silent' END AS by_behaviour,
    CASE WHEN has_left THEN '{cells.LEFT}' ELSE stage END AS by_stage,
    %(model)s AS model_id, %(version)s AS policy_version
FROM ({WORTH}) w
"""  # noqa: S608
_NEW = ", ".join(f"j.{name}" for name in COLUMNS)
_OLD = ", ".join(f"v.{name}" for name in COLUMNS)
# Only rows that differ; a second run writes nothing.
TO_WRITE: Final = f"""
SELECT j.id, {_NEW} FROM value_judged j LEFT JOIN analytics_customervalue v ON v.customer_id = j.id
WHERE v.customer_id IS NULL OR ({_OLD}) IS DISTINCT FROM ({_NEW})
"""  # noqa: S608
# One chunk of them, without who was merged, deleted or has refused meanwhile.
WRITE_CHUNK: Final = f"""
WITH chunk AS MATERIALIZED (
    SELECT * FROM value_to_write WHERE n BETWEEN %(first)s AND %(last)s
), refused AS MATERIALIZED (
    {REFUSED} AND no.customer_id = ANY(ARRAY(SELECT id FROM chunk))
), standing AS MATERIALIZED (
    SELECT w.* FROM chunk w JOIN customers_customer c ON c.id = w.id
    WHERE c.merged_into_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM refused WHERE refused.customer_id = w.id)
    ORDER BY w.n FOR KEY SHARE OF c
)
INSERT INTO analytics_customervalue (customer_id, computed_at, {", ".join(COLUMNS)})
SELECT id, %(now)s, {", ".join(COLUMNS)} FROM standing
ON CONFLICT (customer_id) DO UPDATE SET computed_at = excluded.computed_at,
    {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
"""  # noqa: S608
# Nothing stays about who refuses or was merged.
REMOVE: Final = f"""
DELETE FROM {{table}} v USING customers_customer c WHERE c.id = v.customer_id
    AND (c.merged_into_id IS NOT NULL OR c.id IN ({REFUSED}))
"""  # noqa: S608
ASSESSED: Final = (
    *("analytics_customervalue", "analytics_likelyvalue", "analytics_clustermember"),
    "analytics_purchaseintent",
)


def motives() -> dict[str, str]:
    """Return the typed motives that say a need, in lower case; a first home is for own use."""
    found: dict[str, str] = {}
    for need, words in NEED_WORDS.items():
        for word in words:
            found[word] = "own_use" if need == "first_home" else need
    return found


def value_params(rules: ValueRules, rates: Rates, found: Factors) -> dict[str, Any]:
    """Return the values of the statements, without moment, model and version."""
    terms = rules.terms
    return {
        "margin": terms.margin,
        "fee_margin": terms.fee_margin,
        "fee_per_home": terms.fee_per_home,
        "annuity": found.fees,
        "second": list(found.second),
        "referral": list(found.referral),
        "first": json.dumps({stage: str(chance) for stage, chance in rates.first.items()}),
        "price": rates.price,
        "high": rules.high_from,
        "middle": rules.middle_from,
        "motives": json.dumps(motives(), ensure_ascii=False),
    }
