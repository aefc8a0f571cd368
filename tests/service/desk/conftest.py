"""Seats at the desk, a signed report of the telephone system."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.outbox.gateway import signature
from crm_site.staff.models import User
from customers.models import (
    Building,
    Customer,
    CustomerRelation,
    Household,
    Purchase,
    Unit,
)
from service.desk.models import DeskCall, DeskSeat
from tests.conftest import make_user
from tests.factories import CustomerFactory, InteractionFactory
from tests.service.factories import CategoryFactory

PHONE = "+8613800138000"
SECRET = "shared-with-the-exchange"
URL = "/api/v1/cti/events/"


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.CTI_SECRET = SECRET


@pytest.fixture
def seat(agent: User) -> DeskSeat:
    return DeskSeat.objects.create(user=agent, extension="8001", skills=["phone"])


def post(body: Any, *, url: str = URL, secret: str = SECRET, age: int = 0) -> Any:
    """Post signed bytes, ``age`` seconds old, and return the answer."""
    at = str(int(timezone.now().timestamp()) - age)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X-Timestamp": at, "X-Signature": signature(secret, at, data)}
    return Client().post(url, data, "application/json", headers=headers)


def event(call: str, kind: str, *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    moment = at or timezone.now()
    body = {"event": uuid4().hex, "call": call, "kind": kind, "at": moment.isoformat()}
    return body | more


def ring(number: str = "13800138000", call: str = "c-1", **more: Any) -> DeskCall:
    """Let a call ring at extension 8001 and return it."""
    answer = post(event(call, "ringing", caller=number, line="4001", extension="8001", **more))
    assert answer.json() == {"result": "applied"}, answer.content
    return DeskCall.objects.get(external_id=call)


def story(call: str, start: datetime) -> list[dict[str, Any]]:
    """Return the log of a call that was answered, held, taken up and recorded."""
    told = ("ringing", "answered", "held", "resumed", "hung_up", "recorded")
    return [
        event(
            call,
            kind,
            at=start + timedelta(seconds=7 * step),
            caller="13800138000" if kind == "ringing" else "",
            extension="8001" if kind in ("ringing", "answered") else "",
            recording="rec/1.wav" if kind == "recorded" else "",
        )
        for step, kind in enumerate(told)
    ]


@pytest.fixture
def leak(db: None) -> Any:
    above = CategoryFactory(name="渗漏", code="leaks")
    return CategoryFactory(name="漏水", code="leak", parent=above, urgency="urgent")


@pytest.fixture
def owner(org: Any) -> Customer:
    """Somebody who lives in a unit handed over half a year ago, with a wife and a past."""
    consultant = make_user(org, "consultant")
    home = Household.objects.create(label="梁家")
    found = CustomerFactory(owner=consultant, name="梁志强", phone=PHONE, household=home)
    wife = CustomerFactory(owner=consultant, name="许静", household=home)
    CustomerRelation.objects.create(customer=found, other=wife, kind="spouse")
    building = Building.objects.create(project=org.project_one, name="1栋")
    unit = Unit.objects.create(
        project=org.project_one, building=building, floor=8, number="0801", forecast_area=98
    )
    now = timezone.now()
    Purchase.objects.create(
        project=org.project_one,
        unit=unit,
        customer=found,
        consultant=consultant,
        state="handed_over",
        state_since=now,
        begun_at=now - timedelta(days=700),
        handed_over_at=now - timedelta(days=180),
    )
    for days, text in enumerate(("来电咨询门锁", "居住感受回访", "推荐朋友", "很久以前")):
        at = now - timedelta(days=days + 1)
        InteractionFactory(customer=found, content=text, author=consultant, at=at)
    return found


def form(**more: Any) -> dict[str, Any]:
    return {"category": "ls", "summary": "主卧飘窗漏水", "severity": "grave"} | more
