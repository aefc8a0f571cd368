"""An import in a real worker that is killed in the middle of its writing, and its revert.

Two files of one size: the first is written undisturbed and taken back by the same worker; while
the second is written the whole worker is killed (SIGKILL) half-way and a new one started at once,
as a process manager does. The job that finds silent imports is sent as often as beat sends it.
Both imports must leave the same figures, and no number may be there twice.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import import_floor
from benchmarks.figures import FOLDER, Row, compare
from benchmarks.import_run import peak_mib
from benchmarks.imports import MEMORY_MIB, REVERT, SPEED, clear, new_file, tidy
from crm_site.exchange import tasks
from crm_site.exchange.models import ImportJob
from crm_site.exchange.services import jobs, reverting
from crm_site.exchange.services.upload import upload
from crm_site.staff.models import OrgNode, User
from crm_site.staff.services import create_user
from customers.models import Customer, Lead, LeadEvent, OwnershipEvent, SourceEvent

MOST_ROWS = 200_000
RESUME_SECONDS = 180.0  # two minutes of silence, then the next minute's look for silent imports
LONGEST_SECONDS = 3 * 3600
PAUSE = 0.5
WORKER = ("-m", "celery", "-A", "crm_site", "worker", "--pool=prefork", "--concurrency=1")
SHOWN = re.compile(r'<progress class="meter" max="(\d+)" value="(\d+)"')


@dataclass
class Watched:
    """What was seen while a job was at work."""

    seconds: float = 0.0
    resumed_after: float = 0.0
    peak: float = 0.0
    shown: list[int] = field(default_factory=list)


def run(customers: int) -> Iterator[Row]:
    """Yield speed, memory, resume time and differences; the company bounds the size of the file."""
    rows = min(MOST_ROWS, int(os.environ.get("BENCH_IMPORT_ROWS") or 2 * customers))
    import_floor.make_ground()
    author, mark = _author(), _highest()
    floor, bare = _floor(rows // 10, mark)
    calm, calm_figures, reverted = _undisturbed(rows, author, mark)
    killed, killed_figures = _killed(rows, author, mark)
    name = f"import of {rows:,} rows in a worker"
    yield compare(name, floor=floor, ours=rows / calm.seconds, unit="rows/s", goal=SPEED)
    case = f"{name}, killed half-way, with the pause"
    yield compare(case, floor=floor, ours=rows / killed.seconds, unit="rows/s", goal=None)
    case = "seconds from the kill to the next part"
    yield compare(case, floor=RESUME_SECONDS, ours=killed.resumed_after, unit="s", goal=1.0)
    twice = killed_figures.pop("numbers twice")
    calm_figures.pop("numbers twice")
    yield Row("numbers there twice after the kill", 0, twice, "rows", 0.0, 0.0, twice == 0)
    names = calm_figures.keys() | killed_figures.keys()
    differing = [name for name in names if calm_figures.get(name) != killed_figures.get(name)]
    for name in sorted(differing):
        print(f"{name}: {calm_figures.get(name)} undisturbed, {killed_figures.get(name)} killed")
    other = len(differing)
    yield Row("figures unlike the undisturbed run's", 0, other, "tables", 0.0, 0.0, not other)
    shown = min(len(set(watched.shown)) for watched in (calm, killed))
    yield Row("states of progress the page showed", 3, shown, "states", shown / 3, None, shown >= 3)
    peak = max(calm.peak, killed.peak, reverted.peak)
    yield compare("memory of the worker's child", floor=MEMORY_MIB, ours=peak, unit="MiB", goal=1.0)
    case = f"revert of {rows:,} rows in a worker, bare DELETEs"
    yield compare(case, floor=bare, ours=rows / reverted.seconds, unit="rows/s", goal=REVERT)


def _floor(rows: int, mark: int) -> tuple[float, float]:
    """Return rows per second of the plainest import and of the bare DELETEs after it."""
    with new_file(rows) as path:
        started = time.perf_counter()
        import_floor.write(path)
        written = time.perf_counter()
        clear(mark, bare=True)
        cleared = time.perf_counter()
    tidy()
    return rows / (written - started), rows / (cleared - written)


def _undisturbed(rows: int, author: User, mark: int) -> tuple[Watched, dict[str, int], Watched]:
    with new_file(rows) as path, _worker() as process:
        job = _job(path, author)
        jobs.start_writing(job=job, now=timezone.now(), allowed=("uploaded",))
        seen = _watch(job, process, author, until="done")
        figures = _figures(mark, job)
        reverting.start_revert(job=_now(job), actor=author, now=timezone.now())
        reverted = _watch(job, process, author, until="reverted")
    job.refresh_from_db()
    if job.revert_counts != {"removed": rows} or _highest() > mark:
        raise RuntimeError(f"reverted: {job.revert_counts}")
    return seen, figures, reverted


def _killed(rows: int, author: User, mark: int) -> tuple[Watched, dict[str, int]]:
    with new_file(rows) as path:
        job = _job(path, author)
        jobs.start_writing(job=job, now=timezone.now(), allowed=("uploaded",))
        started = time.perf_counter()
        with _worker() as process:
            first = _watch(job, process, author, until=lambda job: job.rows_done * 2 >= rows)
        done = _now(job).parts_done
        died = time.perf_counter()
        with _worker() as process:
            pause = _watch(job, process, author, until=lambda job: job.parts_done > done)
            resumed = time.perf_counter() - died
            last = _watch(job, process, author, until="done")
        seen = Watched(time.perf_counter() - started, resumed, max(first.peak, last.peak))
        seen.shown = first.shown + pause.shown + last.shown
        figures = _figures(mark, job)
        clear(mark, bare=False)
        tidy()
    return seen, figures


def _job(path: Path, author: User) -> ImportJob:
    with path.open("rb") as stream:
        return upload(
            kind="customer", stream=stream, file_name=path.name, actor=author, now=timezone.now()
        )


def _watch(
    job: ImportJob,
    process: "subprocess.Popen[bytes]",
    author: User,
    *,
    until: str | Callable[[ImportJob], bool],
) -> Watched:
    """Look at the page of progress until the job is so far; keep what it showed."""
    seen, started = Watched(), time.perf_counter()
    client, address = Client(), reverse("exchange:import-progress", args=[job.pk])
    client.force_login(author, backend="crm_site.staff.backends.RoleBackend")
    every = float(settings.CELERY_BEAT_SCHEDULE["resume-imports"]["schedule"])
    next_look = started + every
    while True:
        found = _now(job)
        if found.state == until if isinstance(until, str) else until(found):
            break
        if found.state == "failed" or time.perf_counter() - started > LONGEST_SECONDS:
            raise RuntimeError(f"{found.state}: {found.error}")
        shown = SHOWN.search(client.get(address, headers={"hx-request": "true"}).content.decode())
        seen.shown += [int(shown[2])] if shown else []
        seen.peak = max(seen.peak, _peak_of_children(process.pid))
        if time.perf_counter() > next_look:
            tasks.resume_imports.delay()
            next_look += every
        time.sleep(PAUSE)
    seen.seconds = time.perf_counter() - started
    return seen


def _now(job: ImportJob) -> ImportJob:
    return ImportJob.objects.get(pk=job.pk)


@contextmanager
def _worker() -> "Iterator[subprocess.Popen[bytes]]":
    """Run the product's worker; at the end it is killed with its children, as by the kernel."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "import-worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *WORKER], stdout=log, stderr=log, env=os.environ,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _peak_of_children(pid: int) -> float:
    peaks = [0.0]
    with suppress(OSError, StopIteration):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        peaks += [peak_mib(int(child)) for child in children]
    return max(peaks)


def _figures(mark: int, job: ImportJob) -> dict[str, int]:
    fresh = {"customer__gt": mark}
    customers = Customer.objects.filter(pk__gt=mark)
    numbers = customers.values("phone_index").distinct().count()
    return {
        "customers": customers.count(),
        "leads": Lead.objects.filter(**fresh).count(),
        "lead events": LeadEvent.objects.filter(lead__customer__gt=mark).count(),
        "source events": SourceEvent.objects.filter(**fresh).count(),
        "owners": OwnershipEvent.objects.filter(**fresh).count(),
        "owned": customers.exclude(owner=None).count(),
        "numbers twice": customers.count() - numbers,
        **_now(job).counts,
    }


def _highest() -> int:
    return Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _author() -> User:
    known = User.objects.filter(username="bench-supervisor").first()
    team: Any = OrgNode.objects.get(code="bench-team")
    return known or create_user(
        username="bench-supervisor", name="测速主管", role="supervisor", node=team
    )
