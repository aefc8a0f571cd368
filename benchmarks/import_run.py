"""One import in a process of its own, as a worker has it: ``python -m benchmarks.import_run``.

Arguments: a file, and the phases to go through (upload, check, write, revert). Prints one line of
JSON: seconds and largest resident memory (MiB) of each phase, and what became of the rows.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KIBIBYTES = 1024


def main() -> None:
    """Go through the phases named on the command line."""
    import django

    django.setup()
    path, phases = Path(sys.argv[1]), sys.argv[2].split(",")
    job_id = 0
    figures: dict[str, Any] = {}
    for phase in phases:
        forget_peak()
        started = time.perf_counter()
        job_id = PHASES[phase](path, job_id)
        seconds = time.perf_counter() - started
        figures[phase] = {"seconds": seconds, "peak": peak_mib(os.getpid())}
    figures |= _outcome(job_id)
    print(json.dumps(figures))


def forget_peak() -> None:
    """Let the largest resident memory of this process count from now on."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_mib(pid: int) -> float:
    """Return the largest resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / KIBIBYTES


def _upload(path: Path, _job_id: int) -> int:
    from django.utils import timezone

    from crm_site.exchange.services.upload import upload

    with path.open("rb") as stream:
        job = upload(
            kind="customer", stream=stream, file_name=path.name, actor=None, now=timezone.now()
        )
    return int(job.pk)


def _check(_path: Path, job_id: int) -> int:
    from django.utils import timezone

    from crm_site.exchange.models import ImportJob
    from crm_site.exchange.services import running

    ImportJob.objects.filter(pk=job_id).update(state="checking", rows_done=0)
    running.check(job_id=job_id, clock=timezone.now)
    return job_id


def _write(_path: Path, job_id: int) -> int:
    from django.utils import timezone

    from crm_site.exchange.models import ImportJob
    from crm_site.exchange.services import jobs, running

    job = ImportJob.objects.get(pk=job_id)
    jobs.begin_writing(job=job, now=timezone.now(), allowed=("uploaded", "checked"))
    running.write(job_id=job_id, clock=timezone.now)
    return job_id


def _revert(_path: Path, job_id: int) -> int:
    from django.utils import timezone

    from crm_site.exchange.models import ImportJob
    from crm_site.exchange.services import reverting

    ImportJob.objects.filter(pk=job_id, state="done").update(state="reverting")
    reverting.revert(job_id=job_id, clock=timezone.now)
    return job_id


def _outcome(job_id: int) -> dict[str, Any]:
    from crm_site.exchange.models import ImportJob

    job = ImportJob.objects.get(pk=job_id)
    return {"state": job.state, "counts": job.counts, "revert_counts": job.revert_counts}


PHASES: dict[str, Callable[[Path, int], int]] = {
    "upload": _upload,
    "check": _check,
    "write": _write,
    "revert": _revert,
}

if __name__ == "__main__":
    main()
