"""Import against a floor that does the same work per row in the plainest fast code.

Same work: read the CSV, clean and check each cell, normalise the phone, encrypt it, two blind
indexes, n-grams and pinyin, sort key, completeness, then COPY, look for known numbers, and write
customer, lead, lead event, source event and ownership event with all indexes and constraints.
"Ours" also keeps the file in encrypted parts and reports causes; that is its own cost. No clocks
start in either, as the enquiries are older than a week.
"""

import csv
import hashlib
import hmac
import io
import itertools
import json
import os
import random
import re
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from pypinyin import lazy_pinyin

from crm_site.exchange.models import ImportJob
from crm_site.exchange.services import jobs, running
from crm_site.exchange.services.upload import upload
from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.services import create_node, create_user
from customers.models import Customer, Project

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹"
GIVEN = "嘉怡浩然梓涵雨桐子轩思远欣妍俊杰诗涵明哲若溪文博安琪志强晓梅雪松丽华建国海燕"
HEADERS = [
    "姓名",
    "手机",
    "来源",
    "项目编号",
    "登记时间",
    "工号",
    "户型",
    "预算下限",
    "预算上限",
    "城市",
    "备注",
    "评分",
]
SOURCES = {"抖音": "short_video", "来电": "hotline", "自访": "walk_in"}
LAYOUTS = {"两居": "bed2", "三居": "bed3", "四居": "bed4"}
ROUNDS = 3
_serial = iter(range(1, 1_000))


def rows_per_second(rows: int = 20_000) -> tuple[float, float]:
    """Return the median speeds of floor and product over three files each, taken in turns.

    Ours runs from the file's bytes to the last commit; every file holds new customers only.
    """
    _ground()
    speeds: tuple[list[float], list[float]] = ([], [])
    for _round in range(ROUNDS):
        for work, done in zip((_floor, _ours), speeds, strict=True):
            done.append(_speed(rows, work))
    return statistics.median(speeds[0]), statistics.median(speeds[1])


