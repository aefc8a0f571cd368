"""Starts programs in order, watches them, restarts what dies, and stops all in order."""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import Protocol

from crm_site.embedded.errors import StartError, StopRequestedError
from crm_site.embedded.instance import Instance
from crm_site.embedded.process import Child, Command, run_to_end
from crm_site.embedded.servers import Servers

READY_SECONDS = 90.0
RESTARTS = 3
RESTART_WINDOW_SECONDS = 300.0


class Watched(Protocol):
    """Something that runs until it is stopped: a server or a program of the application."""

    name: str
    child: Child

    def start(self) -> None:
        """Start it."""

    def stop(self) -> bool:
        """Stop it; return False if it had to be killed."""


class Program:
    """A program of the application: the web server, the worker, beat."""

    def __init__(self, command: Command) -> None:
        """Prepare to run `command`."""
        self.name = command.name
        self.child = Child(command)

    def start(self) -> None:
        """Start it."""
        self.child.start()

    def stop(self) -> bool:
        """Stop it; return False if it had to be killed."""
        return self.child.stop()


@dataclass(frozen=True)
class Plan:
    """What runs once servers are there: steps to the end, one by one, then programs for good.

    Programs start in the order given and stop in the reverse.
    """

    steps: tuple[Command, ...]
    programs: tuple[Command, ...]
    ready_url: str


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Supervisor:
    """Runs servers and programs until a signal or a failure."""

    def __init__(self, instance: Instance, servers: Servers) -> None:
        """Take over SIGINT, SIGTERM and SIGHUP: from now on they ask for an ordered stop."""
        self._instance = instance
        self._servers = servers
        self._running: list[Watched] = []
        self._deaths: dict[str, deque[float]] = {}
        self._stop_asked = False
        signal.signal(signal.SIGINT, self._ask_stop)  # also where a shell's `&` had it ignored
        signal.signal(signal.SIGTERM, self._ask_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as set by nohup
            signal.signal(signal.SIGHUP, self._ask_stop)

    def _ask_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked = True

    def wait(self, seconds: float) -> None:
        """Sleep; raise StopRequestedError once a signal asked to stop."""
        if self._stop_asked:
            raise StopRequestedError
        time.sleep(seconds)

    def start_servers(self) -> Mapping[str, str]:
        """Start the servers and return their URLs by the name of the setting."""
        for name in self._instance.end_orphans():
            say(f"Ended {name}, left over from a run that was killed")
        self._running.extend(self._servers.own)
        self._servers.start(self._wait_and_record)
        self._record()
        return self._servers.environment

    def start(self, plan: Plan) -> None:
        """Run the steps, start the programs and return when the application says it is ready."""
        for command in plan.steps:
            say(f"Running {command.name}; its log: {command.log}")
            began = time.monotonic()
            run_to_end(Child(command), self.wait)
            say(f"Done: {command.name} ({time.monotonic() - began:.1f} s)")
        for command in plan.programs:
            program = Program(command)
            self._running.append(program)
            program.start()
            self._record()
        self._wait_until_ready(plan.ready_url)

    def watch(self) -> None:
        """Restart what dies; raise StartError when something keeps dying."""
        while True:
            self._restart_the_dead()
            self.wait(0.2)

    def stop(self) -> None:
        """Stop everything in the reverse order of its start, then give the data folder free."""
        for watched in reversed(self._running):
            began = time.monotonic()
            in_time = watched.stop()
            how = "Stopped" if in_time else "Killed (it did not stop in time):"
            say(f"{how} {watched.name} ({time.monotonic() - began:.1f} s)")
        self._instance.release()

    def _wait_and_record(self, seconds: float) -> None:
        self._record()
        self.wait(seconds)

    def _record(self) -> None:
        self._instance.record([watched.child for watched in self._running])

    def _wait_until_ready(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            status, body = _ask(url)
            if status == HTTPStatus.OK:
                return
            self._restart_the_dead()
            if time.monotonic() > deadline:
                logs = ", ".join(str(watched.child.command.log) for watched in self._running)
                raise StartError(f"{url} does not report ready: {body}\nLogs: {logs}")
            self.wait(0.1)

    def _restart_the_dead(self) -> None:
        for watched in self._running:
            if watched.child.is_alive:
                continue
            failure = watched.child.failure()
            say(str(failure))
            now = time.monotonic()
            deaths = self._deaths.setdefault(watched.name, deque())
            while deaths and deaths[0] < now - RESTART_WINDOW_SECONDS:
                deaths.popleft()
            deaths.append(now)
            if len(deaths) > RESTARTS:
                raise StartError(
                    f"{watched.name} died {len(deaths)} times in "
                    f"{RESTART_WINDOW_SECONDS / 60:.0f} minutes; stopping everything."
                )
            watched.stop()
            say(f"Restarting {watched.name} ({len(deaths)} of {RESTARTS})")
            watched.start()
            self._record()


def _ask(url: str) -> tuple[int, str]:
    """Return the status and body of a GET, status 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own address
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.read(2_000).decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def save_environment(path: Path, environment: Mapping[str, str]) -> None:
    """Write what a command needs to reach the running servers, readable by the owner only."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(environment), file)
