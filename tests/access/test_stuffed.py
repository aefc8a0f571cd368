"""Fields nobody asked for change nothing: every body of the API, stuffed with all others (A-04)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from customers.api import tasks
from customers.api.serializers import CustomerCreateSerializer
from customers.models import Task
from tests.access.conftest import World
from tests.access.stuffing import STUFFING, twice
from tests.access.test_references import CASES, hidden, in_days

pytestmark = [pytest.mark.django_db, pytest.mark.check("A-04")]
__all__ = ["hidden"]


def bodies(world: World) -> dict[str, tuple[str, str, str, dict[str, Any]]]:
    """Return for each write over the API: who, method, path and a body that is taken."""
    customer, soon = world.customer, in_days(1).isoformat()
    own = f"customers/{customer.pk}"
    found = {
        "capture": ("consultant", "post", "customers/", {"name": "王强", "phone": "13700000005"}),
        "change": (
            "consultant",
            "patch",
            f"{own}/",
            {"version": customer.version, "changes": {"city": "杭州"}},
        ),
        "phone": ("supervisor", "post", f"{own}/phone/", {"reason": "客户要求回电"}),
        "class": (
            "supervisor",
            "post",
            f"{own}/class/",
            {"customer_class": "intent", "reason": "老客户介绍的大客户"},
        ),
        "preferences": (
            "consultant",
            "put",
            f"{own}/preferences/",
            {"kind": "layout", "values": []},
        ),
        "channel": (
            "consultant",
            "post",
            f"{own}/channels/",
            {"channel": "sms", "is_refused": True},
        ),
        "consent": (
            "consultant",
            "post",
            f"{own}/consents/",
            {"purpose": "marketing", "is_given": False, "channel": "phone"},
        ),
        "lead": ("consultant", "post", f"leads/{world.lead.pk}/move/", {"to": "contacted"}),
        "task done": ("consultant", "post", f"tasks/{world.task.pk}/done/", {"outcome": "已联系"}),
        "task later": (
            "consultant",
            "post",
            f"tasks/{world.task.pk}/postpone/",
            {"due_at": soon, "reason": "客户出差"},
        ),
        "promise kept": (
            "consultant",
            "post",
            f"promises/{world.promise.pk}/close/",
            {"outcome": "kept", "evidence": "已办"},
        ),
        "meeting": (
            "consultant",
            "post",
            f"meetings/{world.meeting.pk}/cancel/",
            {"reason": "改期"},
        ),
        "offer": ("consultant", "post", f"offers/{world.share.pk}/withdraw/", {}),
        "tag": ("supervisor", "patch", f"tags/{world.tag.pk}/", {"name": "学区房"}),
        "pair": ("supervisor", "post", f"duplicates/{world.suggestion.pk}/different/", {}),
    }
    for name, case in CASES.items():
        if name.endswith("CreateSerializer.customer") or name == "MeetingCreateSerializer.guests":
            value: Any = [customer.pk] if case.many else customer.pk
            body = case.body(world) | {case.name: value}
            found[name] = (case.who, "post", case.path, body)
    return found


# What may be sent beside the body above, so no stuffing.
OPTIONAL: dict[str, set[str]] = {
    "capture": set(CustomerCreateSerializer().fields),
    "lead": {"reason"},
    "consent": {"text_version", "proof"},
    "tag": {"group", "owner", "rule"},
    "InteractionCreateSerializer.customer": {"mood", "intent", "next_step", "next_at"},
    "PromiseCreateSerializer.customer": {"promised_by", "due_at"},
    "TaskCreateSerializer.customer": {"owner"},
    "MeetingCreateSerializer.guests": {"place"},
    "UpkeepCreateSerializer.customer": {"person", "ends_on"},
}
ONLY_READ = {"phone"}  # what it writes is the trail
NOT_DONE = {
    "OfferCreateSerializer.customer",  # asks for a consent first
    "ReservationCreateSerializer.customer",  # the unit of the world is taken
}


def test_bodies_of_the_api_change_only_their_own_fields(world: World) -> None:
    for name, (who, method, path, body) in bodies(world).items():
        send = getattr(world.clients[who], method)
        url = f"/api/v1/{path}"
        kept = body.keys() | OPTIONAL.get(name, set())
        plain, stuffed, sql = twice(
            lambda extra, send=send, url=url, body=body, kept=kept: send(
                url,
                json.dumps({k: v for k, v in extra.items() if k not in kept} | body),
                "application/json",
            )
        )
        assert plain[0] in (200, 201, 204, 409 if name in NOT_DONE else 200), (name, plain[0])
        assert bool(plain[1]) is (name not in NOT_DONE | ONLY_READ), name
        assert stuffed == plain, name
        assert STUFFING not in sql, name


def test_a_service_that_takes_everything_is_noticed(world: World, monkeypatch: Any) -> None:
    """The control: a step that writes every column it is sent must turn the comparison red."""

    def careless(*, task: Task, outcome: str, actor: Any, now: Any, **_more: Any) -> Task:
        Task.objects.filter(pk=task.pk).update(outcome=outcome, title=STUFFING)
        return task

    url, body = f"/api/v1/tasks/{world.task.pk}/done/", {"outcome": "x"}
    send = world.clients["consultant"].post
    fine = twice(lambda extra: send(url, json.dumps(extra | body), "application/json"))
    assert fine[0] == fine[1]
    monkeypatch.setattr(tasks, "complete_task", careless)
    _plain, _stuffed, sql = twice(
        lambda extra: send(url, json.dumps(extra | body), "application/json")
    )
    assert STUFFING in sql


def test_no_form_and_no_serializer_takes_all_fields() -> None:
    root = Path(__file__).resolve().parents[2]
    sources = [*root.glob("customers/**/*.py"), *root.glob("crm_site/**/*.py")]
    assert len(sources) > 200
    forbidden = re.compile(
        r"__all__[\"']\s*$|fields\s*=\s*[\"']__all__|\*\*request\.(POST|data|GET)"
    )
    found = [str(one) for one in sources if forbidden.search(one.read_text(encoding="utf-8"))]
    assert found == []
