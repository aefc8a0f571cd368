"""A million touches shared out under seven models, beside the plainest reading of the same rows.

The floor reads the same touches with the same join by one COPY, shares each contract alike among
its touches and writes one row for each contract and channel by one COPY: one model, no money, no
comparison with what stands. Ours does seven models, the chain, the receipts of each month to the
cent, the comparison and the guarded table.
"""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.figures import Row, compare
from crm_site.staff.models import User
from marketing.attribution import path_sql
from marketing.attribution.models import AttributionRun, AttributionShare, Touch
from marketing.attribution.services.binary import read_ints
from marketing.attribution.services.computing import TOUCH, compute

TOUCHES = 1_000_000
CONTRACTS = 20_000
ROUNDS = 3
LIMIT = 60.0  # seconds
# People in turn, ten channels and five campaigns, over the last ten months.
PLANT_TOUCHES = """
INSERT INTO marketing_touch (customer_id, at, kind, channel_code, campaign_code, source_key, weight)
SELECT c.id, %(now)s - make_interval(hours => (n * 7919 %% 7200)::int), 'enquiry',
    'channel-' || (n * 31 %% 10), CASE WHEN n %% 3 = 0 THEN 'campaign-' || (n %% 5) ELSE '' END,
    'bench:' || n, 1
FROM generate_series(1, %(touches)s) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS whole
    FROM customers_customer) c ON c.place = n %% c.whole
"""
PLANT_CONTRACTS = """
INSERT INTO customers_purchase (project_id, customer_id, consultant_id, state, state_since,
    begun_at, signed_at, ended_at, end_reason, contract_no, agreed_total, renewals, created_at,
    updated_at)
SELECT coalesce(c.project_id, (SELECT min(id) FROM customers_project)), c.id, %(user)s, 'refunded',
    %(now)s, %(now)s, %(now)s, %(now)s, 'bench', '', 1000000, 0, %(now)s, %(now)s
FROM customers_customer c ORDER BY c.id LIMIT %(contracts)s
"""
PLANT_RECEIPTS = """
INSERT INTO customers_receipt (purchase_id, kind, amount, receipt_no, received_on, way, note,
    recorded_by_id, recorded_at)
SELECT p.id, 'payment', 10000.01 * (m + 1), 'bench-' || p.id || '-' || m,
    (%(now)s - make_interval(months => m))::date, 'transfer', '', %(user)s, %(now)s
FROM customers_purchase p, generate_series(0, 2) m WHERE p.end_reason = 'bench'
"""
FLOOR = (
    "CREATE TEMPORARY TABLE floor_share (path bigint, channel bigint, share float8) ON COMMIT DROP"
)


def run(_customers: int) -> Iterator[Row]:
    """Yield the first run into an empty table, a run in which nothing changed, and the limit."""
    now = _plant()
    floors, firsts, agains = [], [], []
    for _round in range(ROUNDS):
        AttributionShare.objects.all().delete()
        floors.append(_seconds(lambda: _floor(now)))
        firsts.append(_seconds(lambda: compute(now=now)))
        agains.append(_seconds(lambda: compute(now=now)))
    floor, first, again = (statistics.median(each) for each in (floors, firsts, agains))
    found = AttributionRun.objects.latest("pk")
    yield compare("a million touches, seven models", floor=floor, ours=first, unit="s", goal=None)
    yield compare("the same, nothing changed", floor=floor, ours=again, unit="s", goal=None)
    slowest = max(firsts)
    yield Row(
        f"{found.touches:,} touches before {found.contracts:,} contracts, within {LIMIT:.0f} s",
        *(LIMIT, round(slowest, 2), "s", round(slowest / LIMIT, 3), 1.0),
        slowest <= LIMIT,
    )


def _plant() -> datetime:
    now = timezone.now()
    asked = {
        "now": now,
        "touches": TOUCHES,
        "contracts": CONTRACTS,
        "user": User.objects.get(username="head_office").pk,
    }
    Touch.objects.all().delete()
    with connection.cursor() as cursor:
        for statement in (PLANT_TOUCHES, PLANT_CONTRACTS, PLANT_RECEIPTS):
            cursor.execute(statement, asked)
        for table in ("marketing_touch", "customers_purchase", "customers_receipt"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return now


@transaction.atomic
def _floor(now: datetime) -> None:
    asked = {"now": now, "lookback": 365}
    with connection.cursor() as cursor:
        cursor.execute(path_sql.PATHS, asked)
        cursor.execute(path_sql.PAIRS)
        read_ints(path_sql.WITHOUT, asked, TOUCH)
        rows = read_ints(path_sql.BEFORE, asked, TOUCH)
        cells, times = np.unique(rows["path"] * 1000 + rows["pair"], return_counts=True)
        whole = np.bincount(rows["path"])[cells // 1000]
        lines = zip(cells // 1000, cells % 1000, times / whole, strict=True)
        text = "".join(f"{path}\t{pair}\t{share}\n" for path, pair, share in lines)
        cursor.execute(FLOOR)
        cursor.copy_expert("COPY floor_share FROM STDIN", io.StringIO(text))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
