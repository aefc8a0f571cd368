"""The dashboards and the pages of figures on a whole company, beside a bare page of customers.

Contracts, handovers, complaints, ratings and warnings are planted first where there are none, so
that every figure has something to count; they stay. Figures are kept for four minutes: each page
is asked once with nothing kept, as the first to look meets it, and as it is from then on.
"""

import datetime as dt
from collections.abc import Iterator

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from analytics.kpis.kinds import midnight
from benchmarks.client import Client, Request, Side, medians
from benchmarks.figures import Row, compare
from benchmarks.pages import floor_session
from benchmarks.planting import Planting
from benchmarks.servers import FLOOR, OURS, serve
from benchmarks.sessions import our_session
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.models import User
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey
from service.tickets.models import Ticket

REQUESTS, ROUNDS = 20, 5
GOAL = 3.0
LONGEST = 2000.0  # ms, with nothing kept
BOARDS = (
    ("overview, whole company", "head_office", "executive"),
    ("overview, one region", "executive", "executive"),
    ("region", "executive", "region"),
    ("project", "executive", "project"),
    ("team", "supervisor", "team"),
    ("consultant", "consultant", "consultant"),
    ("service, one region", "service_manager", "service"),
    ("marketing, whole company", "head_office", "marketing"),
)
PAGES = (
    ("dictionary of figures", "/analytics/kpis/"),
    ("one figure: leads", "/analytics/kpis/leads/"),
    ("one figure: contract money", "/analytics/kpis/contract_money/"),
    ("one figure: retention", "/analytics/kpis/retention_rate/"),
)


def run(_customers: int) -> Iterator[Row]:
    """Yield each page with nothing kept, and from then on beside the bare page."""
    _plant(timezone.now())
    head = User.objects.get(username="head_office")
    with serve(FLOOR) as floor_port, serve(OURS) as our_port:
        bare = Client(floor_port, {"floor_session": floor_session(head)})
        floor = Side(bare, lambda: Request("/customers/"))
        for words, username, board in BOARDS:
            client = Client(our_port, our_session(User.objects.get(username=username)))
            yield from _page(words, client, floor, f"/analytics/boards/{board}/")
        client = Client(our_port, our_session(head))
        for words, path in PAGES:
            yield from _page(words, client, floor, path)


def _page(words: str, client: Client, floor: Side, path: str) -> Iterator[Row]:
    client.ask(Request("/analytics/sent/"))  # the process is warm, the figures are not
    cache.clear()
    first = client.ask(Request(path))
    yield compare(f"{words}, nothing kept", floor=LONGEST, ours=first, unit="ms", goal=1.0)
    side = Side(client, lambda: Request(path))
    times = medians(floor, side, requests=REQUESTS, rounds=ROUNDS)
    yield compare(words, floor=times[0], ours=times[1], unit="ms", goal=GOAL)


def _plant(now: dt.datetime) -> None:
    """Plant what the company of copied customers has too little of, once."""
    if Ticket.objects.filter(number="P40").exists():
        return
    version = ensure_default(SERVICE).latest()
    day = midnight(timezone.localdate(now))
    with transaction.atomic(), connection.cursor() as cursor:
        survey = Survey.objects.create(
            title="P",
            questionnaire=version.questionnaire,
            version=version,
            trigger="manual",
            state="open",
            opened_at=now,
        )
        planting = Planting(cursor, midnight=day)
        planting.number(
            "project_id IS NOT NULL AND merged_into_id IS NULL AND NOT EXISTS"
            " (SELECT FROM analytics_churnalert a WHERE a.customer_id = customers_customer.id)"
        )
        planting.purchases()
        planting.service(survey)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
