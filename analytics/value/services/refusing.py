"""Nothing about a customer's value stays when assessment by machine is refused (PIPL, art. 24)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from analytics.value.value_sql import ASSESSED
from customers.refusal_sql import REFUSED

SOME: Final = f"({REFUSED} AND no.customer_id = ANY(%(ids)s))"


def remove_values(customer_ids: Sequence[int] | None, _now: datetime) -> int:
    """Take value, likeness, intent and groups from those who refuse; return rows gone.

    None looks at everybody; the caller's transaction keeps it together with the refusal.
    """
    who = f"({REFUSED})" if customer_ids is None else SOME
    gone = 0
    with connection.cursor() as cursor:
        for table in ASSESSED:
            statement = f"DELETE FROM {table} WHERE customer_id IN {who}"  # noqa: S608 -- constants
            cursor.execute(statement, {"ids": list(customer_ids or ())})
            gone += cursor.rowcount
    return gone
