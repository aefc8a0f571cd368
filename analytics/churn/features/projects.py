"""What is true of whole projects at a moment: prices, price changes, lateness of building."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MONTH: Final = 30.0

# Every change of prices after a project's first list, with its mean size in per cent.
CHANGES: Final = """
WITH lists AS (
    SELECT l.id, l.project_id, l.effective_at,
        row_number() OVER (PARTITION BY l.project_id ORDER BY l.effective_at, l.id) AS place
    FROM customers_pricelist l
    WHERE l.state = 'approved' AND l.effective_at <= %(t)s
), steps AS (
    SELECT p.price_list_id, p.public_total, lag(p.public_total) OVER (
        PARTITION BY p.unit_id ORDER BY p.effective_at, p.price_list_id) AS before
    FROM customers_unitprice p WHERE p.effective_at <= %(t)s
), moved AS (
    SELECT price_list_id, avg(abs(public_total / before - 1)) * 100 AS size
    FROM steps WHERE before > 0 GROUP BY price_list_id
)
SELECT l.project_id, extract(epoch FROM l.effective_at)::float8, coalesce(m.size, 0)::float8
FROM lists l LEFT JOIN moved m ON m.price_list_id = l.id
WHERE l.place > 1 AND l.effective_at > %(t)s::timestamptz - interval '90 days'
ORDER BY l.project_id, l.effective_at
"""

PRICES: Final = """
SELECT u.project_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY p.public_total)::float8
FROM customers_unit u JOIN LATERAL (
    SELECT p.public_total FROM customers_unitprice p
    WHERE p.unit_id = u.id AND p.effective_at <= %(t)s
    ORDER BY p.effective_at DESC, p.price_list_id DESC LIMIT 1
) p ON true
WHERE u.kind IN ('flat', 'house') GROUP BY u.project_id
"""

# Nodes planned by now that were not reached in time; one reached long ago worries nobody.
DELAYS: Final = """
SELECT n.project_id, max(least(coalesce(n.reached_on, %(day)s), %(day)s) - n.planned_on)::float8
FROM customers_constructionnode n
WHERE n.planned_on < %(day)s AND (n.reached_on IS NULL OR n.reached_on > %(day)s::date - 180)
GROUP BY n.project_id
"""


@dataclass(frozen=True)
class Projects:
    """The facts of every project as of one moment."""

    changes: dict[int, tuple[Floats, Floats]]
    price: dict[int, float]
    delay: dict[int, float]

    def moves_seen(self, project: Floats, since: Floats) -> tuple[Floats, Floats]:
        """Return how many price changes each customer saw, and their mean size in per cent.

        A change before the customer knew us (``since``) was not seen; without a project nothing
        is known, which is not the same as none.
        """
        count, size = np.where(np.isnan(project), np.nan, 0.0), np.zeros(len(project))
        for key, (times, sizes) in self.changes.items():
            rows = np.flatnonzero(project == key)
            if not len(rows):
                continue
            first = np.searchsorted(times, since[rows], side="right")
            sums = np.append(np.cumsum(sizes[::-1])[::-1], 0.0)
            seen = len(times) - first
            count[rows] = seen
            size[rows] = np.where(seen > 0, sums[first] / np.maximum(seen, 1), 0.0)
        return count, np.where(np.isnan(project), np.nan, size)

    def of(self, facts: dict[int, float], project: Floats) -> Floats:
        """Return one fact by customer, NaN where the project has none."""
        keys = np.array(sorted(facts), dtype=np.float64)
        if not len(keys):
            return np.full(len(project), np.nan)
        values = np.array([facts[int(key)] for key in keys])
        places = np.clip(np.searchsorted(keys, np.nan_to_num(project, nan=-1.0)), 0, len(keys) - 1)
        return np.where(keys[places] == project, values[places], np.nan)


def read_projects(cutoff: datetime, day: Any) -> Projects:
    """Return the facts of projects as of ``cutoff``, whose local day is ``day``."""
    params = {"t": cutoff, "day": day}
    changes: dict[int, list[tuple[float, float]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, params)
        for project, at, size in cursor.fetchall():
            changes.setdefault(project, []).append((at, size))
        cursor.execute(PRICES, params)
        price = dict(cursor.fetchall())
        cursor.execute(DELAYS, params)
        delay = {key: max(late, 0.0) / MONTH for key, late in cursor.fetchall()}
    return Projects(
        changes={key: (_column(rows, 0), _column(rows, 1)) for key, rows in changes.items()},
        price=price,
        delay=delay,
    )


def _column(rows: list[tuple[float, float]], place: int) -> Floats:
    return np.array([row[place] for row in rows])
