"""Brings database, roles, texts, static files and the demo company up to the code, in one process.

Loading the application takes longer than any of these commands on an unchanged database, so they
share one process, and a stamp lets a start on unchanged code skip them all.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OUTSIDE = {"tests", "docs", "benchmarks", "var", "__pycache__"}
SEPARATOR = "--then"


def is_current(stamp: Path) -> bool:
    """Return whether the last preparation noted in `stamp` was for the code as it is now."""
    try:
        return stamp.read_text() == fingerprint()
    except FileNotFoundError:
        return False


def fingerprint(root: Path = ROOT) -> str:
    """Return a text that changes when a file of the product (or a locked version) does."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_files(root)):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def command(stamp: Path, steps: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the command line that runs `steps` (management commands) and notes it in `stamp`."""
    joined = [part for step in steps for part in (SEPARATOR, *step)]
    return (sys.executable, "-m", "crm_site.embedded.prepare", str(stamp), *joined)


def run(stamp: Path, steps: Sequence[Sequence[str]]) -> None:
    """Run each management command; a failing one ends the process with its exit code."""
    from django.core.management import execute_from_command_line

    code = fingerprint()
    for step in steps:
        began = time.monotonic()
        execute_from_command_line(["manage.py", *step])
        print(f"{step[0]} took {time.monotonic() - began:.1f} s", flush=True)
    stamp.write_text(code)


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in OUTSIDE and name[0] != "."]
        for name in names:
            if not name.endswith(".mo"):
                yield Path(folder, name)


def _split(arguments: Sequence[str]) -> list[list[str]]:
    steps: list[list[str]] = []
    for part in arguments:
        if part == SEPARATOR:
            steps.append([])
        else:
            steps[-1].append(part)
    return steps


if __name__ == "__main__":
    run(Path(sys.argv[1]), _split(sys.argv[2:]))
