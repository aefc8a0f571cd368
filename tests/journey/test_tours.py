"""VR tours: looks come in by the API, raise the intent, and remind the consultant once (CUS-62)."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from crm_site.outbox.models import Message
from customers.journey.tours import SALT, personal_link, tours_seen
from customers.models import BehaviourEvent, Customer, Layout, Task, Unit
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/tour-views/"


@pytest.fixture
def shown(unit):
    Unit.objects.filter(pk=unit.pk).update(tour_url="https://vr.example.com/t?id=7#room")
    unit.refresh_from_db()
    return unit


@pytest.fixture
def look(shown, buyer, marketing, client_for):
    client = client_for(marketing)

    def send(event_id, seconds, *, visitor=None, key="", at="2026-05-19T08:00:00+08:00"):
        link = personal_link(shown, buyer)
        signed = visitor or parse_qs(urlsplit(link).query)["visitor"][0]
        body = {"event_id": event_id, "visitor": signed, "at": at, "dwell_seconds": seconds}
        more = {"headers": {"Idempotency-Key": key or event_id}}
        return client.post(URL, json.dumps(body), "application/json", **more)

    return send


@pytest.mark.spec("CUS-62")
def test_a_look_raises_the_intent_and_long_ones_alert_the_consultant_once(
    look, shown, buyer, seller, client_for
) -> None:
    assert buyer.intent is None
    assert look("v-1", 45).status_code == 202
    buyer.refresh_from_db()
    assert buyer.intent == 2
    assert not Message.objects.filter(kind="tour.long_look").exists()
    for number in range(3):
        assert look(f"v-long-{number}", 400).status_code == 202
    buyer.refresh_from_db()
    assert buyer.intent == 3
    alert = Message.objects.get(kind="tour.long_look")
    assert alert.recipient == seller
    task = Task.objects.get(source="tour")
    assert (task.owner, task.customer, task.kind) == (seller, buyer, "call")
    [seen] = tours_seen(buyer)
    assert (seen.unit, seen.looks, seen.seconds) == (shown, 4, 1245)
    browser = client_for(seller)
    for page in (f"/customers/{buyer.pk}/portrait/", f"/customers/{buyer.pk}/way/"):
        text = browser.get(page).content.decode()
        assert "1245 秒" in text
        assert str(shown) in text


def test_a_glance_changes_nothing_and_an_intent_is_never_lowered(look, buyer) -> None:
    assert look("v-1", 5).status_code == 202
    buyer.refresh_from_db()
    assert (buyer.intent, Task.objects.count()) == (None, 0)
    Customer.objects.filter(pk=buyer.pk).update(intent=3)
    assert look("v-2", 60).status_code == 202
    buyer.refresh_from_db()
    assert buyer.intent == 3


def test_the_same_look_again_counts_once_and_another_under_its_id_is_refused(look, buyer) -> None:
    assert look("v-1", 200).status_code == 202
    assert look("v-1", 200, key="again").status_code == 202
    assert look("v-1", 300, key="other").status_code == 409
    assert BehaviourEvent.objects.count() == 1
    assert Task.objects.filter(source="tour").count() == 1


@pytest.mark.parametrize("visitor", ["x", "1:2:3"])
def test_a_visitor_that_was_not_signed_here_is_refused(look, buyer, visitor) -> None:
    answer = look("v-1", 400, visitor=visitor)
    assert answer.status_code == 400
    assert "visitor" in answer.json()["errors"]
    assert not BehaviourEvent.objects.exists()
    buyer.refresh_from_db()
    assert buyer.intent is None


def test_a_customer_of_another_project_is_refused(look, shown, org) -> None:
    far = CustomerFactory(project=org.project_three)
    signed = signing.Signer(salt=SALT).sign_object([far.pk, shown.pk])
    assert look("v-1", 400, visitor=signed).status_code == 400
    assert not BehaviourEvent.objects.exists()


def test_who_refuses_contact_is_not_called(look, buyer, seller, now) -> None:
    record_consent(
        customer=buyer,
        purpose=Purpose.CONTACT,
        is_given=False,
        channel=Channel.PHONE,
        actor=seller,
        now=now,
    )
    assert look("v-1", 400).status_code == 202
    assert not Task.objects.filter(source="tour").exists()


def test_the_link_keeps_the_address_and_names_nobody(shown, buyer, seller, client_for) -> None:
    link = personal_link(shown, buyer)
    parts = urlsplit(link)
    assert (parts.netloc, parts.fragment) == ("vr.example.com", "room")
    assert parse_qs(parts.query)["id"] == ["7"]
    assert buyer.name not in link
    browser, url = client_for(seller), f"/units/{shown.pk}/tour/"
    made = browser.post(url, {"customer": buyer.pk, "idempotency_key": "a"})
    assert made.status_code == 302
    page = browser.get(made["Location"])
    assert page.context["link"] == link
    stranger = CustomerFactory()
    assert browser.get(f"{url}?customer={stranger.pk}").context["link"] == ""


def test_a_layout_lends_its_tour_and_without_one_there_is_no_link(unit, buyer) -> None:
    assert personal_link(unit, buyer) == ""
    Layout.objects.filter(pk=unit.layout_id).update(tour_url="https://vr.example.com/l")
    unit.layout.refresh_from_db()
    assert personal_link(unit, buyer).startswith("https://vr.example.com/l?visitor=")
