"""The nightly regrade against one plain statement that reads the same rows and writes a table."""

import statistics
import time
from collections.abc import Callable
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.figures import Row, compare
from customers.models import CustomerGrade, GradeEvent
from customers.services.grading import regrade

ROUNDS = 3
# Everything a grade depends on, read in one pass each, ranked, written into a fresh narrow table.
FLOOR = """
CREATE TABLE floor_grade AS
SELECT id, ntile(5) OVER (ORDER BY score DESC, id) AS grade, score FROM (
    SELECT c.id, coalesce(c.contribution, 0) / 100000 + coalesce(c.budget_max, 0) / 1000000
        + coalesce(c.intent, 0) + coalesce(c.spending_power, 0) + coalesce(met.visits, 0)
        + coalesce(dealt.signed, 0) + coalesce(referred.number, 0) + coalesce(todo.number, 0)
        + CASE WHEN c.last_contact_at > now() - interval '30 days' THEN 1 ELSE 0 END AS score
    FROM customers_customer c
    LEFT JOIN (SELECT customer_id, count(*) AS visits FROM customers_interaction
        WHERE channel = 'visit' OR result = 'visited' GROUP BY 1) met ON met.customer_id = c.id
    LEFT JOIN (SELECT customer_id, count(*) FILTER (WHERE state = 'signed') AS signed
        FROM customers_lead WHERE state <> 'lost' GROUP BY 1) dealt ON dealt.customer_id = c.id
    LEFT JOIN (SELECT referrer_id, count(*) AS number FROM customers_customer
        WHERE referrer_id IS NOT NULL GROUP BY 1) referred ON referred.referrer_id = c.id
    LEFT JOIN (SELECT customer_id, count(*) AS number FROM customers_task
        WHERE state = 'open' GROUP BY 1) todo ON todo.customer_id = c.id
) scored
"""


def run(_customers: int) -> list[Row]:
    """Return the seconds of a night with few changes, and of the first run over everybody."""
    floors, nights, firsts = [], [], []
    regrade(slot=_slot(), now=timezone.now())
    for _round in range(ROUNDS):
        floors.append(_seconds(_floor))
        nights.append(_seconds(lambda: regrade(slot=_slot(), now=timezone.now())))
    for _round in range(ROUNDS):
        CustomerGrade.objects.all().delete()
        firsts.append(_seconds(lambda: regrade(slot=_slot(), now=timezone.now())))
    floor = statistics.median(floors)
    _forget()
    return [
        compare(
            "regrade, one night", floor=floor, ours=statistics.median(nights), unit="s", goal=2
        ),
        compare(
            "regrade, first run with an event for each",
            floor=floor,
            ours=statistics.median(firsts),
            unit="s",
            goal=None,
        ),
    ]


def _floor() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_grade")
        cursor.execute(FLOOR)
        cursor.execute("ALTER TABLE floor_grade ADD PRIMARY KEY (id)")
        cursor.execute("CREATE INDEX ON floor_grade (grade, id DESC)")


def _slot() -> str:
    return f"bench:{uuid4().hex[:24]}"


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _forget() -> None:
    GradeEvent.objects.filter(run__slot__startswith="bench:").delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE floor_grade")
