"""Customers who may leave, as the nightly scores tell it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from analytics.churn.hooks import ScoreChange, follow_changes
from analytics.churn.models import ChurnScore
from analytics.winback.models import WinbackCase
from analytics.winback.policies import WINBACK
from analytics.winback.services.recording import Called, record_call
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from customers.models import Customer, CustomerContact
from tests.factories import CustomerFactory
from tests.pricing.conftest import (  # noqa: F401 -- borrowed fixtures
    boss,
    director,
    draft,
    money_keeper,
    president,
    publish,
)
from tests.purchase.conftest import (  # noqa: F401 -- borrowed fixtures
    building,
    make_units,
    project,
    unit,
)
from tests.service.surveys.conftest import (  # noqa: F401 -- borrowed fixtures
    form,
    make_survey,
    manager,
)

BLOCKS = {"service": 1.4, "price": 0.6, "channel": -0.3}
LEVEL_POINTS = {"none": 0, "green": 20, "yellow": 55, "red": 80}


@pytest.fixture
def now() -> datetime:
    """The moment of pages and jobs."""
    return timezone.localtime()


@pytest.fixture
def set_rules() -> Callable[..., None]:
    """Put other values of the policy in force."""

    def change(key: str = WINBACK, **values: Any) -> None:
        ensure_default(key)
        row = PolicyVersion.objects.get(key=key, version=1)
        row.payload |= values
        PolicyVersion.objects.filter(pk=row.pk).update(payload=row.payload)

    return change


@pytest.fixture
def no_holdout(set_rules: Callable[..., None]) -> None:
    """Nobody is left alone, so that a red warning always has its case."""
    set_rules(holdout_percent=0)


@pytest.fixture
def customer(consultant: Any) -> Customer:
    """A prospect of the consultant, with a phone and WeChat."""
    made = CustomerFactory(name="林晓燕", owner=consultant)
    CustomerContact.objects.create(customer=made, kind="wechat", value="lin-xiaoyan")
    return made


def score(
    customer: Customer,
    before: str,
    after: str,
    now: datetime,
    *,
    points: int | None = None,
    stage: str = "visit",
    blocks: dict[str, float] | None = None,
    wanted: str = "",
) -> None:
    """Write a score as the nightly job does, and tell what changed."""
    shown = LEVEL_POINTS[after] if points is None else points
    blocks = BLOCKS if blocks is None else blocks
    if after == "none":
        ChurnScore.objects.filter(customer=customer).delete()
        blocks = {}
    else:
        ChurnScore.objects.update_or_create(
            customer=customer,
            defaults={
                "stage": stage,
                "probability": shown / 100,
                "points": shown,
                "wanted": wanted or after,
                "level": after,
                "blocks": blocks,
                "engine": "card",
                "scored_at": now,
            },
        )
    if before != after:
        change = ScoreChange(
            customer.pk, before, after, shown / 100, blocks=blocks, points=shown, stage=stage
        )
        follow_changes([change], now)


def case_of(customer: Customer) -> WinbackCase:
    """Return the newest case of a customer."""
    return WinbackCase.objects.filter(customer=customer).order_by("-pk")[0]


def call(case: WinbackCase, actor: Any, now: datetime, **more: Any) -> Any:
    """Write a callback down: reached and pending unless told otherwise."""
    case.refresh_from_db()
    values = {
        "channel": case.channel or "phone",
        "reached": True,
        "problem": "上次到访等了四十分钟",
        "need": "三室朝南, 预算三百万",
        "solution": "周六专人接待, 备好三套房源",
        "outcome": "pending",
        "next_at": now + timezone.timedelta(days=2),
        **more,
    }
    if not values["reached"]:
        values = {name: values[name] for name in ("channel", "reached")}
    return record_call(case=case, called=Called(**values), turn=case.turn, actor=actor, now=now)


@pytest.fixture
def red(customer: Customer, no_holdout: None, now: datetime) -> WinbackCase:
    """The case of a customer who has just become red."""
    score(customer, "none", "red", now)
    return case_of(customer)
