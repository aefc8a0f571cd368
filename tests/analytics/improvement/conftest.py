"""Who leads change, who pays, whose results count; KPIs whose values the test sets."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from analytics.improvement.programme_models import PdcaItem, Programme
from analytics.improvement.services.items import ItemDraft, add_item
from analytics.improvement.services.programmes import ProgrammeDraft, write_programme
from crm_site.staff.models import User
from tests.analytics.figures import Figures, given_kpis
from tests.conftest import make_user
from tests.factories import UserFactory


@pytest.fixture
def figures() -> Iterator[Figures]:
    with given_kpis() as found:
        yield found


@pytest.fixture
def chief(org: Any) -> User:
    return make_user(org, "executive")


@pytest.fixture
def supervisor(org: Any) -> User:
    return make_user(org, "supervisor")


@pytest.fixture
def seller(org: Any) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def payer(org: Any) -> User:
    return make_user(org, "finance")


@pytest.fixture
def client(client_for: Any, chief: User) -> Client:
    return client_for(chief)


@pytest.fixture
def programme(chief: User, now: Any) -> Programme:
    draft = ProgrammeDraft(
        title="客户体验提升计划",
        aim="先解决价格、交付与服务",
        owner=chief,
        starts_on=date(2026, 5, 1),
        ends_on=date(2026, 12, 31),
    )
    return write_programme(programme=None, draft=draft, actor=chief, now=now)


@pytest.fixture
def make_item(chief: User, now: Any) -> Callable[..., PdcaItem]:
    """Write an item."""

    def make(*, programme: Programme | None = None, **more: Any) -> PdcaItem:
        given: dict[str, Any] = {
            "title": "周末增加签约窗口",
            "track": "short",
            "theme": "price",
            "department": "sales_office",
            "accountable": chief,
            "due_on": timezone.localdate() + timedelta(days=30),
            "measure": "平均等候分钟",
            "baseline": Decimal(40),
            "goal": Decimal(15),
        }
        draft = ItemDraft(**given | more)
        return add_item(draft=draft, programme=programme, actor=chief, now=now)

    return make
