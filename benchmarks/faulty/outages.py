"""Redis killed, restarted and emptied while work is asked for; what is owed comes all the same."""

import contextlib
import http.client
import statistics
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.faulty.batches import BATCH, batch
from benchmarks.faulty.rig import CSRF, Rig, wait_for
from benchmarks.faulty.writers import FOUND

PAGES = ("/", "/customers/", "/team/", "/search/?q=%E7%8E%8B", "/notifications/")
SIGN_IN = "/accounts/"
DONE = "SELECT count(*) FROM customers_bulkchange WHERE id > %s AND state = 'done'"


@dataclass(slots=True)
class Outage:
    """What people and jobs met; times in seconds."""

    asked: int = 0
    refused: int = 0
    lost: int = 0
    pages: int = 0
    bad_pages: int = 0
    slowest_page: float = 0.0
    usual_page: float = 0.0
    ready: tuple[int, str] = (0, "")
    first_job_after: float = 0.0
    all_done_after: float = 0.0
    times: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Broken:
    """A batch whose broker was killed, restarted and emptied under it."""

    delivered: int
    doubled: int
    finished_after: float


def break_broker(rig: Rig, *, person: int, down: float) -> Broken:
    """Kill Redis in a batch of messages, start it, empty it; return what became of the batch.

    Worker and beat run on ``FAULT_SCHEDULE`` and nobody but beat asks for deliveries.
    """
    with batch(rig, person=person, seconds=0.03) as got:
        rig.start("worker", FAULT_SCHEDULE="1")
        rig.start("beat", FAULT_SCHEDULE="1")
        wait_for(lambda: len(got.copies) >= BATCH // 5, 90, "the first messages")
        rig.stop_redis()
        time.sleep(down)
        rig.redis.start()
        again = time.monotonic()
        rig.empty_redis()
        with contextlib.suppress(TimeoutError):
            wait_for(lambda: len(got.copies) == BATCH, 90)
        finished = time.monotonic() - again
        rig.kill("beat")
        rig.kill("worker")
        return Broken(len(got.copies), got.doubled, finished)


def lose_redis(
    rig: Rig, *, cookie: str, customers: list[int], tag: int, down: float, patience: float
) -> Outage:
    """Ask for work before, during and after an outage of ``down`` seconds, then empty the broker.

    Web, worker and beat must run; ``cookie`` is that of somebody who may change many customers.
    """
    found = Outage()
    before = rig.one("SELECT coalesce(max(id), 0) FROM customers_bulkchange")
    _look_around(rig, cookie, found, times=2)
    found.usual_page = statistics.median(found.times)
    found.times.clear()
    _ask(rig, cookie, customers, tag, found, number=10)
    rig.stop_redis()
    stopped = time.monotonic()
    _ask(rig, cookie, customers, tag, found, number=10)
    while time.monotonic() - stopped < down:
        _look_around(rig, cookie, found, times=1)
    found.ready = rig.ask("/readyz")[::2]
    found.slowest_page = max(found.times)
    rig.redis.start()
    back = time.monotonic()
    done = rig.one(DONE, (before,))
    _ask(rig, cookie, customers, tag, found, number=10)
    wait_for(lambda: rig.one(DONE, (before,)) > done, patience, "a job")
    found.first_job_after = time.monotonic() - back
    _ask(rig, cookie, customers, tag, found, number=10)
    rig.empty_redis()
    accepted = found.asked - found.refused
    with contextlib.suppress(TimeoutError):
        wait_for(lambda: rig.one(DONE, (before,)) >= accepted, patience)
    found.all_done_after = time.monotonic() - back
    found.lost = accepted - rig.one(DONE, (before,))
    return found


def _look_around(rig: Rig, cookie: str, found: Outage, *, times: int) -> None:
    for page in PAGES * times:
        began = time.monotonic()
        status, headers, _body = rig.ask(page, headers={"Cookie": cookie})
        found.times.append(time.monotonic() - began)
        found.pages += 1
        signed_out = headers.get("location", "").startswith(SIGN_IN)
        # Another redirect is well: a search with one hit goes there.
        found.bad_pages += signed_out or status >= http.client.BAD_REQUEST
        time.sleep(0.1)


def _ask(
    rig: Rig, cookie: str, customers: list[int], tag: int, found: Outage, *, number: int
) -> None:
    """Ask for changes of one customer each; count those that were not accepted."""
    for turn in range(number):
        customer = customers[(found.asked + turn) % len(customers)]
        form = {"action": "add_tag", "tag": tag, "ids": customer}
        form["idempotency_key"] = str(uuid.uuid4())
        headers = {
            "Cookie": f"{cookie}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection("127.0.0.1", rig.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("POST", "/customers/bulk/", urlencode(form), headers)
            answer = connection.getresponse()
            signed_out = (answer.getheader("Location") or "").startswith(SIGN_IN)
            found.refused += signed_out or answer.status != FOUND
    found.asked += number
