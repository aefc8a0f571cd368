"""One worker of the nightly scoring in a process of its own: ``python -m benchmarks.churn_run``.

Arguments: score (the job) or help (who shares its ranges), and how many days ahead the night is.
Prints one line of JSON: seconds, processor seconds of worker and database together, largest
resident memory (MiB), ranges done. Tasks the job hands on
are run here one after the other, as one worker would.
"""

import json
import os
import sys
import time
from datetime import timedelta

from benchmarks.import_run import forget_peak, peak_mib


def main() -> None:
    """Run the task named on the command line to its end."""
    import django

    django.setup()
    from django.utils import timezone

    from analytics.churn import tasks

    days, real = timedelta(days=int(sys.argv[2])), timezone.now
    timezone.now = lambda: real() + days
    handed_on: list[object] = []
    tasks.help_scoring.delay = lambda: None
    tasks.score_churn.apply_async = lambda **_how: handed_on.append(None)
    task = {"score": tasks.score_churn, "help": tasks.help_scoring}[sys.argv[1]]
    forget_peak()
    spent = processor()
    started, done = time.perf_counter(), {"scored": 0, "ranges": 0}
    while True:
        for name, number in task.run().items():
            done[name] += number
        if not handed_on:
            break
        handed_on.clear()
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - started,
                "cpu": processor() - spent,
                "peak": peak_mib(os.getpid()),
                **done,
            }
        )
    )


def processor() -> float:
    """Return the processor seconds of this process and of its connection's so far."""
    from django.db import connection

    from benchmarks.jobs import processor_seconds

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return time.process_time() + processor_seconds(pid)


if __name__ == "__main__":
    main()
