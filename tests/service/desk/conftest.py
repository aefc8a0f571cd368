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
from service.desk.models import DeskCall, DeskSeat

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
