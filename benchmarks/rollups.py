"""The summary tables against one raw GROUP BY over the same events.

The floor reads every talk once with the customer's project, grade and stage as they are now, and
groups by the same dimensions; nothing is written. Ours also finds grade and stage at the time of
each talk, writes two tables with their keys and does so for the eight other kinds of events.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from analytics.kpis.kinds import Period
from analytics.warehouse.models import CubeCell, CubeMark, CubeState, CubeSum
from analytics.warehouse.selectors import base_cube, cube
from analytics.warehouse.services.refreshing import rebuild_cubes, refresh_cubes
from benchmarks.client import Client, Request, Side, medians
from benchmarks.figures import Row, compare
from benchmarks.pages import floor_session
from benchmarks.servers import FLOOR, OURS, serve
from benchmarks.sessions import our_session
from crm_site.staff.models import User
from customers.models import Customer, Interaction

ROUNDS = 3
GOAL = 3.0
REFRESH_SECONDS = 60.0
TALKS = 2000  # written between two refreshes
RAW = """
SELECT (i.at AT TIME ZONE 'Asia/Shanghai')::date AS day, coalesce(l.project_id, c.project_id),
    i.author_id, i.channel, g.grade, c.buying_stage, i.result, count(*)
FROM customers_interaction i
JOIN customers_customer c ON c.id = i.customer_id
LEFT JOIN customers_lead l ON l.id = i.lead_id
LEFT JOIN customers_customergrade g ON g.customer_id = c.id
WHERE i.channel <> 'note' AND NOT i.is_automatic
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
NARROW = """
SELECT (at AT TIME ZONE 'Asia/Shanghai')::date AS day, channel, count(*)
FROM customers_interaction GROUP BY 1, 2
"""


def run(_customers: int) -> Iterator[Row]:
    """Yield the rebuild, the refresh of changed days, sums held against the base, and the page."""
    _forget()
    raw, narrow, whole = [], [], []
    for _round in range(ROUNDS):
        raw.append(_seconds(lambda: _grouped(RAW)))
        narrow.append(_seconds(lambda: _grouped(NARROW)))
        whole.append(_seconds(_rebuild))
    floor, ours = statistics.median(raw), statistics.median(whole)
    yield compare("full rebuild, all facts", floor=floor, ours=ours, unit="s", goal=GOAL)
    name = "the same beside a count by day and channel"
    yield compare(name, floor=statistics.median(narrow), ours=ours, unit="s", goal=None)
    yield from _sizes()
    _tidy()
    refreshed = _seconds(_refresh)
    yield Row(
        f"refresh after {TALKS:,} talks, within {REFRESH_SECONDS:.0f} s",
        *(REFRESH_SECONDS, round(refreshed, 2), "s", round(refreshed / REFRESH_SECONDS, 3), 1.0),
        refreshed <= REFRESH_SECONDS,
    )
    yield from _sums()
    yield from _page()


def _rebuild() -> None:
    done = rebuild_cubes(slot=f"bench:{uuid4().hex}", now=timezone.now())
    if not done.ran or not done.is_finished:
        raise RuntimeError(f"the rebuild did not run: {done}")


def _refresh() -> None:
    """Write talks on many days, then bring these days up to date."""
    now = timezone.now()
    keys = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:TALKS])
    Interaction.objects.bulk_create(
        Interaction(
            customer_id=key,
            channel="phone",
            result="reached",
            content="来电",
            at=now - timedelta(days=place % 20),
        )
        for place, key in enumerate(keys)
    )
    done = refresh_cubes(now=timezone.now())
    if not done.ran or done.days < 20:
        raise RuntimeError(f"the refresh did not run: {done}")


def _sizes() -> Iterator[Row]:
    """Yield how many events a cell of each table stands for."""
    events = Interaction.objects.exclude(channel="note").count()
    for name, model in (("fine", CubeCell), ("coarse", CubeSum)):
        cells = model._default_manager.filter(fact="talk").count()
        ratio = round(cells / max(1, events), 3)
        yield Row(f"talks and their {name} cells", events, cells, "rows", ratio, None, None)


def _sums() -> Iterator[Row]:
    """Yield the sum of a year by project and grade, from the cells and from the events."""
    today = timezone.localdate()
    period = Period(today - timedelta(days=365), today)
    for by in (("project",), ("project", "grade")):
        base = base_cube("talks", by, {}, period)
        found = cube("talks", by, {}, period)
        times = [
            statistics.median(
                _seconds(lambda ask=ask, by=by: ask("talks", by, {}, period)) for _n in range(3)
            )
            for ask in (base_cube, cube)
        ]
        name = f"a year of talks by {' and '.join(by)}"
        row = compare(name, floor=1000 * times[0], ours=1000 * times[1], unit="ms", goal=1.0)
        same = base.cells == found.cells
        yield Row(row.case, row.floor, row.ours, row.unit, row.ratio, row.goal, row.holds and same)


def _asked(ask: Callable[..., object], by: tuple[str, ...], period: Period) -> float:
    return _seconds(lambda: ask("talks", by, {}, period))


def _page() -> Iterator[Row]:
    """Yield the explorer beside a bare page of fifty rows."""
    user = User.objects.get(username="head_office")
    with serve(FLOOR) as floor_port, serve(OURS) as our_port:
        floor = Side(
            Client(floor_port, {"floor_session": floor_session(user)}),
            lambda: Request("/customers/"),
        )
        query = "?measure=talks&rows=project&columns=month"
        ours = Side(
            Client(our_port, our_session(user)), lambda: Request(f"/analytics/cubes/{query}")
        )
        times = medians(floor, ours, requests=60, rounds=5)
    name = "explorer, a quarter by project and month"
    yield compare(name, floor=times[0], ours=times[1], unit="ms", goal=None)


def _grouped(statement: str) -> None:
    """Let the server group and count the groups, without sending them."""
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(f"SELECT count(*) FROM ({statement}) grouped")
        cursor.execute("RESET work_mem")


def _tidy() -> None:
    with connection.cursor() as cursor:
        for model in (CubeCell, CubeSum):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


def _forget() -> None:
    for model in (CubeCell, CubeSum, CubeState, CubeMark):
        model._default_manager.all().delete()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
