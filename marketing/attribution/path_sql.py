"""The paths that led to contracts, read in sets, and the shares written in sets."""

from typing import Final

# People of a household buy as one.
_BUYER = "CASE WHEN {0}.household_id IS NULL THEN {0}.id ELSE -{0}.household_id END"

# They go with the transaction; a run inside a longer one begins anew.
CLEAR: Final = """
DROP TABLE IF EXISTS pg_temp.attribution_path, pg_temp.attribution_pair, pg_temp.attribution_unit,
    pg_temp.attribution_fresh, pg_temp.attribution_changed
"""
PATHS: Final = f"""
CREATE TEMPORARY TABLE attribution_path ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY p.id) - 1 AS path, p.id AS purchase_id, p.project_id,
    p.signed_at, p.lead_id, {_BUYER.format("c")} AS buyer
FROM customers_purchase p JOIN customers_customer c ON c.id = p.customer_id
WHERE p.signed_at <= %(now)s;
CREATE INDEX ON attribution_path (buyer);
ANALYZE attribution_path
"""  # noqa: S608 -- constants of the code
PAIRS: Final = """
CREATE TEMPORARY TABLE attribution_pair ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY channel_code, campaign_code) - 1 AS pair, channel_code,
    campaign_code
FROM (SELECT '' AS channel_code, '' AS campaign_code
    UNION SELECT channel_code, campaign_code FROM marketing_touch) known;
ANALYZE attribution_pair
"""
KNOWN_PAIRS: Final = "SELECT channel_code, campaign_code FROM attribution_pair ORDER BY pair"
MORE_PAIRS: Final = "INSERT INTO attribution_pair VALUES (%s, %s, %s)"

# A touch of a lead for another project leads to no contract of this one.
BEFORE: Final = f"""
SELECT w.path::bigint AS path, (extract(epoch FROM w.signed_at - t.at) * 1000)::bigint AS age,
    t.id::bigint AS touch, r.pair::bigint AS pair, (t.weight * 1000)::bigint AS weight
FROM attribution_path w JOIN customers_customer c ON {_BUYER.format("c")} = w.buyer
JOIN marketing_touch t ON t.customer_id = c.id AND t.at <= w.signed_at
    AND t.at > w.signed_at - make_interval(days => %(lookback)s)
JOIN attribution_pair r
    ON r.channel_code = t.channel_code AND r.campaign_code = t.campaign_code
LEFT JOIN customers_lead l ON l.id = t.lead_id
WHERE l.project_id IS NULL OR l.project_id = w.project_id
"""  # noqa: S608 -- constants of the code
# Paths that came to nothing so far: those of everybody without a contract.
WITHOUT: Final = f"""
SELECT {_BUYER.format("c")}::bigint AS path,
    (extract(epoch FROM %(now)s - t.at) * 1000)::bigint AS age, t.id::bigint AS touch,
    r.pair::bigint AS pair, 1000::bigint AS weight
FROM marketing_touch t JOIN customers_customer c ON c.id = t.customer_id
JOIN attribution_pair r
    ON r.channel_code = t.channel_code AND r.campaign_code = t.campaign_code
WHERE t.at <= %(now)s AND t.at > %(now)s - make_interval(days => %(lookback)s)
    AND NOT EXISTS (SELECT FROM attribution_path w WHERE w.buyer = {_BUYER.format("c")})
"""  # noqa: S608 -- constants of the code

