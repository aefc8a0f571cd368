"""The price lists of the demo's projects: what each unit cost when, approved version by version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.approvals.services import content_digest
from crm_site.demo.property import Site
from crm_site.staff.models import User
from crm_site.staff.selectors import lineage
from customers.importers.copying import copy_rows, take_keys
from customers.models import PriceList, Unit, UnitPrice
from customers.pricing.blast import INTERESTED
from customers.pricing.policies import ChangeRules
from customers.pricing.rules import SIGN_LIST, ListState, price_of
from customers.pricing.services.lists import KIND, content_of
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
    (400, Decimal("1.5"), "一期准现房，同步调整"),
    (520, Decimal(-2), "年末促销，部分楼层下调"),
)
PLAN = "已购客户由各自顾问一对一说明，口径见统一说辞；价格承诺书客户由客关中心逐户致电。"
VALID = timedelta(days=30)
ZERO = Decimal(0)


class Price(NamedTuple):
    """The price of a unit from a moment on; ``key`` is that of its row."""

    since: datetime
    unit_price: Decimal
    total: Decimal
    floor: Decimal
    key: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit that can be bought, with every price it had, oldest first.

    The keys of finished ones are given out already.
    """

    unit: int
    name: str
    is_finished: bool
    kind: str
    prices: Sequence[Price]

    def price_at(self, at: datetime) -> Price:
        """Return the price in force at ``at``."""
        return next(price for price in reversed(self.prices) if price.since <= at)


def build_prices(sites: Sequence[Site]) -> dict[int, list[Offer]]:
    """Write every project's price lists; return the units on sale of each launched project."""
    heads = User.objects.filter(role="supervisor").select_related("node").order_by("-pk")
    authors = {user.node.parent_id: user for user in heads if user.node is not None}
    signer = User.objects.get(username="executive")
    offers: dict[int, list[Offer]] = {}
    for site in sites:
        if not site.is_launched:
            continue
        lists = _lists(site, author=authors[site.project.pk])
        offers[site.project.pk] = _priced(site, lists, signer)
    return offers


def _lists(site: Site, *, author: User) -> list[tuple[PriceList, Decimal]]:
    """Write the approved lists of a project; return each with the percent it adds."""
    wanted = VERSIONS if site.place % 3 == 0 else VERSIONS[: 2 + site.place % 2]
    rows = []
    for number, (days, _percent, reason) in enumerate(wanted, start=1):
        day = timezone.make_aware(datetime.combine(site.launch_on, time(10))) + timedelta(days)
        rows.append(
            PriceList(
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
        )
    made = PriceList.objects.bulk_create(rows)
    return [(row, version[1]) for row, version in zip(made, wanted, strict=True)]


def _sign(lists: Sequence[PriceList], sums: Sequence[Decimal], units: int, signer: User) -> None:
    """Write what each list was expected to do, and the signature under it."""
    before = ZERO
    for row, total in zip(lists, sums, strict=True):
        row.radius = _radius(row, before=before, after=total, units=units)
        row.approval = _signed(row, signer)
        before = total
    PriceList.objects.bulk_update(lists, ["radius", "approval"])


def _radius(row: PriceList, *, before: Decimal, after: Decimal, units: int) -> dict[str, Any]:
    """Return the forecast as it is stored: nobody was hit by the first list, few by the others."""
    first = row.number == 1
    rules = ChangeRules()
    groups = (INTERESTED, "held", "subscribed", "signed")
    return {
        "at": (row.submitted_at or timezone.now()).isoformat(),
        "units": units,
        "raised": 0 if first or after < before else units,
        "lowered": units if not first and after < before else 0,
        "first": units if first else 0,
        "old_sum": str(before),
        "new_sum": str(ZERO if first else after),
        "first_sum": str(after if first else ZERO),
        "changes": 0 if first else 1,
        "restraint": rules.restraint,
        "months": rules.buyer_months,
        "groups": [{"group": name, "customers": 0, "hit": 0, "exposure": "0"} for name in groups],
        "discounts": [],
        "letters": [],
        "letters_sum": "0",
        "compensation": "0.00",
        "churn": 0,
        "complaints": 0,
        "calls": [],
    }


def _signed(row: PriceList, signer: User) -> Approval:
    content, author = content_of(row), row.author
    digest = content_digest(content)
    assert row.submitted_at is not None  # noqa: S101 -- approved
    approval = Approval.objects.create(
        kind=KIND,
        subject_kind="price_list",
        subject_id=str(row.pk),
        title=f"{row.project.name} 第 {row.number} 版价格表",
        reason=row.reason,
        content=content,
        digest=digest,
        steps=[SIGN_LIST],
        requester=author,
        places=lineage(author.node),
        state=Approval.State.USED,
        created_at=row.submitted_at,
        expires_at=row.submitted_at + VALID,
        decided_at=row.decided_at,
        used_at=row.decided_at,
    )
    ApprovalSignature.objects.create(
        approval=approval,
        step=0,
        signer=signer,
        requester=author,
        digest=digest,
        at=approval.used_at or row.submitted_at,
    )
    return approval


def _priced(site: Site, lists: Sequence[tuple[PriceList, Decimal]], signer: User) -> list[Offer]:
    """Write the prices of every unit in every list; return the units that are not withheld."""
    units = list(
        Unit.objects.filter(project=site.project).select_related("building").order_by("pk")
    )
    keys = iter(take_keys(UnitPrice, len(units) * len(lists)))
    rows: list[tuple[object, ...]] = []
    offers, sums = [], [ZERO] * len(lists)
    for unit in units:
        prices = list(_prices_of(unit, site.project.city, lists, keys))
        rows += [
            (price.key, row.pk, unit.pk, *price[1:4], price.since)
            for price, (row, _percent) in zip(prices, lists, strict=True)
        ]
        sums = [known + price.total for known, price in zip(sums, prices, strict=True)]
        if unit.withheld_at is None:
            is_finished = unit.building.sort_key < site.finished
            offers.append(Offer(unit.pk, str(unit), is_finished, unit.kind, prices))
    columns = (
        *("id", "price_list_id", "unit_id", "unit_price", "public_total", "floor_total"),
        "effective_at",
    )
    copy_rows(UnitPrice, columns, rows, {"floor_coefficient": FLOOR_COEFFICIENT})
    _sign([row for row, _percent in lists], sums, len(units), signer)
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
