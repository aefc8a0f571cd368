"""Eight people writing all the time, who remember what the server said it kept."""

import http.client
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.faulty.rig import CSRF

BREAK = 0.05  # seconds after an error
FOUND = 302


@dataclass(slots=True)
class Answered:
    """One answer to one writer; ``status`` 0 means that the connection broke."""

    at: float
    status: int
    content: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(slots=True)
class Load:
    """What all writers were told."""

    answers: list[Answered] = field(default_factory=list)

    @property
    def kept(self) -> set[str]:
        """The talks whose writing was acknowledged."""
        return {answer.content for answer in self.answers if answer.status == FOUND}

    @property
    def errors(self) -> list[Answered]:
        """Everything that was no acknowledgement."""
        return [answer for answer in self.answers if answer.status != FOUND]

    def first_kept_after(self, moment: float) -> float | None:
        """Return when a writing was first acknowledged after ``moment``."""
        times = [a.at for a in self.answers if a.status == FOUND and a.at > moment]
        return min(times, default=None)


@contextmanager
def writers(port: int, cookie: str, customers: list[int], *, number: int = 8) -> Iterator[Load]:
    """Let ``number`` people log talks with ``customers`` over HTTP until the block ends."""
    load, stop = Load(), threading.Event()

    def write(who: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        turn = 0
        while not stop.is_set():
            turn += 1
            content = f"talk {who}-{turn}"
            customer = customers[(who + turn * number) % len(customers)]
            try:
                answer = _log_talk(connection, cookie, customer, content)
            except (OSError, http.client.HTTPException):
                answer = Answered(time.monotonic(), 0, content)
            load.answers.append(answer)
            if answer.status != FOUND:
                connection.close()  # it opens again by itself
                time.sleep(BREAK)
        connection.close()

    threads = [threading.Thread(target=write, args=(who,)) for who in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _log_talk(
    connection: http.client.HTTPConnection, cookie: str, customer: int, content: str
) -> Answered:
    form = {"channel": "phone", "result": "reached", "content": content}
    form["idempotency_key"] = str(uuid.uuid4())
    headers = {
        "Cookie": f"{cookie}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", f"/customers/{customer}/interactions/", urlencode(form), headers)
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    found = {name.lower(): value for name, value in answer.getheaders()}
    if found.get("location", "").startswith("/accounts/"):
        raise RuntimeError("the account that writes is not signed in")
    kept = answer.status == FOUND
    return Answered(time.monotonic(), answer.status, content, found, "" if kept else body)
