"""The nightly scoring of churn: the whole job in its worker beside the least it could take.

Ours reads, scores, explains, compares with the night before, writes what differs, lets customers
into red and has warnings, cases, tasks and notices follow, in ranges that any number of workers
share. The floor (``churn_floor``) does none of that but reading, weighing and writing. Both are
measured in turns in the same run.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import connection, transaction
from django.urls import reverse

from analytics.churn.models import ChurnRun, ChurnScore, ChurnShard
from analytics.churn.services import writing
from benchmarks import churn_models
from benchmarks.churn_floor import TABLE, copy_and_swap, score_everybody
from benchmarks.churn_run import processor
from benchmarks.client import Client, Request
from benchmarks.figures import FOLDER, Row, compare
from benchmarks.servers import OURS, serve
from benchmarks.sessions import our_session
from crm_site.staff.models import User

GOAL, GOAL_BOOSTED, WRITING_GOAL, LIST_GOAL = 2.0, 3.0, 2.0, 3.0
MEMORY_GOAL_MIB: Final = 2048
WORKERS: Final = 2
IDLE_REQUESTS: Final = 200
SHARD: Final = 10_000  # rows of one transaction, as the job has them
TIMEOUT: Final = 3 * 3600
# What may be there once; a second one would be a doubled follow-up.
ONCE: Final = {
    "warnings": "SELECT customer_id FROM analytics_churnalert WHERE closed_at IS NULL",
    "moves": "SELECT (alert_id, at, kind) FROM analytics_alertevent",
    "history": "SELECT (customer_id, at, before, after) FROM analytics_churnscorechange",
    "draws": "SELECT (drawn_for, quarter, alert_id) FROM analytics_holdoutdraw",
    "cases": "SELECT alert_id FROM analytics_winbackcase",
    "tasks": "SELECT (source, source_id) FROM customers_task WHERE source = 'winback'",
    "open tasks": "SELECT customer_id FROM customers_task WHERE source = 'winback'"
    " AND state = 'open'",
}
FORGOTTEN: Final = (
    *("analytics_churnscore", "analytics_churnscorechange", "analytics_ownerhealth"),
    *("analytics_churnrun", "analytics_churnshard", "analytics_churnalert"),
)


def run(_customers: int) -> Iterator[Row]:
    """Yield each kind of night, writing alone, the list beside it, a kill, memory.

    BENCH_NIGHTS is a comma-separated choice of the parts; the first night of all stands before
    each.
    """
    chosen = [name for name in os.environ.get("BENCH_NIGHTS", "").split(",") if name] or [*PARTS]
    peaks: list[float] = []
    _forget()
    churn_models.use("card")
    yield from _night("first night, everybody new, card", 0, peaks, goal=GOAL)
    for name in chosen:
        yield from PARTS[name](peaks)
    peak = max(peaks)
    yield compare("memory of a worker", floor=MEMORY_GOAL_MIB, ours=peak, unit="MiB", goal=1.0)
    _forget()


def _card(peaks: list[float]) -> Iterator[Row]:
    yield from _night("a later night, card", 1, peaks, goal=GOAL)


def _logistic(peaks: list[float]) -> Iterator[Row]:
    churn_models.use("logistic")
    yield _beside_the_list(2, peaks)
    yield from _night("a later night, logistic", 3, peaks, goal=GOAL)


def _boosting(peaks: list[float]) -> Iterator[Row]:
    churn_models.use("boosted_default")
    yield from _killed(4, peaks)
    yield from _night("a later night, boosting", 5, peaks, goal=GOAL_BOOSTED)


def _sharing(peaks: list[float]) -> Iterator[Row]:
    yield _shared(6, peaks)


def _night(case: str, days: int, peaks: list[float], *, goal: float) -> Iterator[Row]:
    """Measure one night between two floors, by the clock and by what it took of a processor.

    Where others use the machine at the same time, the second is the one to look at.
    """
    _tidy()
    floors = [_floor()]
    ours = _finished(_worker("score", days))
    floors.append(_floor())
    peaks.append(ours["peak"])
    run_ = ChurnRun.objects.latest("pk")
    if run_.scored != ChurnScore.objects.count():
        raise AssertionError(f"{run_.scored} scored, {ChurnScore.objects.count()} rows")
    clock, cpu = (statistics.mean(each) for each in zip(*floors, strict=True))
    case += f" ({run_.changed:,} of {run_.scored:,} written)"
    yield compare(case, floor=clock, ours=ours["seconds"], unit="s", goal=goal)
    case = "    its seconds of a processor"
    yield compare(case, floor=cpu, ours=ours["cpu"], unit="s", goal=goal)


def _floor() -> tuple[float, float]:
    """Return the seconds of one floor, and those of a processor."""
    before = processor()
    clock = _seconds(score_everybody)
    return clock, processor() - before


def _beside_the_list(days: int, peaks: list[float]) -> Row:
    """Ask for the list of scores idle, and again while everybody is scored anew."""
    _tidy()
    with serve(OURS) as port:
        client = Client(port, our_session(User.objects.get(username="head_office")))
        request = Request(reverse("analytics:churn-list"))
        idle = [client.ask(request) for _number in range(IDLE_REQUESTS)][10:]
        worker, busy = _worker("score", days), []
        while worker.poll() is None:
            busy.append(client.ask(request))
    peaks.append(_finished(worker)["peak"])
    case = f"list p95 idle, and meanwhile ({len(busy):,} asked)"
    return compare(case, floor=_p95(idle), ours=_p95(busy), unit="ms", goal=LIST_GOAL)


def _killed(days: int, peaks: list[float]) -> Iterator[Row]:
    """Kill the worker with half of the ranges done; the next one ends the night."""
    _tidy()
    started, worker = time.perf_counter(), _worker("score", days)
    shards = _shards_of_next_run(ChurnRun.objects.latest("pk").pk, worker)
    while shards.filter(done_at__isnull=False).count() * 2 < shards.count():
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    left = shards.filter(done_at__isnull=True).count()
    if not left:
        raise AssertionError("the worker was killed too late")
    peaks.append(_finished(_worker("score", days))["peak"])
    spent = time.perf_counter() - started
    case = f"killed with {left} of {shards.count()} ranges left, both runs"
    yield Row(case, 0, round(spent, 2), "s", 0.0, None, None)
    run_ = ChurnRun.objects.latest("pk")
    whole = run_.finished_at is not None and run_.scored == ChurnScore.objects.count()
    doubled = {name: number for name in ONCE if (number := _doubled(ONCE[name]))}
    if doubled:
        print(doubled)
    number = sum(doubled.values())
    yield Row("doubled follow-ups after the kill", 0, number, "rows", 0.0, 0.0, not doubled)
    yield Row("the night after the kill is whole", 1, int(whole), "", 1.0, 1.0, whole)


def _shared(days: int, peaks: list[float]) -> Row:
    """Measure a night that several workers share, beside the floor."""
    _tidy()
    floor, _cpu = _floor()
    started = time.perf_counter()
    workers = [_worker("score" if not place else "help", days) for place in range(WORKERS)]
    done = [_finished(worker) for worker in workers]
    spent = max(each["seconds"] for each in done)
    peaks += [each["peak"] for each in done]
    ranges = [each["ranges"] for each in done]
    if not all(ranges):
        raise AssertionError(f"a worker did nothing: {ranges}")
    print(f"ranges by worker: {ranges}, {time.perf_counter() - started:.1f} s with their start")
    return compare(
        f"a later night, {WORKERS} workers", floor=floor, ours=spent, unit="s", goal=None
    )


def _writing(_peaks: list[float]) -> Iterator[Row]:
    """Write the scores there are: into an empty table, and over all of them."""
    with connection.cursor() as cursor:
        lines = _lines_of(cursor)
    floor = statistics.mean([_seconds(lambda: copy_and_swap(lines)) for _round in range(2)])
    parts = [lines[start : start + SHARD] for start in range(0, len(lines), SHARD)]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE}")
    for case, write in (
        ("writing scores, all new", writing.copy_new),
        ("writing scores, all overwritten", writing.merge_changed),
    ):
        ours = _seconds(lambda write=write: [_in_transaction(write, part) for part in parts])
        yield compare(case, floor=floor, ours=ours, unit="s", goal=WRITING_GOAL)
        _tidy()


def _lines_of(cursor: Any) -> list[str]:
    path = FOLDER / "scores.copy"
    FOLDER.mkdir(parents=True, exist_ok=True)
    query = f"SELECT {', '.join(writing.COLUMNS)} FROM {TABLE} ORDER BY customer_id"
    with path.open("w+", encoding="utf-8") as held:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", held)
        held.seek(0)
        lines = list(held)
    path.unlink()
    return lines


@transaction.atomic
def _in_transaction(write: Callable[[list[str]], None], part: list[str]) -> None:
    write(part)


def _worker(task: str, days: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.churn_run", task, str(days)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )


def _finished(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    said, _nothing = worker.communicate(timeout=TIMEOUT)
    if worker.returncode:
        raise RuntimeError(f"the worker ended with {worker.returncode}")
    figures: dict[str, Any] = json.loads(said.splitlines()[-1])
    return figures


def _shards_of_next_run(last: int, worker: "subprocess.Popen[str]") -> Any:
    """Return the ranges of the run that the worker opens."""
    while (opened := ChurnRun.objects.filter(pk__gt=last).first()) is None:
        if worker.poll() is not None:
            raise RuntimeError("the worker ended before it began")
        time.sleep(0.01)
    return ChurnShard.objects.filter(run=opened)


def _doubled(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) - count(DISTINCT x) FROM ({statement}) t(x)")
        return int(cursor.fetchone()[0])


def _tidy() -> None:
    """Leave the tables as the night's vacuum leaves them."""
    with connection.cursor() as cursor:
        for table in (*FORGOTTEN, "customers_task"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_taskevent e USING customers_task t"
            " WHERE t.id = e.task_id AND t.source = 'winback'"
        )
        cursor.execute("DELETE FROM customers_task WHERE source = 'winback'")
        cursor.execute(f"TRUNCATE {', '.join(FORGOTTEN)} CASCADE")
        cursor.execute("DROP TABLE IF EXISTS floor_score")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


PARTS: Final = {
    "card": _card,
    "logistic": _logistic,
    "boosting": _boosting,
    "shared": _sharing,
    "writing": _writing,
}
