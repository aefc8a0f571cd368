"""The importer against a floor that does the same work per row, at three sizes and in taken turns.

Ours runs in a process of its own from the file to the last commit, and keeps the file in encrypted
parts, the causes of what is wrong and the trace of the revert on top; that is its own cost. The
trial run before the writing and the revert are measured too, except at the largest size.
BENCH_IMPORT_ROWS is that size; without it BENCH_CUSTOMERS is, so that a million rows are written
only where asked for.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import Error, connection, transaction

from benchmarks import import_floor
from benchmarks.figures import Row, compare
from customers.models import Customer

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3  # of the smallest size; the others last long enough to be measured once
SPEED, LINEAR, REVERT = 0.4, 0.75, 0.5
MEMORY_MIB = 200.0
LONGEST_TRIAL = LONGEST_REVERT = 100_000
TABLES = ("sourceevent", "ownershipevent", "lead", "customer")
UPLOADED, ALL = "upload,write", "upload,check,write"
_serial = iter(range(1, 100))


@dataclass
class Speeds:
    """Rows per second of one size."""

    rows: int
    floor: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    trial: list[float] = field(default_factory=list)
    bare_revert: list[float] = field(default_factory=list)
    revert: list[float] = field(default_factory=list)
    peaks: dict[str, float] = field(default_factory=dict)


def run(customers: int) -> Iterator[Row]:
    """Yield speed, memory and evenness of imports of new customers, size by size."""
    largest = int(os.environ.get("BENCH_IMPORT_ROWS") or customers)
    sizes = [size for size in SIZES if size <= largest] or [largest]
    import_floor.make_ground()
    smallest: Speeds | None = None
    for size in sizes:
        speeds = Speeds(size)
        for _round in range(ROUNDS if size == sizes[0] else 1):
            _measure(speeds)
        yield from _rows_of(speeds)
        if smallest is not None:
            yield from _evenness(smallest, speeds)
        smallest = smallest or speeds


def _rows_of(speeds: Speeds) -> Iterator[Row]:
    name = f"import of {speeds.rows:,} rows"
    floor, ours = statistics.median(speeds.floor), statistics.median(speeds.ours)
    yield compare(name, floor=floor, ours=ours, unit="rows/s", goal=SPEED)
    if speeds.trial:
        trial = statistics.median(speeds.trial)
        yield compare(f"{name}: trial run", floor=floor, ours=trial, unit="rows/s", goal=None)
    for phase, peak in speeds.peaks.items():
        case = f"{name}: memory, {phase}"
        yield compare(case, floor=MEMORY_MIB, ours=peak, unit="MiB", goal=1.0)
    if speeds.revert:
        bare, ours = statistics.median(speeds.bare_revert), statistics.median(speeds.revert)
        case = f"revert of {speeds.rows:,} rows, bare DELETEs"
        yield compare(case, floor=bare, ours=ours, unit="rows/s", goal=REVERT)


def _evenness(small: Speeds, large: Speeds) -> Iterator[Row]:
    """Compare the rates of two sizes: the floor's own slowing down beside ours."""
    before, after = statistics.median(small.ours), statistics.median(large.ours)
    case = f"rate at {large.rows:,} to {small.rows:,} rows"
    yield compare(case, floor=before, ours=after, unit="rows/s", goal=LINEAR)
    before, after = statistics.median(small.floor), statistics.median(large.floor)
    yield compare(f"{case}, floor", floor=before, ours=after, unit="rows/s", goal=None)


def _measure(speeds: Speeds) -> None:
    """Let both write one file each into the same tables."""
    rows, reverts = speeds.rows, speeds.rows <= LONGEST_REVERT
    with new_file(rows) as path:
        mark, started = _mark(), time.perf_counter()
        import_floor.write(path)
        speeds.floor.append(rows / (time.perf_counter() - started))
        _require(mark, rows)
        started = time.perf_counter()
        clear(mark, bare=reverts)
        if reverts:
            speeds.bare_revert.append(rows / (time.perf_counter() - started))
        tidy()
    with new_file(rows) as path:
        phases = ALL if rows <= LONGEST_TRIAL else UPLOADED
        found = in_own_process(path, f"{phases},revert" if reverts else phases)
        if found["counts"] != {"created": rows}:
            raise RuntimeError(f"{found['counts']} of {rows} rows")
        speeds.ours.append(rows / (found["upload"]["seconds"] + found["write"]["seconds"]))
        if "check" in found:
            speeds.trial.append(rows / found["check"]["seconds"])
        if reverts:
            speeds.revert.append(rows / found["revert"]["seconds"])
        _require(mark, 0 if reverts else rows)
        for phase in ("upload", "check", "write", "revert"):
            if phase in found:
                peak = found[phase]["peak"]
                speeds.peaks[phase] = max(peak, speeds.peaks.get(phase, 0.0))
    clear(mark, bare=False)
    tidy()


class new_file:  # noqa: N801 -- reads as a function where it is used
    """A file of customers nobody knows, for as long as it is read."""

    def __init__(self, rows: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="anju-import-")
        self.path = Path(self._folder.name) / "customers.csv"
        import_floor.write_file(self.path, rows, serial=next(_serial))

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_error: object) -> None:
        self._folder.cleanup()


def in_own_process(path: Path, phases: str) -> dict[str, Any]:
    """Return the figures of the phases of one import (``import_run``)."""
    command = [sys.executable, "-m", "benchmarks.import_run", str(path), phases]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        raise RuntimeError(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def clear(mark: int, *, bare: bool) -> None:
    """Delete customers with higher keys than ``mark``: as a floor of the revert, or fast.

    Fast means without the look-ups of foreign keys, where the account may leave them out.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not bare:
            _leave_foreign_keys_out(cursor)
        cursor.execute(
            "DELETE FROM customers_leadevent WHERE lead_id IN"
            " (SELECT id FROM customers_lead WHERE customer_id > %s)",
            [mark],
        )
        for table in TABLES:
            column = "id" if table == "customer" else "customer_id"
            cursor.execute(f"DELETE FROM customers_{table} WHERE {column} > %s", [mark])


def tidy() -> None:
    """Empty what imports keep of their files, and leave no dead rows behind; never timed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE exchange_importpart, exchange_importrowerror, exchange_importtrace"
        )
        for table in ("leadevent", *TABLES):
            cursor.execute(f"VACUUM ANALYZE customers_{table}")


def _leave_foreign_keys_out(cursor: Any) -> None:
    try:
        with transaction.atomic():
            cursor.execute("SET LOCAL session_replication_role = replica")
    except Error:
        return


def _mark() -> int:
    return Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _require(mark: int, rows: int) -> None:
    written = Customer.objects.filter(pk__gt=mark).count()
    if written != rows:
        raise RuntimeError(f"{written} of {rows} rows are there")
