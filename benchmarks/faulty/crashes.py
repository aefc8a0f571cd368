"""PostgreSQL and Redis that go away while people work; what each of them still owes."""

import time
from dataclasses import dataclass, field

from benchmarks.faulty.rig import Rig, wait_for
from benchmarks.faulty.writers import Answered, Load, writers

HEALED_WITHIN = 10.0
TALKS = """
SELECT content, count(*) FROM customers_interaction WHERE content LIKE 'talk %%' GROUP BY 1
"""


@dataclass(slots=True)
class Crashed:
    """What a series of crashes of the database left; times in seconds."""

    kept: int = 0
    lost: int = 0
    doubled: int = 0
    errors: int = 0
    late_errors: int = 0
    ugly_errors: int = 0
    restarted: int = 0
    healed: list[float] = field(default_factory=list)
    page: tuple[int, dict[str, str], str] = (0, {}, "")
    ready: tuple[int, str] = (0, "")
    first_ugly: str = ""


def crash_database(
    rig: Rig, *, cookie: str, customers: list[int], times: int, load_seconds: float, down: float
) -> Crashed:
    """Stop PostgreSQL at once several times under eight writers; return what was kept."""
    found = Crashed()
    before = rig.kin("web")
    windows: list[tuple[float, float]] = []
    with writers(rig.port, cookie, customers) as load:
        for _crash in range(times):
            _wait_for_talks(load, load_seconds)
            began = time.monotonic()
            rig.crash_postgres()
            if _crash == 0:
                _look(rig, cookie, found)
            time.sleep(down)
            rig.start_postgres()
            up = time.monotonic()
            wait_for(lambda up=up: load.first_kept_after(up), 60, "a writing after the crash")
            healed = (load.first_kept_after(up) or up) - up
            found.healed.append(healed)
            windows.append((began, up + healed + 1))
        _wait_for_talks(load, load_seconds)
    found.restarted = len(before ^ rig.kin("web"))
    _judge(rig, load, windows, found)
    return found


def _wait_for_talks(load: Load, seconds: float) -> None:
    began, known = time.monotonic(), len(load.kept)
    wait_for(lambda: len(load.kept) >= known + 10, 60, "ten writings")
    time.sleep(max(0.0, began + seconds - time.monotonic()))


def _look(rig: Rig, cookie: str, found: Crashed) -> None:
    """See what a person and a monitor see while the database is away."""
    found.page = rig.ask("/customers/", headers={"Cookie": cookie, "Accept-Language": "zh-CN"})
    status, _headers, body = rig.ask("/readyz")
    found.ready = status, body


def _judge(rig: Rig, load: Load, windows: list[tuple[float, float]], found: Crashed) -> None:
    there = dict(rig.rows(TALKS))
    found.kept, found.errors = len(load.kept), len(load.errors)
    found.lost = len(load.kept - there.keys())
    found.doubled = sum(number > 1 for number in there.values())
    late = [e for e in load.errors if not any(a <= e.at <= b for a, b in windows)]
    ugly = [error for error in load.errors if not is_clean(error)]
    found.late_errors, found.ugly_errors = len(late), len(ugly)
    if ugly:
        found.first_ugly = f"{ugly[0].status} {ugly[0].body[:300]}"


def is_clean(error: Answered) -> bool:
    """Tell whether an answer is the 503 page that says when to come back, and nothing else."""
    return (
        error.status == 503
        and error.headers.get("retry-after") == "30"
        and "Traceback" not in error.body
        and "psycopg" not in error.body
    )
