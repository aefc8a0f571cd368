"""Every periodic job once over the whole company: time, memory and locks within their limits.

Each runs in a process of its own, as its worker would run it. The longest lock is the longest time
one transaction kept rows locked or written for, looked at every few hundredths of a second. Jobs
that read whole tables stand also beside one sequential scan of them.
"""

import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks.figures import Row, compare
from customers.models import RegradeRun

SECONDS, MIB, LOCK_SECONDS = settings.CELERY_TASK_TIME_LIMIT, 300, 5
OFTEN = 0.05  # seconds between two looks at the transactions
TURNS = 20  # a job that hands on is run to its end
CUSTOMERS, TALKS = "customers_customer", "customers_interaction"
# What these read whole, whatever is due; the others look up what is due in an index.
READ_WHOLE = {
    "regrade-customers": (CUSTOMERS, TALKS, "customers_lead", "customers_customergrade"),
    "refresh-standing": (CUSTOMERS, TALKS, "customers_behaviourevent", "customers_lead"),
    "find-duplicates": (CUSTOMERS,),
    "recycle-silent": (CUSTOMERS, "customers_customergrade"),
    "watch-workload": (CUSTOMERS, "customers_lead"),
    "apply-tag-rules": (CUSTOMERS,),
    "announce-news": (CUSTOMERS,),
}
# The transaction, if it holds more than a reader's lock on a table of the product.
HOLDING = """
SELECT max(a.xact_start) FROM pg_stat_activity a
JOIN pg_locks l ON l.pid = a.pid AND l.granted AND l.mode <> 'AccessShareLock'
JOIN pg_class c ON c.oid = l.relation AND c.relnamespace = 'public'::regnamespace
WHERE a.pid = %s AND c.relkind = 'r'
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took; `turns` counts the tasks it needed, the longest of `seconds`.

    `cpu` are the processor seconds of worker and database together, over all turns.
    """

    seconds: float
    cpu: float
    mib: float
    statements: int
    lock: float
    turns: int


def run(_customers: int) -> Iterator[Row]:
    """Yield time, memory and longest lock of every job of the schedule."""
    current_app.loader.import_default_modules()
    _forget_this_night()
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        done = measured(entry["task"])
        label = f"{name} ({done.statements:,} SQL, {done.cpu:.0f} s of processor"
        label += f", {done.turns} tasks)" if done.turns > 1 else ")"
        if tables := READ_WHOLE.get(name):
            scan = _scan(tables)
            yield compare(f"{name} (scan)", floor=scan, ours=done.seconds, unit="s", goal=None)
        yield compare(label, floor=SECONDS, ours=done.seconds, unit="s", goal=1)
        yield compare(f"{name}, memory", floor=MIB, ours=done.mib, unit="MiB", goal=1)
        yield compare(f"{name}, lock", floor=LOCK_SECONDS, ours=done.lock, unit="s", goal=1)


def _forget_this_night() -> None:
    """Let the nightly regrade run again where a kept database has seen it today."""
    RegradeRun.objects.filter(slot=f"nightly:{timezone.localdate()}").delete()


def measured(task: str) -> Run:
    """Run the task in a process of its own until it hands nothing on; return what it took."""
    connection.close()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(task, theirs))
    process.start()
    watched = _Watched(ours.recv())
    with watched:
        figures = ours.recv()
    if isinstance(figures, str):
        raise RuntimeError(f"{task}: {figures}")
    figures["cpu"] += processor_seconds(watched.pid)
    ours.send(None)
    process.join()
    return Run(**figures, lock=watched.longest)


def _work(task: str, pipe: Any) -> None:
    """The child: run the task and its successors, send the figures."""
    statements = 0

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pipe.send(cursor.fetchone()[0])
    handed_on: list[tuple[Any, ...]] = [()]
    work = current_app.tasks[task]
    work.delay = lambda *arguments: handed_on.append(arguments)
    longest, turns, begun = 0.0, 0, time.process_time()
    try:
        with connection.execute_wrapper(counted):
            while handed_on and turns < TURNS:
                started = time.perf_counter()
                work.run(*handed_on.pop(0))
                longest, turns = max(longest, time.perf_counter() - started), turns + 1
        if handed_on:
            raise RuntimeError(f"not at its end after {turns} tasks")
    except Exception as error:
        pipe.send(repr(error))
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send(
        {
            "seconds": longest,
            "cpu": time.process_time() - begun,
            "mib": peak,
            "statements": statements,
            "turns": turns,
        }
    )
    pipe.poll(10)  # keep the connection until its figures were read


class _Watched:
    """Looks at the transactions of one backend from a connection of its own."""

    def __init__(self, pid: int) -> None:
        self.longest = 0.0
        self.pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "_Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        begun: tuple[Any, float] = (None, 0.0)
        with connection.cursor() as cursor:
            while not self._stop.wait(OFTEN):
                cursor.execute(HOLDING, [self.pid])
                transaction, now = cursor.fetchone()[0], time.monotonic()
                if transaction is None or transaction != begun[0]:
                    begun = (transaction, now - OFTEN)
                if transaction is not None:
                    self.longest = max(self.longest, now - begun[1])
        connection.close()


def processor_seconds(pid: int) -> float:
    """Return what a process of this machine has used so far; 0 where it runs on another one."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _scan(tables: Sequence[str]) -> float:
    """Return the seconds of one sequential scan of each of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_indexonlyscan = off; SET enable_indexscan = off")
        cursor.execute("SET enable_bitmapscan = off; SET max_parallel_workers_per_gather = 0")
        started = time.perf_counter()
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t IS NOT NULL OR t IS NULL")
        spent = time.perf_counter() - started
        cursor.execute("RESET ALL")
    return spent
