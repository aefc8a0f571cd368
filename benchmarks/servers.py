"""Floor and product behind the same web server with the same settings."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.figures import FOLDER

FLOOR, OURS = "benchmarks.floor.wsgi:application", "crm_site.wsgi:application"
SETTINGS = (
    *("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "75"),
    *("--no-control-socket", "--preload", "--log-level", "warning"),
)
START_SECONDS = 120.0


@contextlib.contextmanager
def serve(application: str) -> Iterator[int]:
    """Serve `application` on loopback; yield the port. Raises RuntimeError if it does not start."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{application.partition('.')[0]}.log"
    with path.open("w") as log:
        process = subprocess.Popen([*command, *SETTINGS], stdout=log, stderr=log, env=os.environ)
        try:
            if not _listens(process, port):
                raise RuntimeError(f"{application} did not start:\n{path.read_text()}")
            yield port
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.1)
    return False
