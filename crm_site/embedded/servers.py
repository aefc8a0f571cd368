"""The database and the broker: embedded ones, or those that the environment names."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crm_site.embedded.accounts import server_folder
from crm_site.embedded.instance import Instance
from crm_site.embedded.keys import load_or_create, new_keys
from crm_site.embedded.postgres import Place, Postgres
from crm_site.embedded.process import Wait
from crm_site.embedded.redis import Redis

THROW_AWAY_PREFIX = "anju-throw-away-"
SWEEP_AFTER_SECONDS = 60
MEMORY_BYTES_NEEDED = 4_000_000_000
KINDS: dict[str, type[Postgres | Redis]] = {"DATABASE_URL": Postgres, "REDIS_URL": Redis}


@dataclass
class Servers:
    """The servers we run ourselves, in the order in which they start."""

    own: list[Postgres | Redis] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, wait: Wait = time.sleep) -> None:
        """Start all of them; `environment` holds their URLs afterwards."""
        for server in self.own:
            server.start(wait)
            variable = "DATABASE_URL" if isinstance(server, Postgres) else "REDIS_URL"
            self.environment[variable] = server.url

    def stop(self) -> None:
        """Stop all of them, the last started first."""
        for server in reversed(self.own):
            server.stop()


def choose(data_dir: Path, environ: Mapping[str, str], *, durable: bool = True) -> Servers:
    """Return embedded servers for those of DATABASE_URL and REDIS_URL that `environ` lacks."""
    servers = Servers()
    for variable, kind in KINDS.items():
        if environ.get(variable):
            servers.environment[variable] = environ[variable]
            continue
        folder, account = server_folder(data_dir)
        log = data_dir / "log" / f"{kind.name}.log"
        servers.own.append(kind(Place(folder, log, account, durable)))
    return servers


@contextlib.contextmanager
def throw_away(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run servers without durability in a temporary folder; yield the environment for programs.

    Only what `environ` lacks is set. Several can run at once: ports and folders are their own.
    """
    sweep_throw_away()
    folder = Path(tempfile.mkdtemp(prefix=THROW_AWAY_PREFIX, dir=temporary_root()))
    folder.chmod(0o711)  # root's servers run as another account
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        servers = choose(folder, environ, durable=False)
        try:
            servers.start()
            yield throw_away_settings(folder, environ) | servers.environment
        finally:
            servers.stop()
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def kept(folder: Path, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run servers without durability on `folder`, which stays; yield the environment for programs.

    Keys and data of an earlier run are found again, also in a copy of the folder. Raise StartError
    while another process uses it.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # root's servers run as another account
    instance = Instance(folder / "run")
    try:
        instance.end_orphans()
        keys, _are_new = load_or_create(folder / "keys.json")
        servers = choose(folder, environ, durable=False)
        try:
            servers.start()
            instance.record([server.child for server in servers.own])
            settings = throw_away_settings(folder, environ)
            own = {name: value for name, value in keys.items() if not environ.get(name)}
            yield settings | own | servers.environment
        finally:
            servers.stop()
    finally:
        instance.release()


def throw_away_settings(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings besides the servers' URLs that `environ` does not hold."""
    defaults = {
        **new_keys(),
        "DATA_DIR": str(folder),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "DJANGO_SETTINGS_MODULE": "crm_site.settings",
    }
    return {name: value for name, value in defaults.items() if not environ.get(name)}


def temporary_root() -> Path:
    """Return where temporary data goes: memory where there is plenty, else the disk."""
    memory = Path("/dev/shm")  # noqa: S108 -- made by mkdtemp inside it
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_BYTES_NEEDED:
        return memory
    return Path(tempfile.gettempdir())


def sweep_throw_away() -> None:
    """Remove the folders of throw-away servers whose owner was killed."""
    for folder in temporary_root().glob(f"{THROW_AWAY_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            if time.time() - folder.stat().st_mtime < SWEEP_AFTER_SECONDS:
                continue
            with (folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
