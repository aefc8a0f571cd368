"""Which records share something that one person's records share: the pairs worth comparing.

Only records under the same key are paired, and keys with many holders (a common name in a large
project, the number of an agency) are left out, so that the work grows with the records, not with
their square. Each pair comes once, the older record first; pairs a person decided do not come.
"""

from typing import Any

from django.db import connection

LARGEST_GROUP = 40

_KEYS = """
WITH standing AS (
    SELECT id, replace(name, ' ', '') AS name, sort_key, phone_index, phone_tail_index,
        id_number_index, birthday, project_id, city, district
    FROM customers_customer WHERE merged_into_id IS NULL
), keys AS (
    SELECT id, 'phone' || encode(phone_index, 'hex') AS key
        FROM standing WHERE phone_index IS NOT NULL
    UNION SELECT s.id, c.kind || encode(c.value_index, 'hex')
        FROM customers_customercontact c JOIN standing s ON s.id = c.customer_id
    UNION ALL SELECT id, 'id' || encode(id_number_index, 'hex')
        FROM standing WHERE id_number_index IS NOT NULL
    UNION ALL SELECT id, 'birthday' || sort_key || birthday FROM standing WHERE birthday IS NOT NULL
    UNION ALL SELECT id, 'project' || project_id || name FROM standing WHERE project_id IS NOT NULL
    UNION ALL SELECT id, 'place' || city || district || name FROM standing WHERE district <> ''
    UNION ALL SELECT id, 'tail' || encode(phone_tail_index, 'hex') || name
        FROM standing WHERE phone_tail_index IS NOT NULL
), sized AS (
    SELECT id, key, count(*) OVER (PARTITION BY key) AS holders FROM keys
)
"""
_PAIRS = """
SELECT DISTINCT a.id, b.id FROM sized a JOIN sized b ON a.key = b.key AND a.id < b.id
WHERE a.holders BETWEEN 2 AND %(largest)s
    AND (%(only)s::bigint[] IS NULL OR a.id = ANY(%(only)s) OR b.id = ANY(%(only)s))
    AND NOT EXISTS (
        SELECT 1 FROM customers_duplicatesuggestion d
        WHERE d.left_id = a.id AND d.right_id = b.id AND d.state <> 'open')
ORDER BY a.id, b.id
"""
_NAMES = """
SELECT replace(name, ' ', '') AS name, count(*) FROM customers_customer
WHERE merged_into_id IS NULL AND replace(name, ' ', '') = ANY(%(names)s) GROUP BY 1
"""
_NUMBERS = """
SELECT number, count(*) FROM (
    SELECT phone_index AS number, id FROM customers_customer
    WHERE merged_into_id IS NULL AND phone_index = ANY(%(numbers)s)
    UNION SELECT k.value_index, k.customer_id FROM customers_customercontact k
        JOIN customers_customer c ON c.id = k.customer_id AND c.merged_into_id IS NULL
        WHERE k.kind = 'phone' AND k.value_index = ANY(%(numbers)s)
) held GROUP BY 1
"""


def pairs(customer_ids: list[int] | None = None) -> list[tuple[int, int]]:
    """Return the pairs worth comparing, of everybody or with one of ``customer_ids``."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS + _PAIRS, {"largest": LARGEST_GROUP, "only": customer_ids})
        return [(left, right) for left, right in cursor.fetchall()]


def holders_of_names(names: list[str]) -> dict[str, int]:
    """Return how many standing records bear each name."""
    return _counts(_NAMES, {"names": names})


def holders_of_numbers(numbers: list[bytes]) -> dict[bytes, int]:
    """Return how many standing records have each number, as first or as further phone."""
    return {bytes(key): n for key, n in _counts(_NUMBERS, {"numbers": numbers}).items()}


def _counts(statement: str, values: dict[str, Any]) -> dict[Any, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return dict(cursor.fetchall())
