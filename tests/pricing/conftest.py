"""Prices of the project of the purchase tests, and people who write and sign them."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from crm_site.approvals.services import sign
from crm_site.staff.models import User
from customers.models import PriceList, Project, Unit
from customers.pricing.rules import Change
from customers.pricing.services.lists import Repricing, create_list, price_units, submit_list
from tests.conftest import make_user
from tests.factories import Organisation
from tests.purchase.conftest import (  # noqa: F401 -- borrowed fixtures
    boss,
    building,
    buyer,
    colleague,
    make_units,
    project,
    seller,
    unit,
)

Draft = Callable[..., PriceList]
Publish = Callable[..., PriceList]


@pytest.fixture
def director(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def president(org: Organisation) -> User:
    return make_user(org, "head_office")


@pytest.fixture
def money_keeper(org: Organisation) -> User:
    return make_user(org, "finance")


@pytest.fixture
def draft(project: Project, boss: User, now: datetime) -> Draft:  # noqa: F811
    """Write a draft over all units of the project, or the given ones."""

    def make(
        amount: int = 20_000,
        change: Change = Change.SET,
        *,
        units: list[Unit] | None = None,
        at: datetime = now,
        wanted_from: datetime | None = None,
        plan: str = "店长逐户电话说明",
    ) -> PriceList:
        made = create_list(
            project=project,
            reason="首开定价",
            author=boss,
            now=at,
            wanted_from=wanted_from,
            message_plan=plan,
        )
        chosen = Unit.objects.filter(project=project)
        if units is not None:
            chosen = chosen.filter(pk__in=[each.pk for each in units])
        how = Repricing(change=change, amount=Decimal(amount), coefficient=Decimal("0.95"))
        price_units(price_list=made, units=chosen, how=how, actor=boss, now=at)
        return made

    return make


@pytest.fixture
def publish(draft: Draft, boss: User, director: User, money_keeper: User, now: datetime) -> Publish:  # noqa: F811
    """Bring a list into force: drafted, submitted by the supervisor, signed by all it needs."""

    def make(*args: object, at: datetime = now, **kwargs: object) -> PriceList:
        made = submit_list(price_list=draft(*args, at=at, **kwargs), actor=boss, now=at)
        approval = made.approval
        assert approval is not None
        for signer in (money_keeper, director)[: len(approval.steps)]:
            sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=at)
        made.refresh_from_db()
        assert made.state == "approved"
        return made

    return make
