"""Child processes that write to a log, stop in good order and never outlive their parent."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_site.embedded.accounts import Account
from crm_site.embedded.errors import StartError

PR_SET_PDEATHSIG = 1
LOG_BYTES_KEPT = 10_000_000
LOOPBACK = "127.0.0.1"

Wait = Callable[[float], None]


@dataclass(frozen=True)
class Command:
    """A program to run: how to start it, where it logs, how it is asked to stop."""

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path = Path("/")
    account: Account | None = None
    stdin: bytes = b""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15
    orphan_signal: signal.Signals = signal.SIGTERM


class Child:
    """One run of a command in a session of its own, so that Ctrl-C reaches only the supervisor."""

    def __init__(self, command: Command) -> None:
        """Prepare to run `command`; nothing is started yet."""
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    def start(self) -> None:
        """Start the program. Call from the main thread: Linux ties the death signal to it."""
        command = self.command
        _rotate(command.log)
        extra = {}
        if command.account is not None:
            extra = {
                "user": command.account.uid,
                "group": command.account.gid,
                "extra_groups": [],
            }
        with command.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                command.argv,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=command.env,
                cwd=command.cwd,
                start_new_session=True,
                preexec_fn=_die_with_parent(command.orphan_signal),
                **extra,  # type: ignore[call-overload]
            )
        stdin = self.process.stdin
        if stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                stdin.write(command.stdin)
                stdin.close()

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs or before it started."""
        return self.process.poll() if self.process else None

    @property
    def is_alive(self) -> bool:
        """Whether the program was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> bool:
        """End the program and all it started; return False if it had to be killed."""
        if self.process is None:
            return True
        in_time = True
        if self.is_alive:
            self.process.send_signal(self.command.stop_signal)
            try:
                self.process.wait(self.command.stop_seconds)
            except subprocess.TimeoutExpired:
                in_time = False
        kill_group(self.process.pid)
        self.process.wait()
        return in_time

    def last_lines(self, count: int = 15) -> str:
        """Return the last `count` lines that this run wrote to the log."""
        try:
            with self.command.log.open("rb") as log:
                log.seek(self._log_start)
                lines = log.read()[-20_000:].decode(errors="replace").splitlines()
        except OSError as error:
            return f"({error})"
        return "\n".join(f"    {line}" for line in lines[-count:])

    def failure(self) -> StartError:
        """Return the error for a program that ended by itself, with a hint where one is known."""
        lines = self.last_lines()
        hint = ""
        if "No space left on device" in lines or "could not write to file" in lines:
            hint = "\nThe disk is full: free some space, then start again. Written data is safe."
        return StartError(
            f"{self.command.name} ended with code {self.returncode}. Last lines of "
            f"{self.command.log}:\n{lines}{hint}"
        )


def run_to_end(child: Child, wait: Wait = time.sleep) -> None:
    """Start `child` and return when it ended well; stop it if `wait` raises."""
    child.start()
    try:
        while child.is_alive:
            wait(0.05)
    finally:
        child.stop()
    if child.returncode != 0:
        raise child.failure()


def kill_group(group: int) -> None:
    """Kill what is left of a child's session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Return whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _die_with_parent(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what the child calls before exec so that the kernel signals it when we die."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask_kernel


def _rotate(log: Path) -> None:
    """Keep one older log once the current one is large."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES_KEPT:
        log.replace(log.with_suffix(".log.1"))
