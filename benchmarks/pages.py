"""Pages against bare pages that do the same work per row, on the same rows."""

import itertools
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import quote

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models.functions import Mod

from benchmarks.client import WARM_UP, Client, Request, Side, medians, throughputs
from benchmarks.figures import Row, compare
from benchmarks.fill import EVERY
from benchmarks.servers import FLOOR, OURS, serve
from benchmarks.sessions import our_session
from crm_site.common.keyset import columns_of, write_cursor
from crm_site.staff.models import User
from customers.limits import QUESTIONS_PER_MINUTE
from customers.models import Customer
from customers.rules.search import read_aloud
from customers.views.customer_list import LISTING

REQUESTS, ROUNDS, SECONDS = 150, 10, 3.0
PAGE = 50
QUIET_RATE = 150.0  # talks a second that a quiet machine should reach


@dataclass(frozen=True, slots=True)
class Case:
    """One page: the floor's and ours, the goal for the ratio of their medians.

    ``rate`` stands beside the throughput as it is, which is the machine's as well: no verdict.
    """

    name: str
    floor: Side
    ours: Side
    goal: float | None
    throughput_goal: float | None = None
    rate: float | None = None
    requests: int = REQUESTS


def run(_customers: int) -> Iterator[Row]:
    """Yield what each page takes beside its floor, and both under eight clients."""
    with serve(FLOOR) as floor_port, serve(OURS) as our_port:
        for case in _cases(floor_port, our_port):
            floor, ours = medians(case.floor, case.ours, requests=case.requests, rounds=ROUNDS)
            yield compare(case.name, floor=floor, ours=ours, unit="ms", goal=case.goal)
            if case.throughput_goal is None:
                continue
            floor, ours = throughputs(case.floor, case.ours, seconds=SECONDS)
            name = f"{case.name}, 8 at once"
            goal = case.throughput_goal
            yield compare(name, floor=floor, ours=ours, unit="req/s", goal=goal)
            if case.rate is not None:
                name = f"{case.name}, 8 beside {case.rate:.0f}/s"
                yield compare(name, floor=case.rate, ours=ours, unit="req/s", goal=None)


def _cases(floor_port: int, our_port: int) -> Iterator[Case]:
    consultant = User.objects.get(username="consultant")
    head = User.objects.get(username="head_office")
    seller = _Pair(consultant, floor_port, our_port)
    boss = _Pair(head, floor_port, our_port)
    chance = random.Random(7)
    own = Customer.objects.visible_to(consultant).filter(owner=consultant)
    full = list(own.annotate(rest=Mod("pk", EVERY)).filter(rest=0).values_list("pk", flat=True))
    ids = full or list(own.values_list("pk", flat=True)[:100])
    names = list(own.values_list("name", flat=True)[:500])
    long_names = [name for name in names if len(name) == 3] or names
    fragments = _frequent([name[-2:] for name in long_names]) or long_names

    yield Case("list, own customers", seller.floor("/mine/"), seller.ours("/customers/"), 2.5, 0.4)
    everybody = boss.ours("/customers/")
    yield Case("list, whole company", boss.floor("/customers/"), everybody, 2.5)
    yield Case("deep page (floor: our page 1)", everybody, boss.ours(_deep()), 1.2)

    def record(path: str) -> Iterator[Request]:
        while True:
            yield Request(path.format(chance.choice(ids)))

    page = "/customers/{}/"
    yield Case("record", seller.floor(record(page)), seller.ours(record(page)), 4.0, 0.25)

    def search(path: str, texts: list[str]) -> Iterator[Request]:
        while True:
            yield Request(path.format(quote(chance.choice(texts))))

    yield Case(
        "search by name, few hits",
        seller.floor(search("/search/?mine=1&q={}", long_names)),
        seller.ours(search("/customers/?q={}", long_names)),
        3.0,
    )
    yield Case(
        "search by two characters, a page of hits",
        boss.floor(search("/search/?q={}", fragments)),
        boss.ours(search("/customers/?q={}", fragments)),
        2.5,
    )
    initials = ["".join(syllable[0] for syllable in read_aloud(name)) for name in long_names]
    yield Case(
        "search by initials in pinyin",
        seller.floor(search("/search/initials/?mine=1&q={}", initials)),
        seller.ours(search("/customers/?q={}", initials)),
        3.0,
    )
    known = own.exclude(phone=None).values_list("phone", flat=True)[:500]
    phones = [phone.removeprefix("+86") for phone in known]
    yield Case(
        "search by a whole phone number",
        seller.floor(search("/search/phone/?mine=1&q={}", phones)),
        # Asked for by itself it would open the record; beside a tab it is a list as the floor's.
        seller.ours(search("/customers/?view=all&q={}", phones)),
        3.0,
        requests=QUESTIONS_PER_MINUTE - WARM_UP,  # all that one person may ask
    )

    def talk(path: str) -> Iterator[Request]:
        for number in itertools.count():
            form = {"channel": "phone", "result": "reached", "content": f"talk {number}"}
            form["idempotency_key"] = str(uuid.uuid4())
            yield Request(path.format(chance.choice(ids)), form, expect=302)

    yield Case(
        "log an interaction",
        seller.floor(talk("/customers/{}/talk/")),
        seller.ours(talk("/customers/{}/interactions/")),
        5.0,
        0.19,
        QUIET_RATE,
    )


def _frequent(texts: list[str]) -> list[str]:
    """Return those of the texts that stand in the names of a page of customers or more."""
    several = sorted(set(texts))[:200]
    everybody = Customer.objects.all()
    return [text for text in several if len(everybody.search(text)[:PAGE]) == PAGE]


class _Pair:
    """One account signed in at both servers."""

    def __init__(self, user: User, floor_port: int, our_port: int) -> None:
        self._floor = Client(floor_port, {"floor_session": floor_session(user)})
        self._ours = Client(our_port, our_session(user))

    def floor(self, asked: str | Iterator[Request]) -> Side:
        return _side(self._floor, asked)

    def ours(self, asked: str | Iterator[Request]) -> Side:
        return _side(self._ours, asked)


def _side(client: Client, asked: str | Iterator[Request]) -> Side:
    requests = itertools.repeat(Request(asked)) if isinstance(asked, str) else _Shared(asked)
    return Side(client, lambda: next(requests))


class _Shared:
    """Requests that several threads take from."""

    def __init__(self, requests: Iterator[Request]) -> None:
        self._ready = list(itertools.islice(requests, 20_000))
        self._places = itertools.count()

    def __next__(self) -> Request:
        return self._ready[next(self._places) % len(self._ready)]


def floor_session(user: User) -> str:
    """Return the key of a session in the table that both share, as the bare project signs it."""
    session = import_module("django.contrib.sessions.backends.db").SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = super(User, user)._get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _deep() -> str:
    """Return the address of the page in the middle of the list."""
    queryset = Customer.objects.order_by("-pk")
    row = queryset[queryset.count() // 2]
    sort = LISTING.default_sort
    cursor = write_cursor(row, columns_of(queryset, sort, LISTING.sorts), sort=sort)
    return f"/customers/?after={cursor}"
