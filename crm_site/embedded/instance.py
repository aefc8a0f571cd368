"""One supervisor per data folder, and what a killed one left behind."""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from crm_site.embedded.errors import StartError
from crm_site.embedded.process import Child, kill_group

ORPHAN_SECONDS = 20.0


class Instance:
    """The claim of one running supervisor on `folder`.

    The claim is a kernel lock: it ends with the process, so a file left by `kill -9` is no claim.
    """

    def __init__(self, folder: Path) -> None:
        """Claim `folder`, making it if needed; raise StartError while another process holds it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._record = folder / "children.json"
        self._recorded: list[int] = []
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        self._lock = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = self._lock.read().strip() or "unknown"
            self._lock.close()
            raise StartError(
                f"{folder.parent} is in use: another instance runs as process {owner}. Stop it "
                f"with Ctrl-C (or `kill {owner}`), or start with another DATA_DIR and PORT."
            ) from None
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()

    def end_orphans(self) -> list[str]:
        """End what a killed supervisor left running; return the names of what was ended."""
        try:
            recorded = json.loads(self._record.read_text())
        except (FileNotFoundError, ValueError):
            return []
        alive = [entry for entry in recorded if _is_same_process(entry)]
        for entry in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(entry["pid"], entry["signal"])
        deadline = time.monotonic() + ORPHAN_SECONDS
        while any(_is_same_process(entry) for entry in alive) and time.monotonic() < deadline:
            time.sleep(0.05)
        for entry in recorded:
            if _is_same_process(entry) or _session_lives(entry):
                kill_group(entry["pid"])
        self._record.unlink(missing_ok=True)
        return [str(entry["name"]) for entry in alive]

    def record(self, children: list[Child]) -> None:
        """Remember the running children for the next start; cheap while nothing changed."""
        pids = [child.process.pid for child in children if child.process and child.is_alive]
        if pids == self._recorded:
            return
        self._recorded = pids
        entries = [
            {
                "name": child.command.name,
                "pid": child.process.pid,
                "started": _start_time(child.process.pid),
                "signal": int(child.command.stop_signal),
            }
            for child in children
            if child.process is not None and child.is_alive
        ]
        partial = self._record.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(entries))
        partial.rename(self._record)

    def release(self) -> None:
        """Give the folder free."""
        self._record.unlink(missing_ok=True)
        self._lock.close()


def _is_same_process(entry: dict[str, object]) -> bool:
    """Return whether the recorded process still runs (a reused process id does not count)."""
    pid = entry["pid"]
    return isinstance(pid, int) and _start_time(pid) == entry["started"] != ""


def _session_lives(entry: dict[str, object]) -> bool:
    """Return whether children of a recorded, ended leader still run in its session."""
    if not sys.platform.startswith("linux"):
        return False
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if fields[0] != "Z" and int(fields[3]) == entry["pid"]:
                return True
    return False


def _start_time(pid: int) -> str:
    """Return a text that tells this process from a later one with the same id; '' if it is gone."""
    if sys.platform.startswith("linux"):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else fields[19]
    answer = subprocess.run(
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()
