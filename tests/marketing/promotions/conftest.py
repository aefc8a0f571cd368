"""A priced project with units held, who writes promotions, who signs them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.approvals.services import sign
from crm_site.staff.models import User
from customers.purchase.services.holding import hold_unit
from marketing.promotions.models import CouponIssue, GroupPurchase, Promotion
from marketing.promotions.services.coupons import save_issue
from marketing.promotions.services.groups import open_group
from marketing.promotions.services.writing import submit_promotion, write_promotion
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory
from tests.pricing.conftest import (  # noqa: F401 -- borrowed fixtures
    boss,
    building,
    buyer,
    director,
    draft,
    make_units,
    money_keeper,
    president,
    project,
    publish,
    seller,
    unit,
)

D = Decimal


@pytest.fixture
def marketer(org: Any) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def client(client_for: Any, marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], datetime]:
    """Set the clock of pages and jobs."""

    def put(moment: datetime) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return put


@pytest.fixture
def priced(unit: Any, publish: Any, now: datetime) -> Any:  # noqa: F811
    """The units of the project with a price list in force: 1,964,000 yuan for the first."""
    publish(at=now - timedelta(days=1))
    return unit


@pytest.fixture
def hold(seller: User, now: datetime) -> Callable[..., Any]:  # noqa: F811
    """Let a customer hold a unit and return the deal."""

    def make(held: Any, customer: Any = None) -> Any:
        if customer is None:
            customer = CustomerFactory(owner=seller)
            LeadFactory(customer=customer)
        return hold_unit(unit=held, customer=customer, actor=seller, now=now)

    return make


@pytest.fixture
def make(project: Any, marketer: User, now: datetime) -> Callable[..., Promotion]:  # noqa: F811
    """Write a promotion with its design sheet as a draft."""

    def build(code: str = "spring", *, buildings: Any = (), **more: Any) -> Promotion:
        given: dict[str, Any] = {
            "name": f"活动 {code}",
            "kind": "limited",
            "starts_at": now - timedelta(days=1),
            "ends_at": now + timedelta(days=10),
            "benefit": "amount",
            "value": D(10_000),
            "rules": "每户一次",
            "stacking": "stackable",
            "expected_cost": D(50_000),
            "market": "竞品降价",
            "need": "首付压力",
            "goal": "认购 20 套",
        }
        row = Promotion(code=code, project=project, owner=marketer, **(given | more))
        return write_promotion(promotion=row, buildings=list(buildings), actor=marketer, now=now)

    return build


@pytest.fixture
def approved(
    make: Any,
    marketer: User,
    director: User,  # noqa: F811
    president: User,  # noqa: F811
    now: datetime,
) -> Callable[..., Promotion]:
    """Write a promotion and have it signed by everybody its cost asks for."""

    def build(code: str = "spring", **more: Any) -> Promotion:
        row = submit_promotion(promotion=make(code, **more), actor=marketer, now=now)
        approval = row.approval
        assert approval is not None
        for signer in (director, president)[: len(approval.steps)]:
            sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=now)
        row.refresh_from_db()
        assert row.state == "approved"
        return row

    return build


@pytest.fixture
def gather(approved: Any, marketer: User, now: datetime) -> Callable[..., GroupPurchase]:
    """Open a group of three for an approved promotion."""

    def build(size: int = 3) -> GroupPurchase:
        promotion = approved("group", kind="group")
        group = GroupPurchase(
            promotion=promotion,
            name="三户成团",
            min_size=size,
            deadline=now + timedelta(days=5),
        )
        return open_group(group=group, actor=marketer, now=now)

    return build


@pytest.fixture
def make_group(approved: Any, marketer: User, now: datetime) -> Callable[..., GroupPurchase]:
    """Open one group after the other, all of one promotion."""
    made: list[Promotion] = []

    def build() -> GroupPurchase:
        if not made:
            made.append(approved("groups", kind="group"))
        deadline = now + timedelta(days=5)
        group = GroupPurchase(promotion=made[0], name="两户成团", min_size=2, deadline=deadline)
        return open_group(group=group, actor=marketer, now=now)

    return build


@pytest.fixture
def issue(project: Any, marketer: User, now: datetime) -> Callable[..., CouponIssue]:  # noqa: F811
    """Make an issue of coupons of 5,000 yuan."""

    def build(**more: Any) -> CouponIssue:
        given: dict[str, Any] = {
            "name": "看房券",
            "kind": "coupon",
            "value": D(5_000),
            "campaign_code": "lake-day",
            "valid_from": now - timedelta(days=1),
            "valid_until": now + timedelta(days=30),
        }
        row = CouponIssue(project=project, **(given | more))
        return save_issue(issue=row, actor=marketer, now=now)

    return build
