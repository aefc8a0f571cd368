"""A client on one kept connection, and the two ways of timing it."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

CONCURRENCY = 8
WARM_UP = 10  # requests of each side before the first that counts
CSRF = "x" * 32
IDLE_SECONDS = 60.0  # less than the servers keep a connection


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked and which status is the right answer; `form` makes it a POST."""

    path: str
    form: dict[str, str] | None = None
    expect: int = 200


@dataclass(slots=True)
class Client:
    """One signed-in browser without a cache."""

    port: int
    cookies: dict[str, str]
    _connection: http.client.HTTPConnection | None = field(default=None, init=False)
    _used: float = field(default=0.0, init=False)

    def ask(self, request: Request) -> float:
        """Return the milliseconds until the whole answer was read; RuntimeError for a wrong one."""
        cookies = {**self.cookies, "csrftoken": CSRF}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = None
        if request.form is not None:
            body = urlencode(request.form)
            headers |= {"X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}
        method = "GET" if body is None else "POST"
        if self._connection is None or time.monotonic() - self._used > IDLE_SECONDS:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self._connection.connect()
        self._used = time.monotonic()
        started = time.perf_counter()
        self._connection.request(method, request.path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        spent = (time.perf_counter() - started) * 1000
        if answer.will_close:
            self._connection.close()
            self._connection = None
        if answer.status != request.expect:
            text = content.decode(errors="replace")[:400]
            raise RuntimeError(f"{request.path}: {answer.status}\n{text}")
        return spent

    def another(self) -> "Client":
        """Return the same browser on a connection of its own."""
        return Client(self.port, self.cookies)


Ask = Callable[[], Request]


@dataclass(frozen=True, slots=True)
class Side:
    """Floor or product at one task: who asks, and what is asked next."""

    client: Client
    next_request: Ask

    def once(self) -> float:
        """Ask once; return the milliseconds."""
        return self.client.ask(self.next_request())


def medians(floor: Side, ours: Side, *, requests: int, rounds: int) -> tuple[float, float]:
    """Return the median milliseconds of both, asked in turns so that both meet the same load."""
    spent: tuple[list[float], list[float]] = ([], [])
    for side in (floor, ours):
        for _warm_up in range(WARM_UP):
            side.once()
    for _round in range(rounds):
        for side, times in zip((floor, ours), spent, strict=True):
            times.extend(side.once() for _request in range(requests // rounds))
    return statistics.median(spent[0]), statistics.median(spent[1])


def throughputs(floor: Side, ours: Side, *, seconds: float) -> tuple[float, float]:
    """Return the requests per second of both under eight clients, in two turns each."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _round in range(2):
        for side, rates in zip((floor, ours), spent, strict=True):
            rates.append(_throughput(side, seconds))
    return statistics.mean(spent[0]), statistics.mean(spent[1])


def _throughput(side: Side, seconds: float) -> float:
    done = [0] * CONCURRENCY
    stop = time.monotonic() + seconds

    def work(number: int) -> None:
        client = side.client.another()
        while time.monotonic() < stop:
            client.ask(side.next_request())
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds
