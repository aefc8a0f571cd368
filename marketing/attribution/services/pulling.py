"""Touches gathered at night from captures, visits and introductions, and from other parts."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marketing.attribution import pull_sql
from marketing.attribution.hooks import touches_from_elsewhere
from marketing.attribution.services.touching import record_touches


def pull_touches(*, now: datetime) -> int:
    """Write the touches that are not known yet, and drop those taken back; return how many came.

    Safe to run twice: the key of the source decides.
    """
    asked: dict[str, Any] = {"captures": pull_sql.CAPTURES, "results": pull_sql.RESULTS, "now": now}
    found = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for step in pull_sql.STEPS:
            cursor.execute(step, asked)
            found += 0 if step is pull_sql.GONE else cursor.rowcount
    return found + record_touches(touches_from_elsewhere(now))
