"""What a price list will do to a large project, against the second that a person waits (BEY-05).

Two thousand units, twenty thousand interested customers, six hundred purchases that stand. All of
it is written in one transaction that is taken back, so the company stays as large as it was.
"""

import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.figures import Row, compare
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.services import create_node
from customers.importers.copying import copy_rows, take_keys
from customers.models import (
    Building,
    Customer,
    Lead,
    PriceList,
    Project,
    Purchase,
    Unit,
    UnitPrice,
)
from customers.pricing.blast import blast_radius
from customers.pricing.rules import price_of

UNITS, PEOPLE, SOLD, ROUNDS = 2_000, 20_000, 600, 7
SLOWEST_MS = 1000.0
EACH, CUT, FLOOR = Decimal(20_000), Decimal("0.97"), Decimal("0.95")


def run(_customers: int) -> Iterator[Row]:
    """Yield the median of the forecast beside its bound, and whom it must have found."""
    now = timezone.now()
    with transaction.atomic():
        draft = _project(now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        blast_radius(draft, now=now)
        spent = []
        for _round in range(ROUNDS):
            started = time.perf_counter()
            found = blast_radius(draft, now=now)
            spent.append((time.perf_counter() - started) * 1000)
        transaction.set_rollback(True)
    groups = {line["group"]: line["customers"] for line in found["groups"]}
    case = f"radius of {UNITS:,} units, {PEOPLE:,} people"
    yield compare(case, floor=SLOWEST_MS, ours=statistics.median(spent), unit="ms", goal=1.0)
    for words, wanted, ours in (
        ("interested customers", PEOPLE - SOLD, groups["interested"]),
        ("buyers", SOLD, groups["signed"]),
        ("units lowered", UNITS, found["lowered"]),
    ):
        holds = ours == wanted
        yield Row(f"{words} found", wanted, ours, "rows", ours / wanted, 1.0, holds)


def _project(now: datetime) -> PriceList:
    """Write the project and return the draft that lowers all of its prices."""
    author = User.objects.filter(role="supervisor").select_related("node").order_by("pk")[0]
    region = author.node.parent.parent  # a team stands below its project, that below its region
    node = create_node(kind=NodeKind.PROJECT, code="bench-radius", name="测算", parent=region)
    project = Project.objects.create(node=node, code="bench-radius", name="测算", city="杭州")
    building = Building.objects.create(project=project, name="1栋", floors=30)
    units = Unit.objects.bulk_create(
        Unit(
            project=project,
            building=building,
            entrance=str(place // 100),
            floor=place // 4 % 25 + 1,
            number=f"{place // 4 % 25 + 1:02d}{place % 4 + 1:02d}",
            forecast_area=Decimal(90 + place % 30),
        )
        for place in range(UNITS)
    )
    people = _people(project, now)
    _priced(project, units, author, number=1, each=EACH, at=now - timedelta(days=30))
    Purchase.objects.bulk_create(
        [
            Purchase(
                project=project,
                unit=unit,
                customer_id=customer,
                consultant=author,
                state="signed",
                state_since=now,
                begun_at=now,
                signed_at=now - timedelta(days=20),
                list_total=unit.forecast_area * EACH,
                agreed_total=unit.forecast_area * EACH,
            )
            for unit, customer in zip(units[:SOLD], people, strict=False)
        ],
        batch_size=1000,
    )
    return _priced(project, units, author, number=2, each=EACH * CUT, at=None)


def _people(project: Project, now: datetime) -> list[int]:
    """Write customers who enquired about the project; return their keys."""
    keys = take_keys(Customer, PEOPLE)
    people = [
        Customer(pk=key, name=f"客户{key}", sort_key="kh", tokens=["客"], source="walk_in")
        for key in keys
    ]
    Customer.objects.bulk_create(people, batch_size=1000)
    Lead.objects.bulk_create(
        [
            Lead(
                customer_id=key,
                project=project,
                source="walk_in",
                capture_point="front_desk",
                received_at=now,
            )
            for key in keys
        ],
        batch_size=1000,
    )
    return keys


def _priced(
    project: Project,
    units: list[Unit],
    author: User,
    *,
    number: int,
    each: Decimal,
    at: datetime | None,
) -> PriceList:
    made = PriceList.objects.create(
        project=project,
        number=number,
        reason="测算",
        message_plan="测算",
        author=author,
        state="approved" if at else "draft",
        effective_at=at,
        settled_at=at,
    )
    prices = [
        price_of(unit_price=each, area=unit.forecast_area, coefficient=FLOOR) for unit in units
    ]
    copy_rows(
        UnitPrice,
        ("unit_id", "unit_price", "public_total", "floor_total"),
        [
            (unit.pk, price.unit_price, price.public_total, price.floor_total)
            for unit, price in zip(units, prices, strict=True)
        ],
        {"price_list_id": made.pk, "floor_coefficient": FLOOR, "effective_at": at},
    )
    return made
