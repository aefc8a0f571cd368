"""The price lists of the demo's projects: what each unit cost when, approved version by version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.approvals.services import content_digest
from crm_site.demo.property import Site
from crm_site.staff.models import User
from crm_site.staff.selectors import lineage
from customers.importers.copying import copy_rows, take_keys
from customers.models import PriceList, Unit, UnitPrice
from customers.pricing.rules import SIGN_LIST, ListState, price_of
from customers.property.rules import UnitKind

BASE = {  # yuan per m² on the first floor
    "杭州": 27_800,
    "苏州": 24_600,
    "深圳": 52_000,
    "南京": 30_500,
    "上海": 58_000,
    "广州": 38_000,
}
PARKING_PRICE = Decimal(15_000)
PER_FLOOR = 60
BOTH_SIDES = 600  # windows to the south and the north
FLOOR_COEFFICIENT = Decimal("0.95")
VERSIONS = (  # days from the launch, percent, why
    (-7, Decimal(0), "首次开盘定价"),
    (180, Decimal(2), "首批去化过半，按区域成交价上调"),
    (400, Decimal("1.5"), "一期现房交付，同步调整"),
    (520, Decimal(-2), "年末促销，部分楼层下调"),
)
PLAN = "已购客户由各自顾问一对一说明，口径见统一说辞；价格承诺书客户由客关中心逐户致电。"
VALID = timedelta(days=30)


class Price(NamedTuple):
    """The price of a unit from a moment on; ``key`` is that of its row."""

    since: datetime
    unit_price: Decimal
    total: Decimal
    floor: Decimal
    key: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit that can be bought, with every price it had, oldest first."""

    unit: int
    name: str
    building: int
    kind: str
    prices: Sequence[Price]

    def price_at(self, at: datetime) -> Price:
        """Return the price in force at ``at``."""
        return next(price for price in reversed(self.prices) if price.since <= at)


def build_prices(sites: Sequence[Site]) -> dict[int, list[Offer]]:
    """Write every project's price lists; return the units on sale of each launched project."""
    heads = User.objects.filter(role="supervisor").select_related("node")
    authors = {user.node.parent_id: user for user in heads if user.node is not None}
    signer = User.objects.get(username="executive")
    offers: dict[int, list[Offer]] = {}
    for site in sites:
        if not site.is_launched:
            continue
        lists = _lists(site, author=authors[site.project.pk], signer=signer)
        offers[site.project.pk] = _priced(site, lists)
    return offers


def _lists(site: Site, *, author: User, signer: User) -> list[tuple[PriceList, Decimal]]:
    """Write the approved lists of a project; return each with the percent it adds."""
    places = lineage(author.node)
    wanted = VERSIONS if site.place % 3 == 0 else VERSIONS[: 2 + site.place % 2]
    found = []
    for number, (days, percent, reason) in enumerate(wanted, start=1):
        day = timezone.make_aware(datetime.combine(site.launch_on, time(10))) + timedelta(days)
        row = PriceList(
            project=site.project,
            number=number,
            state=ListState.APPROVED.value,
            reason=reason,
            message_plan=PLAN if number > 1 else "",
            author=author,
            effective_at=day,
            submitted_at=day - timedelta(days=2),
            decided_at=day - timedelta(days=1),
            settled_at=day,
            created_at=day - timedelta(days=3),
        )
        row.approval = _signed(row, author=author, signer=signer, places=places)
        found.append((row, percent))
    lists = PriceList.objects.bulk_create([row for row, _percent in found])
    for row in lists:
        Approval.objects.filter(pk=row.approval_id).update(subject_id=str(row.pk))
    return found


def _signed(row: PriceList, *, author: User, signer: User, places: list[int]) -> Approval:
    content = {"project": row.project.name, "number": row.number}
    digest = content_digest(content)
    approval = Approval.objects.create(
        kind="price.list",
        subject_kind="price_list",
        title=f"{row.project.name} 第 {row.number} 版价格表",
        reason=row.reason,
        content=content,
        digest=digest,
        steps=[SIGN_LIST],
        requester=author,
        places=places,
        state=Approval.State.USED,
        created_at=row.submitted_at,
        expires_at=row.submitted_at + VALID,  # type: ignore[operator]
        decided_at=row.decided_at,
        used_at=row.decided_at,
    )
    ApprovalSignature.objects.create(
        approval=approval,
        step=0,
        signer=signer,
        requester=author,
        digest=digest,
        at=row.decided_at,
    )
    return approval


def _priced(site: Site, lists: Sequence[tuple[PriceList, Decimal]]) -> list[Offer]:
    """Write the prices of every unit in every list; return the units that are not withheld."""
    units = list(
        Unit.objects.filter(project=site.project).select_related("building").order_by("pk")
    )
    keys = iter(take_keys(UnitPrice, len(units) * len(lists)))
    rows: list[tuple[object, ...]] = []
    offers = []
    for unit in units:
        prices = list(_prices_of(unit, site.project.city, lists, keys))
        rows += [
            (price.key, row.pk, unit.pk, *price[1:4], price.since)
            for price, (row, _percent) in zip(prices, lists, strict=True)
        ]
        if unit.withheld_at is None:
            offers.append(Offer(unit.pk, str(unit), unit.building.sort_key, unit.kind, prices))
    columns = (
        *("id", "price_list_id", "unit_id", "unit_price", "public_total", "floor_total"),
        "effective_at",
    )
    copy_rows(UnitPrice, columns, rows, {"floor_coefficient": FLOOR_COEFFICIENT})
    return offers


def _prices_of(
    unit: Unit, city: str, lists: Sequence[tuple[PriceList, Decimal]], keys: Iterator[int]
) -> Iterator[Price]:
    each, area = _first_price(unit, city), Decimal(str(unit.area))
    for row, percent in lists:
        each = (each * (100 + percent) / 100).quantize(Decimal(1))
        found = price_of(unit_price=each, area=area, coefficient=FLOOR_COEFFICIENT)
        assert row.effective_at is not None  # noqa: S101 -- approved
        yield Price(
            row.effective_at, found.unit_price, found.public_total, found.floor_total, next(keys)
        )


def _first_price(unit: Unit, city: str, base: Mapping[str, int] = BASE) -> Decimal:
    if unit.kind == UnitKind.PARKING:
        return PARKING_PRICE
    both = BOTH_SIDES if "north" in unit.orientation else 0
    return Decimal(base[city] + unit.floor * PER_FLOOR + both)
