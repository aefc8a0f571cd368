"""Is every part of the system alive, and did each job run when it should (PLT-37)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import redis
from celery.schedules import crontab, maybe_schedule
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from crm_site.common import liveness
from crm_site.common.models import JobRun

# Signs of life come every two to five seconds; a part is down long before two minutes pass.
SILENT_AFTER = timedelta(seconds=60)
JOB_GRACE = timedelta(minutes=2)
CRONTAB_GRACE = timedelta(minutes=15)
QUEUE_WARNING = 1000
FORGOTTEN_AFTER = timedelta(days=1)  # a process that was replaced leaves the page
PARTS = ("database", "broker", "worker", "beat")

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Process:
    """A worker or beat process and how long it has been silent."""

    name: str
    silent_for: timedelta

    @property
    def is_alive(self) -> bool:
        """Whether its last sign is recent."""
        return self.silent_for <= SILENT_AFTER


@dataclass(frozen=True, slots=True)
class Job:
    """A scheduled job: when it last ended well and whether it should have run since."""

    name: str
    last_success: datetime | None
    outcome: str
    is_late: bool
    counts: dict[str, Any]

    @property
    def label(self) -> Any:
        """What it is called; its key where nobody named it."""
        return settings.JOB_LABELS.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Health:
    """The state of every part at one moment; ``None`` where it could not be read."""

    parts: dict[str, bool]
    processes: dict[str, list[Process]] = field(default_factory=dict)
    queue: int | None = None
    jobs: list[Job] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether every part is up."""
        return all(self.parts.values())

    @property
    def troubles(self) -> int:
        """How many parts are down and jobs late."""
        late = sum(job.is_late for job in self.jobs)
        return late + sum(not up for up in self.parts.values())


def readiness(*, now: datetime) -> dict[str, bool]:
    """Return for each part whether it is up; a broker that is away hides worker and beat."""
    processes = _processes(now)
    return {
        "database": database_is_up(),
        "broker": processes is not None,
        **{
            part: any(process.is_alive for process in (processes or {}).get(part, []))
            for part in (liveness.WORKER, liveness.BEAT)
        },
    }


def examine(*, now: datetime) -> Health:
    """Return the state of everything the health page shows."""
    parts = readiness(now=now)
    return Health(
        parts=parts,
        processes=_processes(now) or {},
        queue=_or_none(liveness.queue_length),
        jobs=scheduled_jobs(now=now) if parts["database"] else [],
    )


def database_is_up() -> bool:
    """Tell whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def scheduled_jobs(*, now: datetime) -> list[Job]:
    """Return every job of the schedule by name; one that never ran is not yet late."""
    runs: dict[str, JobRun] = {}
    for run in JobRun.objects.order_by("started_at"):
        known = runs.get(run.name)
        if run.succeeded_at is None and known is not None:
            run.succeeded_at = known.succeeded_at
        runs[run.name] = run
    return [
        _job(name, runs.get(name), entry, now)
        for name, entry in sorted(settings.CELERY_BEAT_SCHEDULE.items())
    ]


def _job(name: str, run: JobRun | None, entry: Mapping[str, Any], now: datetime) -> Job:
    if run is None:
        return Job(name, None, "", is_late=False, counts={})
    since = run.succeeded_at or run.started_at
    return Job(
        name=name,
        last_success=run.succeeded_at,
        outcome=run.outcome,
        is_late=run.outcome == JobRun.Outcome.FAILED or _is_late(entry["schedule"], since, now),
        counts=run.counts,
    )


def _is_late(schedule: Any, since: datetime, now: datetime) -> bool:
    """Tell whether a run was due after ``since`` and has not come within the grace."""
    planned = maybe_schedule(schedule)
    if isinstance(planned, crontab):
        start, step, _ = planned.remaining_delta(since)
        return bool(now > start + step + CRONTAB_GRACE)
    return bool(now > since + planned.run_every + JOB_GRACE)


def _processes(now: datetime) -> dict[str, list[Process]] | None:
    """Return the processes of each part, the liveliest first; None while the broker is away."""

    def read(part: str) -> list[Process]:
        found = [
            Process(name, max(timedelta(0), now - datetime.fromtimestamp(at, UTC)))
            for name, at in liveness.signs(part).items()
        ]
        recent = [process for process in found if process.silent_for < FORGOTTEN_AFTER]
        return sorted(recent, key=lambda process: process.silent_for)

    parts = (liveness.WORKER, liveness.BEAT)
    return _or_none(lambda: {part: read(part) for part in parts})


def _or_none(read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except (redis.RedisError, OSError):
        return None
