"""Runs supervisors over the stand-in application and ends them whatever happens."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_site.embedded.process import free_port
from crm_site.embedded.servers import temporary_root

ROOT = Path(__file__).parent.parent.parent
SECONDS = 40
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")


@dataclass
class Run:
    """One supervisor process and what it printed so far."""

    process: subprocess.Popen[str]
    output: Path
    data_dir: Path
    port: int

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return self.output.read_text()

    @property
    def environment(self) -> dict[str, str]:
        """What the supervisor gave its programs."""
        return json.loads((self.data_dir / "run" / "environment.json").read_text())

    def children(self) -> dict[str, int]:
        """Process ids by name, as recorded for the next start."""
        record = json.loads((self.data_dir / "run" / "children.json").read_text())
        return {entry["name"]: entry["pid"] for entry in record}

    def until(self, words: str) -> None:
        """Wait until `words` are printed."""
        wait_for(lambda: words in self.text or self.process.poll() is not None)
        assert words in self.text, self.text

    def ready(self) -> "Run":
        """Wait until the application is ready."""
        self.until(f"Ready: http://127.0.0.1:{self.port}")
        return self

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once `condition` holds; fail after a while."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that does not exist yet, on a fast disk that root's servers can enter."""
    parent = Path(tempfile.mkdtemp(prefix="anju-test-", dir=temporary_root()))
    parent.chmod(0o711)
    yield parent / "data"
    shutil.rmtree(parent)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., Run]]:
    """Start a supervisor over the stand-in; settings override the defaults."""
    runs: list[Run] = []

    def start_one(**settings: str) -> Run:
        port = int(settings.get("PORT") or free_port())
        environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environ |= {"PORT": str(port), "DATA_DIR": str(data_dir)} | settings
        output = data_dir.with_name(f"output-{len(runs)}")
        with output.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.embedded.stand_in"],
                cwd=ROOT,
                env=environ,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )
        runs.append(Run(process, output, Path(environ["DATA_DIR"]), port))
        return runs[-1]

    yield start_one
    for run in runs:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)
