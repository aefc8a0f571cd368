"""The product as it starts itself: durable servers, web, worker and beat, each of which can die."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import psycopg2
import redis

from crm_site.embedded.accounts import server_folder
from crm_site.embedded.demo import Options, demo_plan
from crm_site.embedded.postgres import Place, Postgres
from crm_site.embedded.process import Child, Command, free_port, run_to_end
from crm_site.embedded.redis import Redis
from crm_site.embedded.servers import temporary_root

START_SECONDS = 180.0
CSRF = "x" * 32
PAUSE = 0.05


@dataclass
class Rig:
    """Servers and programs of one installation; ``environment`` is what its programs read."""

    folder: Path
    redis: Redis
    postgres: Postgres | None
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    running: dict[str, Child] = field(default_factory=dict)
    started: int = 0

    def prepare(self, customers: int) -> dict[str, dict[str, str]]:
        """Make tables and a demo company; return name and password of an account per role."""
        options = Options(
            port=self.port, data_dir=self.folder, customers=customers, seed=7, has_own_database=True
        )
        options.credentials.parent.mkdir(exist_ok=True)
        for step in demo_plan(options, self.environment).steps:
            run_to_end(Child(step))
        found: dict[str, dict[str, str]] = json.loads(options.credentials.read_text())
        return found

    def sign_in(self, account: Mapping[str, str]) -> str:
        """Sign in at the running site; return the cookie."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        form = {"username": account["username"], "password": account["password"]}
        headers = {
            "Cookie": f"csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with contextlib.closing(connection):
            connection.request("POST", "/accounts/login/", urlencode(form), headers)
            answer = connection.getresponse()
            cookies = [part.partition(";")[0] for part in answer.headers.get_all("Set-Cookie", [])]
        return next(cookie for cookie in cookies if cookie.startswith("anju_session="))

    def start(self, *programs: str, name: str = "", application: str = "", **more: str) -> None:
        """Start programs of the product (web, worker, beat); return once they serve.

        ``name`` tells a second one of its kind from the first.
        """
        for program in programs:
            command = self._command(program, application, more)
            child = self.running[name or program] = Child(command)
            child.start()
            self._wait_until_up(program, child)

    def start_beat(self, schedule: Path, *, name: str = "beat") -> None:
        """Start a beat with a schedule file of its own."""
        command = self._command("beat", "", {})
        argv = (*command.argv, f"--schedule={schedule}")
        child = self.running[name] = Child(replace(command, name=name, argv=argv))
        child.start()

    def kill(self, name: str) -> None:
        """End a program and its children at once, as the kernel does when memory runs out."""
        _kill_group(self.running.pop(name))

    def kill_children(self, name: str) -> int:
        """Kill what a program forked; return how many that were."""
        process = self.running[name].process
        victims = _children(process.pid) if process else []
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        return len(victims)

    def kin(self, name: str) -> set[int]:
        """Return the process ids of a program and its children."""
        process = self.running[name].process
        return {process.pid, *_children(process.pid)} if process else set()

    def crash_postgres(self) -> None:
        """Let PostgreSQL stop as in a power cut: no checkpoint, nobody is told."""
        if self.postgres is None or self.postgres.child.process is None:
            raise RuntimeError("there is no PostgreSQL of its own here")
        self.postgres.child.process.send_signal(signal.SIGQUIT)
        self.postgres.child.process.wait(30)

    def start_postgres(self) -> None:
        """Start PostgreSQL and return when it answers."""
        if self.postgres is not None:
            self.postgres.start()

    def stop_redis(self) -> None:
        """Kill Redis."""
        _kill_group(self.redis.child)

    def empty_redis(self) -> None:
        """Forget everything Redis holds: queue, unacknowledged messages, cache, signs of life."""
        with redis.Redis.from_url(self.redis.url) as server:
            server.flushall()

    def ask(
        self, path: str, *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Return status, headers (lower case) and text of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read().decode(errors="replace")

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement on the installation's database; return its rows."""
        connection = psycopg2.connect(self.environment["DATABASE_URL"], connect_timeout=10)
        with contextlib.closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall()) if cursor.description else []

    def one(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        """Return the first column of the first row."""
        return self.rows(statement, values)[0][0]

    def log(self, name: str) -> str:
        """Return what a program wrote."""
        return self.running[name].command.log.read_text(errors="replace")

    def stop(self) -> None:
        """End everything, the servers last."""
        for child in reversed(self.running.values()):
            _kill_group(child)
        _kill_group(self.redis.child)
        if self.postgres is not None:
            self.postgres.child.command = replace(
                self.postgres.child.command, stop_signal=signal.SIGQUIT
            )
            self.postgres.stop()

    def _command(self, name: str, application: str, more: Mapping[str, str]) -> Command:
        options = Options(
            port=self.port, data_dir=self.folder, customers=0, seed=0, has_own_database=False
        )
        plan = demo_plan(options, self.environment | dict(more))
        found = next(command for command in plan.programs if command.name == name)
        argv = tuple(
            application if application and part == "crm_site" else part for part in found.argv
        )
        self.started += 1  # every run has a log of its own
        log = found.log.with_name(f"{self.started}-{name}.log")
        return replace(found, argv=argv, log=log)

    def _wait_until_up(self, name: str, child: Child) -> None:
        signs: dict[str, Callable[[], bool]] = {
            "web": lambda: self._status("/healthz") == http.client.OK,
            "worker": lambda: " ready." in child.last_lines(200),
        }
        if name in signs:
            wait_for(lambda: signs[name]() or _is_dead(child), START_SECONDS)

    def _status(self, path: str) -> int:
        try:
            return self.ask(path)[0]
        except OSError:
            return 0


@contextlib.contextmanager
def rig(
    environ: Mapping[str, str],
    *,
    own_database: bool,
    copy: bool = True,
    folder: Path | None = None,
) -> Iterator[Rig]:
    """Start servers for an installation of its own; yield it, nothing of the product running yet.

    ``environ`` holds keys and DATABASE_URL. With ``own_database`` a durable PostgreSQL gets a
    ``copy`` of that database or stays empty, else the installation works on it.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="anju-faults-", dir=temporary_root()))
    place.chmod(0o711)
    (place / "log").mkdir(exist_ok=True)
    servers, account = server_folder(place)
    broker = Redis(Place(servers, place / "log" / "redis.log", account))
    postgres = None
    if own_database:
        postgres = Postgres(Place(servers, place / "log" / "postgres.log", account))
    found = Rig(place, broker, postgres, {})
    try:
        broker.start()
        environment = dict(environ) | {
            "REDIS_URL": broker.url,
            "DATA_DIR": str(place),
            "HTTPS": "false",
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "INFO",
            "DJANGO_SETTINGS_MODULE": "benchmarks.faulty.settings",
        }
        if postgres is not None:
            postgres.start()
            environment["DATABASE_URL"] = postgres.url
            if copy:
                copy_database(environ["DATABASE_URL"], postgres.url, postgres.programs)
        found.environment = environment
        yield found
    finally:
        found.stop()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def copy_database(source: str, target: str, programs: Path) -> None:
    """Fill the empty database ``target`` with what ``source`` holds; both are URLs."""
    options = ["--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--output=/dev/null"]
    psql = [str(programs / "psql"), *options]
    command = [str(programs / "pg_dump"), "--no-owner", "--no-privileges"]
    with subprocess.Popen(command, env=_client(source), stdout=subprocess.PIPE) as dump:
        subprocess.run(psql, env=_client(target), stdin=dump.stdout, check=True)
    if dump.returncode != 0:
        raise RuntimeError("the database could not be copied")


def wait_for(condition: Callable[[], Any], seconds: float, what: str = "it") -> float:
    """Return the seconds until ``condition`` held; raise TimeoutError after ``seconds``."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(PAUSE)
    return time.monotonic() - began


def _client(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return dict(os.environ) | {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }


def _is_dead(child: Child) -> bool:
    if not child.is_alive:
        raise child.failure()
    return False


def _kill_group(child: Child) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if fields[0] != "Z" and int(fields[1]) == parent:
                found.append(int(status.parent.name))
    return found