def peak_memory_mib() -> float:
    """Return the largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _speed(rows: int, work: Callable[[bytes], None]) -> float:
    content = make_file(rows, serial=next(_serial))
    before = _mark()
    started = time.perf_counter()
    work(content)
    speed = rows / (time.perf_counter() - started)
    _remove_after(before, expected=rows)
    return speed


def make_file(rows: int, *, serial: int) -> bytes:
    """Return the bytes of a CSV of ``rows`` customers whose numbers no other serial has."""
    rng = random.Random(serial)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    sources, layouts = list(SOURCES), list(LAYOUTS)
    for number in range(rows):
        low = rng.randrange(100, 500) * 10_000
        writer.writerow(
            [
                rng.choice(FAMILY) + "".join(rng.sample(GIVEN, 2)),
                f"1{54 + serial % 3}{serial * 1_000_000 % 100_000_000 + number:08d}",
                rng.choice(sources),
                "bench",
                f"2024-03-{rng.randrange(10, 29)} 09:{rng.randrange(10, 60)}",
                f"B{rng.randrange(10)}",
                rng.choice(layouts),
                low,
                low + 500_000,
                "杭州",
                "周末方便",
                rng.randrange(100),
            ]
        )
    return text.getvalue().encode()


def _ours(content: bytes) -> None:
    now = timezone.now()
    job = upload(
        kind="customer", stream=io.BytesIO(content), file_name="bench.csv", actor=None, now=now
    )
    jobs.begin_writing(job=job, now=now, allowed=(ImportJob.State.UPLOADED,))
    running.write(job_id=job.pk, clock=timezone.now)


CUSTOMER = (
    "kind, name, sort_key, tokens, phone, phone_index, phone_tail_index, gender, city, district,"
    " occupation, family, budget_min, budget_max, layout, motive, project_role, contribution,"
    " remark, custom, customer_class, class_is_manual, source, external_source, external_id,"
    " is_unreachable, completeness, owner_id, owned_since, protected_until, team_id, project_id,"
    " region_id, version, created_at, updated_at"
)
STAGING = (
    "name text, sort_key text, tokens text, phone bytea, phone_index bytea, tail bytea,"
    " source text, received timestamptz, owner bigint, layout text, low numeric, high numeric,"
    " city text, remark text, custom jsonb, completeness int"
)
INSERT = f"""
WITH fresh AS (
    INSERT INTO customers_customer ({CUSTOMER})
    SELECT 'person', s.name, s.sort_key, s.tokens::tsvector, s.phone, s.phone_index, s.tail, '',
        s.city, '', '', '', s.low, s.high, s.layout, '', '', 0, s.remark, s.custom, 'potential',
        false, s.source, '', '', false, s.completeness, s.owner, now(), now() + interval '30 days',
        %(team)s, %(project)s, %(region)s, 1, now(), now()
    FROM floor_rows s LEFT JOIN customers_customer known ON known.phone_index = s.phone_index
    WHERE known.id IS NULL
    ON CONFLICT DO NOTHING
    RETURNING id, phone_index, owner_id
), leads AS (
    INSERT INTO customers_lead (customer_id, project_id, source, campaign, capture_point, state,
        lost_reason, owner_id, enquiry, received_at, external_source, external_id, stages, solution,
        created_at, updated_at)
    SELECT f.id, %(project)s, s.source, 'none', 'import', 'assigned', '', s.owner, '', s.received,
        '', '', '{{}}', '', now(), now()
    FROM fresh f JOIN floor_rows s USING (phone_index)
    RETURNING id, customer_id, source, received_at
), events AS (
    INSERT INTO customers_leadevent (lead_id, at, kind, from_value, to_value, reason)
    SELECT id, now(), 'captured', '', 'assigned', source FROM leads
), sources AS (
    INSERT INTO customers_sourceevent (customer_id, at, reason, lead_id, capture_point, source)
    SELECT customer_id, received_at, '', id, 'import', source FROM leads
)
INSERT INTO customers_ownershipevent (customer_id, at, reason, to_owner_id, is_backup)
SELECT id, now(), 'first capture', owner_id, false FROM fresh
"""
_PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)", re.ASCII)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
SHANGHAI = timedelta(hours=8)
PART = 10_000


def _floor(content: bytes) -> None:
    team = OrgNode.objects.get(code="bench-team")
    place = {"team": team.pk, "project": team.project_id, "region": team.region_id}
    owners = dict(User.objects.filter(node=team).values_list("employee_no", "pk"))
    lines = _floor_lines(content, owners)
    with connection.cursor() as cursor:
        while True:
            part = list(itertools.islice(lines, PART))
            if not part:
                return
            with transaction.atomic():
                cursor.execute(f"CREATE TEMP TABLE floor_rows ({STAGING}) ON COMMIT DROP")
                cursor.copy_expert("COPY floor_rows FROM STDIN", io.StringIO("\n".join(part)))
                cursor.execute(INSERT, place)


def _floor_lines(content: bytes, owners: dict[str, int]) -> Iterator[str]:
    cipher = AESGCM(bytes.fromhex(settings.FIELD_KEYS[0]))
    key_id = hashlib.sha256(bytes.fromhex(settings.FIELD_KEYS[0])).digest()[:4]
    mac = hmac.new(bytes.fromhex(settings.INDEX_KEY), digestmod=hashlib.sha256)
    place = b"customers_customer.phone"
    seen: set[str] = set()
    reader = csv.reader(io.StringIO(content.decode(), newline=""))
    next(reader)
    for cells in reader:
        name, phone, source, _project, at, owner, layout, low, high, city, remark, score = (
            cell.strip() for cell in cells
        )
        date = _DATE.fullmatch(at)
        if not _PHONE.fullmatch(phone) or phone in seen or date is None or int(low) > int(high):
            continue
        seen.add(phone)
        received = datetime(*map(int, date.groups()), tzinfo=UTC) - SHANGHAI
        number = f"+86{phone}"
        nonce = os.urandom(12)
        secret = key_id + nonce + cipher.encrypt(nonce, number.encode(), place)
        whole, tail = mac.copy(), mac.copy()
        whole.update(f"phone\0{number}".encode())
        tail.update(f"phone-tail\0{phone[-4:]}".encode())
        syllables = lazy_pinyin(name)
        tokens = {*name, *(name[i : i + 2] for i in range(len(name) - 1))}
        for start in range(len(syllables)):
            tokens.add(" " + "".join(syllables[start:]))
            tokens.add(" " + "".join(part[0] for part in syllables[start:]))
        yield "\t".join(
            (
                name.translate(_ESCAPES),
                " ".join(syllables),
                " ".join(f"'{token}'" for token in tokens),
                "\\\\x" + secret.hex(),
                "\\\\x" + whole.digest()[:16].hex(),
                "\\\\x" + tail.digest()[:16].hex(),
                SOURCES[source],
                received.isoformat(),
                str(owners[owner]),
                LAYOUTS[layout],
                low,
                high,
                city.translate(_ESCAPES),
                remark.translate(_ESCAPES),
                json.dumps({"ping_fen": score}),
                "57",
            )
        )


def _ground() -> None:
    """Make the project, team and ten consultants that the files name, once."""
    if OrgNode.objects.filter(code="bench-team").exists():
        return
    head = OrgNode.objects.filter(kind=NodeKind.HEAD_OFFICE.value).first() or create_node(
        kind=NodeKind.HEAD_OFFICE.value, code="head", name="总部", parent=None
    )
    region = OrgNode.objects.filter(kind=NodeKind.REGION.value).order_by("code").first()
    region = region or create_node(kind="region", code="bench-east", name="华东", parent=head)
    project = create_node(kind="project", code="bench", name="测速", parent=region)
    Project.objects.create(node=project, code="bench", name="测速", city="杭州")
    team = create_node(kind="team", code="bench-team", name="测速组", parent=project)
    for number in range(10):
        create_user(
            username=f"bench{number}",
            name=f"测速{number}",
            role="consultant",
            node=team,
            employee_no=f"B{number}",
        )


def _mark() -> int:
    return Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _remove_after(mark: int, *, expected: int) -> None:
    """Delete what a round wrote, after checking that it wrote everything."""
    written = Customer.objects.filter(pk__gt=mark).count()
    if written != expected:
        raise RuntimeError(f"{written} of {expected} rows were written")
    tables = ("sourceevent", "ownershipevent", "lead", "customer")
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_leadevent WHERE lead_id IN"
            " (SELECT id FROM customers_lead WHERE customer_id > %s)",
            [mark],
        )
        for table in tables:
            column = "id" if table == "customer" else "customer_id"
            cursor.execute(f"DELETE FROM customers_{table} WHERE {column} > %s", [mark])
        cursor.execute("TRUNCATE exchange_importpart, exchange_importrowerror")


def main() -> None:
    """Print both speeds, their ratio and the memory; ``python -m benchmarks.import_bench``."""
    rows = int(os.environ.get("BENCH_ROWS", "20000"))
    floor, ours = rows_per_second(rows)
    print(f"import, {rows} rows: floor {floor:,.0f} rows/s, ours {ours:,.0f} rows/s")
    print(
        f"ratio {ours / floor:.2f} (goal 0.20, aim 0.40), peak memory {peak_memory_mib():.0f} MiB"
    )


if __name__ == "__main__":
    import django

    django.setup()
    main()