# The decision that counts is the latest on the oldest case of household and project.
CLAIMS: Final = f"""
SELECT w.path, coalesce(k.outcome, ''), coalesce(k.party, ''), coalesce(l.source, ''),
    coalesce(nullif(l.campaign, 'none'), '')
FROM attribution_path w LEFT JOIN customers_lead l ON l.id = w.lead_id
LEFT JOIN (
    SELECT DISTINCT ON (k.project_id, {_BUYER.format("c")}) k.project_id,
        {_BUYER.format("c")} AS buyer, d.outcome, d.party
    FROM customers_claimcase k JOIN customers_customer c ON c.id = k.customer_id
    LEFT JOIN customers_claimdecision d ON d.case_id = k.id
    ORDER BY k.project_id, {_BUYER.format("c")}, k.opened_at, k.id, d.number DESC
) k ON k.project_id = w.project_id AND k.buyer = w.buyer
ORDER BY w.path
"""  # noqa: S608 -- constants of the code

UNITS: Final = """
CREATE TEMPORARY TABLE attribution_unit (path bigint, model bigint, pair bigint, units bigint)
ON COMMIT DROP
"""
COPY_UNITS: Final = "COPY attribution_unit FROM STDIN (FORMAT binary)"
# The receipts of each month shared out in cents; what rounding down leaves goes to the largest
# remainders, of equal ones to the first channel.
FRESH: Final = """
CREATE TEMPORARY TABLE attribution_fresh ON COMMIT DROP AS
WITH money AS (
    SELECT purchase_id, month, sum(cents) AS cents FROM (
        SELECT r.purchase_id, date_trunc('month', r.received_on)::date AS month,
            r.amount * 100 AS cents
        FROM customers_receipt r JOIN attribution_path w ON w.purchase_id = r.purchase_id
        UNION ALL
        SELECT purchase_id,
            date_trunc('month', signed_at AT TIME ZONE 'Asia/Shanghai')::date, 0
        FROM attribution_path
    ) items GROUP BY 1, 2
), exact AS (
    SELECT w.purchase_id, u.model, m.month, u.pair, u.units, m.cents,
        div(u.units * m.cents, 1000000000)
            - CASE WHEN m.cents < 0 AND mod(u.units * m.cents, 1000000000) < 0 THEN 1 ELSE 0 END
            AS whole,
        mod(u.units * m.cents, 1000000000) AS rest
    FROM attribution_unit u JOIN attribution_path w ON w.path = u.path
    JOIN money m ON m.purchase_id = w.purchase_id
), placed AS (
    SELECT *, sum(whole) OVER each AS given,
        row_number() OVER (each ORDER BY
            CASE WHEN rest < 0 THEN rest + 1000000000 ELSE rest END DESC, pair) AS place
    FROM exact WINDOW each AS (PARTITION BY purchase_id, model, month)
)
SELECT purchase_id, (%(models)s::text[])[model + 1] AS model, r.channel_code, r.campaign_code,
    month, (units / 1000000000.0)::numeric(10, 9) AS share,
    ((whole + CASE WHEN place <= cents - given THEN 1 ELSE 0 END) * 0.01)::numeric(16, 2) AS amount
FROM placed JOIN attribution_pair r ON r.pair = placed.pair
"""
_FIELDS = "purchase_id, model, channel_code, campaign_code, month, share, amount"
CHANGED: Final = f"""
CREATE TEMPORARY TABLE attribution_changed ON COMMIT DROP AS
SELECT DISTINCT purchase_id FROM (
    (SELECT {_FIELDS} FROM attribution_fresh EXCEPT SELECT {_FIELDS} FROM marketing_attributionshare)
    UNION ALL
    (SELECT {_FIELDS} FROM marketing_attributionshare EXCEPT SELECT {_FIELDS} FROM attribution_fresh)
) differing
"""  # noqa: S608, E501 -- constants of the code
FORGET: Final = """
DELETE FROM marketing_attributionshare s USING attribution_changed c
WHERE c.purchase_id = s.purchase_id
"""
WRITE: Final = f"""
INSERT INTO marketing_attributionshare ({_FIELDS})
SELECT {_FIELDS} FROM attribution_fresh f
WHERE EXISTS (SELECT FROM attribution_changed c WHERE c.purchase_id = f.purchase_id)
"""  # noqa: S608 -- constants of the code
