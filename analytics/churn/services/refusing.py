"""Scores of those who refuse to be assessed by machine go at once (PIPL, article 24)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from analytics.churn.hooks import ScoreChange, follow_changes
from customers.refusal_sql import REFUSED

_GONE: Final = """
WITH refused AS ({refused}), scored AS (
    DELETE FROM analytics_churnscore s USING refused r WHERE s.customer_id = r.customer_id
    RETURNING s.customer_id, s.stage, s.level
), well AS (
    DELETE FROM analytics_ownerhealth h USING refused r WHERE h.customer_id = r.customer_id
), history AS (
    DELETE FROM analytics_churnscorechange e USING refused r WHERE e.customer_id = r.customer_id
)
SELECT customer_id, stage, level FROM scored ORDER BY customer_id
"""
ALL: Final = _GONE.format(refused=REFUSED)
SOME: Final = _GONE.format(refused=f"{REFUSED} AND no.customer_id = ANY(%(ids)s)")


def remove_of_refusals(customer_ids: Sequence[int] | None, now: datetime) -> int:
    """Take scores and their history from those of the customers who refuse; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(ALL if customer_ids is None else SOME, {"ids": list(customer_ids or ())})
        rows = cursor.fetchall()
    follow_changes(
        [
            ScoreChange(customer_id=pk, before=level, after="none", probability=0.0, stage=stage)
            for pk, stage, level in rows
        ],
        now,
    )
    return len(rows)
