"""What is to be done next for each customer of a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from customers.rules.axes import TaskState

FIRST_OPEN: Final = f"""
SELECT DISTINCT ON (customer_id) customer_id, title, due_at FROM customers_task
WHERE customer_id = ANY(%s) AND state = '{TaskState.OPEN.value}' ORDER BY customer_id, due_at
"""  # noqa: S608 -- a constant of the code


@dataclass(frozen=True, slots=True)
class NextStep:
    """The open task of a customer that is due first."""

    title: str
    due_at: datetime


def next_steps(customer_ids: Iterable[int]) -> dict[int, NextStep]:
    """Return each customer's next step; one query for all of them, none for nobody."""
    ids = list(customer_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIRST_OPEN, [ids])
        return {customer: NextStep(title, due_at) for customer, title, due_at in cursor.fetchall()}
