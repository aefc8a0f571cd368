"""A data disk with no byte left, under eight writers, and what comes once there is space again."""

import contextlib
import errno
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faulty.crashes import TALKS, is_clean
from benchmarks.faulty.rig import Rig, wait_for
from benchmarks.faulty.writers import writers

PART = b"\0" * 65536


@dataclass(slots=True)
class Full:
    """What eight writers met; ``stopped`` tells whether PostgreSQL had to be started again."""

    kept: int
    lost: int
    errors: int
    ugly_errors: int
    stopped: bool
    healed_after: float


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """Mount a disk of that size; yield its folder, None where mounting is not allowed."""
    folder = Path(tempfile.mkdtemp(prefix="anju-small-"))
    folder.chmod(0o755)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mount, umount = shutil.which("mount") or "mount", shutil.which("umount") or "umount"
    mounted = subprocess.run([mount, *options], capture_output=True, check=False).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run([umount, "--lazy", str(folder)], check=True)
        folder.rmdir()


def fill_disk(rig: Rig, *, cookie: str, customers: list[int], seconds: float) -> Full:
    """Take every byte of the disk away for ``seconds`` under eight writers, then give it back."""
    ballast = rig.folder / "ballast"
    stopped = False
    with writers(rig.port, cookie, customers) as load:
        wait_for(lambda: len(load.kept) >= 50, 60, "fifty writings")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            _take_all(ballast)
            time.sleep(0.1)
        ballast.unlink()
        freed = time.monotonic()
        if rig.postgres is not None and not rig.postgres.child.is_alive:
            stopped = True
            rig.postgres.stop()
            rig.start_postgres()
        wait_for(lambda: load.first_kept_after(freed), 60, "a writing")
        healed = (load.first_kept_after(freed) or freed) - freed
        time.sleep(2)
    there = dict(rig.rows(TALKS))
    return Full(
        kept=len(load.kept),
        lost=len(load.kept - there.keys()),
        errors=len(load.errors),
        ugly_errors=sum(not is_clean(error) for error in load.errors),
        stopped=stopped,
        healed_after=healed,
    )


def _take_all(ballast: Path) -> None:
    try:
        with ballast.open("ab", buffering=0) as file:
            while True:
                file.write(PART)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
