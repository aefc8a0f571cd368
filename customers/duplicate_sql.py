"""Which records share something that one person's records share: the pairs worth comparing.

Only records under the same key are paired, and keys with many holders (a common name in a large
project, the number of an agency) are left out, so that the work grows with the records, not with
their square. Keys travel as 64-bit digests: two that meet by chance cost one comparison. Each pair
comes once, the older record first; pairs a person decided do not come.
"""

from typing import Any, Final

from django.db import connection

LARGEST_GROUP = 40

PAIRS: Final = """
WITH standing AS (
    SELECT id, replace(name, ' ', '') AS name, sort_key, phone_index, phone_tail_index,
        id_number_index, birthday, project_id, city, district
    FROM customers_customer WHERE merged_into_id IS NULL
), texts AS (
    SELECT id, 'phone' || encode(phone_index, 'hex') AS key
        FROM standing WHERE phone_index IS NOT NULL
    UNION ALL SELECT s.id, c.kind || encode(c.value_index, 'hex')
        FROM customers_customercontact c JOIN standing s ON s.id = c.customer_id
        WHERE c.value_index IS DISTINCT FROM s.phone_index
    UNION ALL SELECT id, 'id' || encode(id_number_index, 'hex')
        FROM standing WHERE id_number_index IS NOT NULL
    UNION ALL SELECT id, 'birthday' || sort_key || birthday FROM standing WHERE birthday IS NOT NULL
    UNION ALL SELECT id, 'project' || project_id || name FROM standing WHERE project_id IS NOT NULL
    UNION ALL SELECT id, 'place' || city || district || name FROM standing WHERE district <> ''
    UNION ALL SELECT id, 'tail' || encode(phone_tail_index, 'hex') || name
        FROM standing WHERE phone_tail_index IS NOT NULL
), groups AS (
    SELECT array_agg(id) AS ids FROM (SELECT id, hashtextextended(key, 0) AS key FROM texts) keys
    GROUP BY key HAVING count(*) BETWEEN 2 AND %(largest)s
), pairs AS (
    SELECT DISTINCT one.id AS older, two.id AS newer
    FROM groups, unnest(ids) AS one (id), unnest(ids) AS two (id) WHERE one.id < two.id
)
SELECT older, newer FROM pairs
WHERE (older, newer) > (%(after_older)s, %(after_newer)s)
    AND NOT EXISTS (
        SELECT 1 FROM customers_duplicatesuggestion d
        WHERE d.left_id = older AND d.right_id = newer AND d.state <> 'open')
"""
CHUNK: Final = """
SELECT older, newer FROM duplicate_pairs WHERE n BETWEEN %(first)s AND %(last)s ORDER BY n
"""
# How many standing records bear each name, for as long as the run takes.
HOLDERS: Final = """
SELECT replace(name, ' ', '') AS name, count(*) AS holders FROM customers_customer
WHERE merged_into_id IS NULL GROUP BY 1
"""
_NAMES = "SELECT name, holders FROM duplicate_names WHERE name = ANY(%(names)s)"
_NUMBERS = """
SELECT number, count(*) FROM (
    SELECT phone_index AS number, id FROM customers_customer
    WHERE merged_into_id IS NULL AND phone_index = ANY(%(numbers)s)
    UNION SELECT k.value_index, k.customer_id FROM customers_customercontact k
        JOIN customers_customer c ON c.id = k.customer_id AND c.merged_into_id IS NULL
        WHERE k.kind = 'phone' AND k.value_index = ANY(%(numbers)s)
) held GROUP BY 1
"""
# Writes only what is new or differs; what a person decided meanwhile stays.
_KEEP = """
INSERT INTO customers_duplicatesuggestion AS held
    (left_id, right_id, score, reasons, state, found_at)
SELECT l, r, score, reasons::jsonb, 'open', %(now)s
FROM unnest(%(lefts)s::bigint[], %(rights)s::bigint[], %(scores)s::numeric(5, 4)[],
    %(reasons)s::text[]) AS found (l, r, score, reasons)
JOIN customers_customer a ON a.id = l AND a.merged_into_id IS NULL
JOIN customers_customer b ON b.id = r AND b.merged_into_id IS NULL
ORDER BY l, r
ON CONFLICT (left_id, right_id) DO UPDATE SET score = excluded.score, reasons = excluded.reasons
WHERE held.state = 'open' AND (held.score, held.reasons) <> (excluded.score, excluded.reasons)
"""
_DROP = """
DELETE FROM customers_duplicatesuggestion d
USING unnest(%(lefts)s::bigint[], %(rights)s::bigint[]) AS gone (l, r)
WHERE d.left_id = gone.l AND d.right_id = gone.r AND d.state = 'open'
"""
_DROP_UNPAIRED = """
DELETE FROM customers_duplicatesuggestion d USING customers_customer a, customers_customer b
WHERE d.state = 'open' AND a.id = d.left_id AND a.merged_into_id IS NULL
    AND b.id = d.right_id AND b.merged_into_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM duplicate_pairs p WHERE p.older = d.left_id AND p.newer = d.right_id)
"""


def pairs_params(after: tuple[int, int]) -> dict[str, Any]:
    """Return the values of ``PAIRS``: the pairs behind ``after``."""
    older, newer = after
    return {
        "largest": LARGEST_GROUP,
        "after_older": older,
        "after_newer": newer,
    }


def index_names() -> None:
    """Make the counted names of a run quick to look up."""
    _changed("CREATE INDEX ON duplicate_names (name)", {})


def chunk_of_pairs(first: int, last: int) -> list[tuple[int, int]]:
    """Return the pairs of a run from number ``first`` to ``last``."""
    with connection.cursor() as cursor:
        cursor.execute(CHUNK, {"first": first, "last": last})
        return [(older, newer) for older, newer in cursor.fetchall()]


def holders_of_names(names: list[str]) -> dict[str, int]:
    """Return how many standing records bear each name, as counted when the run began."""
    return _counts(_NAMES, {"names": names})


def holders_of_numbers(numbers: list[bytes]) -> dict[bytes, int]:
    """Return how many standing records have each number, as first or as further phone."""
    return {bytes(key): n for key, n in _counts(_NUMBERS, {"numbers": numbers}).items()}


def keep(rows: list[tuple[int, int, Any, str]], now: Any) -> None:
    """Write proposals of (older, newer, score, reasons as JSON) that are new or differ."""
    lefts, rights, scores, reasons = (list(column) for column in zip(*rows, strict=True))
    values = {"lefts": lefts, "rights": rights, "scores": scores, "reasons": reasons, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)


def drop(pairs: list[tuple[int, int]]) -> int:
    """Delete the open proposals of these pairs; return how many there were."""
    lefts, rights = [older for older, _newer in pairs], [newer for _older, newer in pairs]
    return _changed(_DROP, {"lefts": lefts, "rights": rights})


def drop_unpaired() -> int:
    """Delete the open proposals whose records share nothing any more; return how many."""
    return _changed(_DROP_UNPAIRED, {})


def _changed(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _counts(statement: str, values: dict[str, Any]) -> dict[Any, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return dict(cursor.fetchall())
