"""Tasks, meetings, care, consents, tags, offers and hand-over by programs: as on the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import (
    ConsentEvent,
    Customer,
    CustomerShare,
    CustomerTag,
    Handover,
    Interaction,
    Meeting,
    Tag,
    Task,
    UpkeepPlan,
)
from customers.rules.consent import Purpose
from customers.services.consents import consent_standing, has_consent
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"
API = "/api/v1/{}/"


def soon(days: int = 1) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def send(client: Any, path: str, body: Any, *, method: str = "post", key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return getattr(client, method)(API.format(path), body, JSON, headers=headers)


@pytest.fixture
def customer(consultant: Any) -> Customer:
    return CustomerFactory(owner=consultant, name="欧阳文静")


def test_a_task_is_written_down_once_for_one_key(client_for, consultant, customer) -> None:
    client = client_for(consultant)
    body = {"title": "寄户型图", "kind": "other", "due_at": soon(), "customer": customer.pk}
    first, again = (send(client, "tasks", body, key="k") for _turn in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    task = Task.objects.get()
    assert (task.owner, task.customer, task.source) == (consultant, customer, "manual")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ({"kind": "x"}, "kind"),
    ],
)
def test_a_task_that_says_nothing_is_refused_by_field(
    client_for, consultant, customer, change, field
) -> None:
    body = {"title": "致电", "due_at": soon(), "customer": customer.pk} | change
    answer = send(client_for(consultant), "tasks", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert Task.objects.count() == 0


def test_a_meeting_is_planned_and_written_down(
    client_for, consultant, customer, monkeypatch
) -> None:
    client = client_for(consultant)
    body = {"kind": "meeting", "title": "看样板间", "starts_at": soon(), "ends_at": soon(2)}
    planned = send(client, "meetings", body | {"guests": [customer.pk]})
    assert planned.status_code == 201
    pk = planned.json()["id"]
    assert planned.json()["guests"] == [
        {"customer": customer.pk, "name": "欧阳文静", "attended": None}
    ]
    early = send(client, f"meetings/{pk}/hold", {"minutes_text": "谈妥"})
    assert early.status_code == 400
    assert Interaction.objects.count() == 0
    begun = timezone.now() - timedelta(hours=1)
    Meeting.objects.update(starts_at=begun, ends_at=begun + timedelta(minutes=30))
    held = {"minutes_text": "谈妥", "attended": [customer.pk]}
    held["actions"] = [{"title": "寄合同", "due_at": soon()}]
    stranger = send(client, f"meetings/{pk}/hold", held | {"attended": [customer.pk + 10**6]})
    assert (stranger.status_code, list(stranger.json()["errors"])) == (400, ["attended"])
    done = send(client, f"meetings/{pk}/hold", held)
    assert (done.status_code, done.json()["state"]) == (200, "held")
    assert done.json()["guests"][0]["attended"] is True
    assert Task.objects.get().title == "寄合同"
    assert send(client, f"meetings/{pk}/hold", held).status_code == 409
    assert send(client, f"meetings/{pk}/cancel", {"reason": "改期"}).status_code == 409
    found = client.get(API.format("meetings"), {"customer": customer.pk, "state": "held"}).json()
    assert [row["id"] for row in found["results"]] == [pk]


def test_twenty_guests_are_read_as_one_and_one_out_of_sight_refuses_all(
    client_for, consultant, consultant_c
) -> None:
    client, guests = client_for(consultant), CustomerFactory.create_batch(20, owner=consultant)
    hidden = CustomerFactory(owner=consultant_c)
    body = {"kind": "meeting", "title": "看样板间", "starts_at": soon(), "ends_at": soon(2)}
    ids = [guest.pk for guest in guests]
    for bad in ([], [*ids, hidden.pk], [*ids, 10**30], [ids[0]] * 201):
        answer = send(client, "meetings", body | {"guests": bad})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["guests"])
    assert Meeting.objects.count() == 0
    counts = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as seen:
            answer = send(client, "meetings", body | {"guests": some})
        assert [guest["customer"] for guest in answer.json()["guests"]] == some
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_regular_care_is_planned_and_ended(client_for, consultant, customer) -> None:
    client = client_for(consultant)
    body = {"title": "关怀", "customer": customer.pk, "place": "会所", "area": "3 号楼"}
    body |= {"every_days": 7, "time_of_day": "10:00", "starts_on": soon()[:10]}
    made = send(client, "upkeep-plans", body)
    assert (made.status_code, made.json()["person"]) == (201, consultant.pk)
    assert Meeting.objects.filter(plan=made.json()["id"]).count() >= 4
    ended = send(client, f"upkeep-plans/{made.json()['id']}/end", {})
    assert (ended.status_code, ended.json()["is_active"]) == (200, False)
    assert not Meeting.objects.filter(state="planned").exists()
    wrong = send(client, "upkeep-plans", body | {"ends_on": "2020-01-01"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["ends_on"])
    assert UpkeepPlan.objects.count() == 1


def test_a_consent_is_given_to_todays_text_only(client_for, consultant, customer) -> None:
    client, path = client_for(consultant), f"customers/{customer.pk}/consents"
    shown = {row["purpose"]: row for row in client.get(API.format(path)).json()}
    assert shown["marketing"]["standing"] == "never_asked"
    body = {"purpose": "marketing", "is_given": True, "channel": "visit"}
    version = shown["marketing"]["version"]
    unnamed = send(client, path, body)
    assert (unnamed.status_code, list(unnamed.json()["errors"])) == (400, ["text_version"])
    stale = send(client, path, body | {"text_version": version + 1})
    said = stale.json()
    assert (stale.status_code, said["current_version"]) == (409, version)
    assert ConsentEvent.objects.count() == 0
    told = send(client, path, body | {"text_version": version})
    assert told.status_code == 201
    assert has_consent(customer, Purpose.MARKETING)
    assert send(client, path, body | {"is_given": False}).status_code == 201
    assert consent_standing(customer.pk, Purpose.MARKETING).value == "withdrawn"


def test_a_channel_is_refused_and_allowed_again(client_for, consultant, customer) -> None:
    client, path = client_for(consultant), f"customers/{customer.pk}/channels"
    for is_refused in (True, False):
        answer = send(client, path, {"channel": "sms", "is_refused": is_refused})
        rows = {row["channel"]: row["refused_since"] for row in answer.json()}
        assert (rows["sms"] is not None) is is_refused
        assert rows["phone"] is None


def test_a_tag_is_put_on_and_taken_off(client_for, consultant, supervisor, customer) -> None:
    client = client_for(consultant)
    tag = Tag.objects.create(name="学区", group="need", owner=supervisor)
    path = f"customers/{customer.pk}/tags/{tag.pk}"
    for _turn in range(2):
        assert send(client, path, {}, method="put").status_code == 204
    assert CustomerTag.objects.get().by_rule is False
    assert send(client, path, {}, method="delete").status_code == 204
    assert CustomerTag.objects.count() == 0
    CustomerTag.objects.create(customer=customer, tag=tag, by_rule=True, at=timezone.now())
    ruled = send(client, path, {}, method="delete")
    assert (ruled.status_code, list(ruled.json()["errors"])) == (400, ["tag"])
    Tag.objects.update(is_active=False)
    assert send(client, path, {}, method="put").status_code == 400


def test_an_offer_goes_its_way(client_for, org, consultant, consultant_c, customer) -> None:
    own, there = client_for(consultant), client_for(consultant_c)
    body = {"customer": customer.pk, "to_project": org.project_two.pk, "reason": "预算不符"}
    assert send(own, "offers", body).status_code == 409
    assert CustomerShare.objects.count() == 0
    path = f"customers/{customer.pk}/consents"
    version = own.get(API.format(path)).json()[0]["version"]
    agreed = {"purpose": "sharing", "is_given": True, "channel": "phone", "text_version": version}
    assert send(own, path, agreed).status_code == 201
    made = send(own, "offers", body)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert send(own, f"offers/{pk}/accept", {}).status_code == 404
    taken = send(there, f"offers/{pk}/accept", {})
    assert (taken.status_code, taken.json()["state"]) == (200, "accepted")
    assert taken.json()["accepted_by"] == consultant_c.pk
    assert there.get(f"/api/v1/customers/{customer.pk}/").status_code == 200
    assert send(there, f"offers/{pk}/decline", {"reason": "晚了"}).status_code == 404
    assert send(own, f"offers/{pk}/withdraw", {}).status_code == 409


def test_a_hand_over_moves_everything_once(
    client_for, consultant, consultant_b, consultant_c, supervisor
) -> None:
    for customer in CustomerFactory.create_batch(3, owner=consultant):
        LeadFactory(customer=customer)
    boss = client_for(supervisor)
    body = {"leaver": consultant.pk, "reason": "离职"}
    shares = [{"receiver": consultant_b.pk, "customers": 3}]
    assert send(boss, "hand-overs", body | {"shares": shares}).status_code == 400
    wrong = send(boss, "hand-overs", body | {"shares": [shares[0] | {"customers": 2}]}, key="a")
    assert wrong.status_code == 409
    far = send(
        boss, "hand-overs", body | {"shares": [shares[0] | {"receiver": consultant_c.pk}]}, key="b"
    )
    assert (far.status_code, list(far.json()["errors"])) == (400, ["receiver"])
    halves = [shares[0] | {"customers": half} for half in (2, 3)]
    twice = send(boss, "hand-overs", body | {"shares": halves}, key="d")
    assert (twice.status_code, list(twice.json()["errors"])) == (400, ["receiver"])
    assert Customer.objects.filter(owner=consultant).count() == 3
    for _turn in range(2):
        done = send(boss, "hand-overs", body | {"shares": shares}, key="c")
        assert (done.status_code, done.json()["counts"]["customers"]) == (201, 3)
    assert (Handover.objects.count(), Customer.objects.filter(owner=consultant_b).count()) == (1, 3)
    load = {row["user"]: row for row in boss.get(API.format("workload")).json()["rows"]}
    assert (load[consultant_b.pk]["open"], load[consultant.pk]["open"]) == (3, 0)
