"""A provider of short messages that takes its time and remembers what it got."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ON_ITS_WAY = 0.2  # seconds
OURS = "fault-"


@dataclass(slots=True)
class Provider:
    """What arrived: how often each key, and when its first copy."""

    port: int = 0
    seconds: float = 0.02
    copies: Counter[str] = field(default_factory=Counter)
    first: dict[str, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where messages are posted to."""
        return f"http://127.0.0.1:{self.port}/send"

    @property
    def doubled(self) -> int:
        """How many copies came beside the first of each key."""
        return sum(self.copies.values()) - len(self.copies)

    def seconds_until_new(self, moment: float) -> float | None:
        """Return how long after ``moment`` the first unknown key came.

        What was already on its way then does not count.
        """
        later = [at for at in self.first.values() if at > moment + ON_ITS_WAY + self.seconds]
        return min(later) - moment if later else None

    def take(self, key: str) -> None:
        """Note one message, unless it is none of the batch."""
        if not key.startswith(OURS):
            return
        self.copies[key] += 1
        self.first.setdefault(key, time.monotonic())


@contextmanager
def provider(*, seconds: float) -> Iterator[Provider]:
    """Run a provider on loopback that needs ``seconds`` for each message."""
    found = Provider(seconds=seconds)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(found.seconds)
            found.take(self.headers["Idempotency-Key"])
            body = json.dumps({"accepted": True}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()
