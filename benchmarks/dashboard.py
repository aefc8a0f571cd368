"""The dashboards on a whole company, beside a bare page of fifty customers (ANA-26).

What is over is kept for an hour, so each dashboard is asked twice: with nothing kept, which must
take less than two seconds, and as it is from then on.
"""

from collections.abc import Iterator

from django.core.cache import cache

from benchmarks.client import Client, Request, Side, medians
from benchmarks.figures import Row, compare
from benchmarks.pages import floor_session
from benchmarks.servers import FLOOR, OURS, serve
from benchmarks.sessions import our_session
from crm_site.staff.models import User

REQUESTS, ROUNDS = 20, 5
LONGEST = 2000.0  # ms, with nothing kept
BOARDS = (
    ("overview, whole company", "head_office", "executive"),
    ("overview, one region", "executive", "executive"),
    ("project", "executive", "project"),
    ("service, one region", "service_manager", "service"),
    ("marketing, whole company", "head_office", "marketing"),
    ("consultant", "consultant", "consultant"),
)


def run(_customers: int) -> Iterator[Row]:
    """Yield each dashboard with nothing kept, and from then on beside the bare page."""
    head = User.objects.get(username="head_office")
    with serve(FLOOR) as floor_port, serve(OURS) as our_port:
        bare = Client(floor_port, {"floor_session": floor_session(head)})
        floor = Side(bare, lambda: Request("/customers/"))
        for words, username, board in BOARDS:
            user = User.objects.get(username=username)
            client = Client(our_port, our_session(user))
            path = f"/analytics/boards/{board}/"
            client.ask(Request("/analytics/sent/"))  # the process is warm, the figures are not
            cache.clear()
            first = client.ask(Request(path))
            yield compare(f"{words}, nothing kept", floor=LONGEST, ours=first, unit="ms", goal=1.0)
            side = Side(client, lambda path=path: Request(path))
            times = medians(floor, side, requests=REQUESTS, rounds=ROUNDS)
            yield compare(words, floor=times[0], ours=times[1], unit="ms", goal=None)
