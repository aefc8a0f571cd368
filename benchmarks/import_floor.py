"""The plainest fast code that does the importer's work per row, and the files both read.

Same work: read the CSV, clean and check each cell, normalise the phone, encrypt it, two blind
indexes, n-grams and pinyin, sort key, completeness, then COPY, look for known numbers, and write
customer, lead, lead event, source event and ownership event with all indexes and constraints.
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
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction
from pypinyin import lazy_pinyin

from crm_site.staff.models import OrgNode, User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.services import create_node, create_user
from customers.models import Project

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹"
GIVEN = "嘉怡浩然梓涵雨桐子轩思远欣妍俊杰诗涵明哲若溪文博安琪志强晓梅雪松丽华建国海燕"
HEADERS = [
    *("姓名", "手机", "来源", "项目编号", "登记时间", "工号"),
    *("户型", "预算下限", "预算上限", "城市", "备注", "评分"),
]
SOURCES = {"抖音": "short_video", "来电": "hotline", "自访": "walk_in"}
LAYOUTS = {"两居": "bed2", "三居": "bed3", "四居": "bed4"}
CONSULTANTS = 10


def write_file(path: Path, rows: int, *, serial: int) -> None:
    """Write a CSV of ``rows`` (at most a million) customers whose numbers nobody else has.

    The company of the benchmarks has numbers of 154, each serial a range of its own beyond it.
    """
    rng = random.Random(serial)
    sources, layouts = list(SOURCES), list(LAYOUTS)
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(HEADERS)
        for number in range(rows):
            low = rng.randrange(100, 500) * 10_000
            name = rng.choice(FAMILY) + "".join(rng.sample(GIVEN, 2))
            phone = f"1{55 + serial % 3}{serial * 1_000_000 % 100_000_000 + number:08d}"
            at = f"2024-03-{rng.randrange(10, 29)} 09:{rng.randrange(10, 60)}"
            owner, layout = f"B{rng.randrange(CONSULTANTS)}", rng.choice(layouts)
            enquiry = (rng.choice(sources), "bench", at, owner, layout, low, low + 500_000)
            writer.writerow([name, phone, *enquiry, "杭州", "周末方便", rng.randrange(100)])


def make_ground() -> None:
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
    for number in range(CONSULTANTS):
        create_user(
            username=f"bench{number}",
            name=f"测速{number}",
            role="consultant",
            node=team,
            employee_no=f"B{number}",
        )


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


def write(path: Path) -> None:
    """Write the customers of the file at ``path`` in parts, each in one transaction."""
    team = OrgNode.objects.get(code="bench-team")
    place = {"team": team.pk, "project": team.project_id, "region": team.region_id}
    owners = dict(User.objects.filter(node=team).values_list("employee_no", "pk"))
    with path.open(encoding="utf-8", newline="") as text, connection.cursor() as cursor:
        lines = _lines(csv.reader(text), owners)
        while part := list(itertools.islice(lines, PART)):
            with transaction.atomic():
                cursor.execute(f"CREATE TEMP TABLE floor_rows ({STAGING}) ON COMMIT DROP")
                cursor.copy_expert("COPY floor_rows FROM STDIN", io.StringIO("\n".join(part)))
                cursor.execute(INSERT, place)


def _lines(reader: Iterator[list[str]], owners: dict[str, int]) -> Iterator[str]:
    cipher = AESGCM(bytes.fromhex(settings.FIELD_KEYS[0]))
    key_id = hashlib.sha256(bytes.fromhex(settings.FIELD_KEYS[0])).digest()[:4]
    mac = hmac.new(bytes.fromhex(settings.INDEX_KEY), digestmod=hashlib.sha256)
    place = b"customers_customer.phone"
    seen: set[str] = set()
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
