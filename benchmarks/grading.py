"""The nightly regrade against plain statements that read the same rows and write the same ones.

The floor is one statement in one transaction: it reads customers, talks, leads, referrals, open
tasks and refusals, makes six points, score, rank and grade of each, writes whoever stands otherwise
into a table with the keys and indexes of the product's and an event for every changed grade. It has
no locks to respect, no chunks, no rests and tells nobody. Ours has all of that.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.client import Client, Request
from benchmarks.figures import Row, compare
from benchmarks.servers import OURS, serve
from benchmarks.sessions import our_session
from crm_site.staff.models import User
from customers.models import GradeEvent
from customers.services.grading import regrade

ROUNDS = 3
TOUCHED = 50  # of so many customers one is another by the next night
IDLE_REQUESTS = 300
SCORED = """
WITH refused AS (
    SELECT DISTINCT customer_id FROM customers_consentevent
    WHERE purpose = 'profiling' AND NOT is_given
), met AS (
    SELECT customer_id, count(*) AS n FROM customers_interaction
    WHERE (channel = 'visit' OR result = 'visited') AND at > now() - interval '365 days' GROUP BY 1
), dealt AS (
    SELECT customer_id, count(*) FILTER (WHERE state = 'signed') AS signed,
        max(CASE state WHEN 'signed' THEN 6000 WHEN 'visited' THEN 3000 ELSE 1000 END) AS stage
    FROM customers_lead WHERE state <> 'lost' GROUP BY 1
), referred AS (
    SELECT referrer_id AS customer_id, count(*) AS n FROM customers_customer
    WHERE referrer_id IS NOT NULL AND merged_into_id IS NULL GROUP BY 1
), todo AS (
    SELECT DISTINCT customer_id FROM customers_task WHERE state = 'open'
), pointed AS (
    SELECT c.id, c.region_id, ARRAY[
        coalesce(c.contribution, 0) * 10 / (coalesce(c.contribution, 0) + 1000000),
        coalesce(c.budget_max, 0) * 20 / (coalesce(c.budget_max, 0) + 3000000)
            + coalesce(c.intent, 0) + CASE WHEN c.layout <> '' OR c.motive <> '' THEN 1 ELSE 0 END,
        LEAST(coalesce(met.n, 0), 4) + coalesce(dealt.stage, 0) / 1000.0,
        LEAST(coalesce(referred.n, 0), 3) + LEAST(coalesce(dealt.signed, 0), 2),
        coalesce(c.spending_power, 0) * 2,
        CASE WHEN dealt.customer_id IS NOT NULL THEN 5 ELSE 0 END
            + CASE WHEN todo.customer_id IS NOT NULL THEN 3 ELSE 0 END
            + CASE WHEN c.last_contact_at > now() - interval '30 days' THEN 2 ELSE 0 END
    ]::numeric(5, 2)[] AS points
    FROM customers_customer c
    LEFT JOIN met ON met.customer_id = c.id LEFT JOIN dealt ON dealt.customer_id = c.id
    LEFT JOIN referred ON referred.customer_id = c.id LEFT JOIN todo ON todo.customer_id = c.id
    LEFT JOIN refused ON refused.customer_id = c.id
    WHERE c.merged_into_id IS NULL AND refused.customer_id IS NULL
), summed AS (
    SELECT *, points[1] + points[2] + points[3] + points[4] + points[5] + points[6] AS score
    FROM pointed
), scored AS (
    SELECT *, chr(64 + ntile(5) OVER (PARTITION BY region_id ORDER BY score DESC, id)) AS grade
    FROM summed
)
"""
FLOOR = f"""{SCORED}
, changed AS MATERIALIZED (
    SELECT s.*, coalesce(g.grade, '') AS was
    FROM scored s LEFT JOIN floor_grade g ON g.customer_id = s.id
    WHERE g.customer_id IS NULL OR g.grade <> s.grade OR g.points <> s.points
), written AS (
    INSERT INTO floor_grade (customer_id, grade, score, points, policy_version, graded_at,
        lock_reason)
    SELECT id, grade, score, points, 1, now(), '' FROM changed
    ON CONFLICT (customer_id) DO UPDATE SET grade = excluded.grade, score = excluded.score,
        points = excluded.points, graded_at = excluded.graded_at
)
INSERT INTO floor_event (customer_id, at, reason, from_grade, to_grade, score, points,
    policy_version)
SELECT id, now(), '', was, grade, score, points, 1 FROM changed WHERE was <> grade
"""
TABLES = """
DROP TABLE IF EXISTS floor_grade, floor_event;
CREATE TABLE floor_grade (LIKE customers_customergrade INCLUDING ALL,
    FOREIGN KEY (customer_id) REFERENCES customers_customer DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE floor_event (LIKE customers_gradeevent INCLUDING ALL,
    FOREIGN KEY (customer_id) REFERENCES customers_customer DEFERRABLE INITIALLY DEFERRED)
"""


def run(_customers: int) -> Iterator[Row]:
    """Yield the seconds of a first run and of a later night, and the list page beside the first."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    floor = statistics.median([_first_floor() for _round in range(ROUNDS)])
    idle, busy, ours = _beside_the_list()
    yield compare("regrade, everybody is written", floor=floor, ours=ours, unit="s", goal=2)
    floors, nights = [], []
    for number in range(ROUNDS):
        _touch(number)
        floors.append(_seconds(_floor))
        nights.append(_seconds(_regrade))
    floor, night = statistics.median(floors), statistics.median(nights)
    yield compare("regrade, a later night", floor=floor, ours=night, unit="s", goal=2)
    yield compare("list p95, idle and meanwhile", floor=idle, ours=busy, unit="ms", goal=3)
    _forget()


def _beside_the_list() -> tuple[float, float, float]:
    """Return the 95th percentiles of the list, idle and during a first run, and the run's seconds.

    The run has a process of its own, as the worker has.
    """
    with serve(OURS) as port:
        cookie = our_session(User.objects.get(username="head_office"))
        client, request = Client(port, cookie), Request("/customers/")
        idle = [client.ask(request) for _request in range(IDLE_REQUESTS)][10:]
        connection.close()
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        worker = context.Process(target=_first_run, args=(theirs,))
        worker.start()
        busy = []
        while not ours.poll():
            busy.append(client.ask(request))
        seconds = ours.recv()
        worker.join()
    return _p95(idle), _p95(busy), seconds


def _first_run(pipe: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE customers_customergrade")
    pipe.send(_seconds(_regrade))


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _touch(number: int) -> None:
    """Let one customer in fifty be another than the night before, and the tables be tidy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET intent = 1 + (coalesce(intent, 0) + 1) %% 3,"
            " last_contact_at = now() WHERE id %% %s = %s",
            [TOUCHED, number],
        )
        for table in ("floor_grade", "floor_event", "customers_customergrade"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _regrade() -> None:
    slot = f"bench:{uuid4().hex[:24]}"
    done = regrade(slot=slot, now=timezone.now())
    if not done.scored or not done.is_finished:
        raise RuntimeError(f"the regrade did not run: {done}")


def _floor() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FLOOR)


def _first_floor() -> float:
    """Return the seconds of the floor where nobody has a grade yet."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE floor_grade, floor_event")
    return _seconds(_floor)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _forget() -> None:
    GradeEvent.objects.filter(run__slot__startswith="bench:").delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE floor_grade, floor_event")
