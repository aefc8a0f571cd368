"""Behaviour events: taken in once each, never changed, and figures that equal the raw rows."""

import random
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import BehaviourEvent, SourceEvent
from customers.rules.behaviour import BehaviourKind, clean_behaviour
from customers.rules.entry import FaultsError
from customers.selectors.behaviour import behaviour_totals, browsing_by_week
from customers.services.behaviour import BehaviourEntry, EventConflictError, take_in_events
from tests.factories import NOW, CustomerFactory

URL = "/api/v1/behaviour-events/"
JSON = "application/json"


def look(customer, event_id="e-1", **more):
    return {
        "event_id": event_id,
        "kind": "browsing",
        "customer": customer.pk,
        "at": "2026-05-19T08:00:00+08:00",
        "facts": {"path": "/yunqili/a1", "dwell_seconds": 42, "click_rate": 0.25},
    } | more


@pytest.fixture
def customer(consultant):
    return CustomerFactory(owner=consultant, phone="+8613912345678")


@pytest.fixture
def send(marketing, client_for):
    client = client_for(marketing)
    return lambda body: client.post(URL, body, content_type=JSON)


@pytest.mark.spec("CUS-32")
def test_an_event_is_taken_in_once_however_often_it_is_sent(customer, send):
    for _time in range(3):
        answer = send(look(customer))
        assert (answer.status_code, answer.json()) == (202, {"received": 1})
    event = BehaviourEvent.objects.get()
    assert (event.customer, event.kind, event.action) == (customer, "browsing", "page_view")
    assert event.facts == {"path": "/yunqili/a1", "dwell_seconds": 42, "click_rate": 0.25}
    assert SourceEvent.objects.filter(capture_point="browsing").count() == 1


@pytest.mark.spec("CUS-32")
def test_the_same_id_with_another_body_is_refused_by_name_and_nothing_is_kept(customer, send):
    assert send(look(customer)).status_code == 202
    other = look(customer, facts={"path": "/yunqili/b2"})
    answer = send([look(customer, "e-2"), other])
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:anju:problem:event-conflict"
    assert answer.json()["event_ids"] == ["e-1"]
    assert [event.event_id for event in BehaviourEvent.objects.all()] == ["e-1"]
    assert BehaviourEvent.objects.get().facts["path"] == "/yunqili/a1"
    twice = send([look(customer, "e-3"), look(customer, "e-3", facts={"path": "/x"})])
    assert (twice.status_code, twice.json()["event_ids"]) == (409, ["e-3"])
    assert BehaviourEvent.objects.count() == 1


def test_events_name_their_customer_by_id_phone_or_external_id(consultant, customer, send):
    other = CustomerFactory(owner=consultant, external_source="shop", external_id="77")
    by_phone = look(customer, "p-1", phone="139 1234 5678")
    by_external = look(customer, "x-1", external_source="shop", external_id="77")
    del by_phone["customer"], by_external["customer"]
    assert send([look(customer), by_phone, by_external]).json() == {"received": 3}
    owners = dict(BehaviourEvent.objects.values_list("event_id", "customer"))
    assert owners == {"e-1": customer.pk, "p-1": customer.pk, "x-1": other.pk}
    twice = look(customer, "t-1", phone="13912345678")
    assert "customer" in send(twice).json()["errors"]
    assert BehaviourEvent.objects.count() == 3


@pytest.mark.check("A-24")
def test_the_answer_does_not_tell_whether_a_number_is_known(customer, consultant_c, send):
    hidden = CustomerFactory(owner=consultant_c, phone="+8613987654321")
    answers = set()
    for number in ("13912345678", "13987654321", "13911112222", "not a number"):
        event = look(customer, f"n-{number[:11]}", phone=number)
        del event["customer"]
        answer = send(event)
        answers.add((answer.status_code, answer.content))
    assert answers == {(202, b'{"received":1}')}
    assert not BehaviourEvent.objects.filter(customer=hidden).exists()
    unknown = send(look(hidden, "h-1"))
    missing = send(look(hidden, "h-1") | {"customer": hidden.pk + 999})
    assert (unknown.status_code, unknown.json()["errors"]) == (400, missing.json()["errors"])


@pytest.mark.check("A-24")
def test_numbers_cannot_be_tried_out_by_the_hundred(customer, send):
    events = []
    for place in range(31):
        event = look(customer, f"n-{place}", phone=f"1391234{place:04d}")
        del event["customer"]
        events.append(event)
    assert send(events).status_code == 429
    assert BehaviourEvent.objects.count() == 0


WRONG = [
    ({"facts": {}}, "facts.path"),
    ({"facts": {"path": "no-slash"}}, "facts.path"),
    ({"facts": {"path": "/a", "dwell_seconds": -1}}, "facts.dwell_seconds"),
    ({"facts": {"path": "/a", "dwell_seconds": 1.5}}, "facts.dwell_seconds"),
    ({"facts": {"path": "/a", "click_rate": 1.1}}, "facts.click_rate"),
    ({"facts": {"path": "/a", "id_number": "1"}}, "facts.id_number"),
    ({"kind": "consulting", "facts": {"content": "几梯几户"}}, "channel"),
    ({"kind": "consulting", "channel": "wechat", "facts": {}}, "facts.content"),
    ({"kind": "consulting", "channel": "pigeon", "facts": {"content": "?"}}, "channel"),
    ({"kind": "transaction", "facts": {}}, "action"),
    ({"kind": "transaction", "action": "resale", "facts": {}}, "action"),
    ({"kind": "transaction", "action": "payment", "facts": {"amount": "NaN"}}, "facts.amount"),
    ({"kind": "feedback", "facts": {}}, "facts.rating"),
    ({"kind": "feedback", "facts": {"rating": 6}}, "facts.rating"),
    ({"kind": "dreaming"}, "kind"),
    ({"at": "2031-01-01T00:00:00Z"}, "at"),
    ({"at": "yesterday"}, "at"),
    ({"event_id": ""}, "event_id"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_what_a_kind_does_not_allow_is_refused_and_nothing_is_written(
    customer, send, change, field
):
    answer = send([look(customer, "good"), look(customer, "bad") | change])
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"1"}
    assert field in answer.json()["errors"]["1"]
    assert BehaviourEvent.objects.count() == SourceEvent.objects.count() == 0


@pytest.mark.parametrize("body", [[], [{}] * 501, "text", 7, {"event_id": 1}])
def test_other_bodies_are_refused(customer, send, body):
    assert send(body).status_code == 400


def test_five_hundred_events_cost_as_many_statements_as_five(
    customer, marketing, django_assert_num_queries
):
    def entries(number, prefix):
        return [
            BehaviourEntry(
                event_id=f"{prefix}{n}",
                kind="browsing",
                at=NOW - timedelta(minutes=n),
                facts={"path": f"/p/{n}"},
                customer=customer.pk,
            )
            for n in range(number)
        ]

    take_in_events(entries=entries(1, "w"), actor=marketing, now=NOW)
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        take_in_events(entries=entries(5, "a"), actor=marketing, now=NOW)
    with django_assert_num_queries(len(few)):
        take_in_events(entries=entries(500, "b"), actor=marketing, now=NOW)
    assert BehaviourEvent.objects.count() == 506


def test_the_database_refuses_to_change_an_event_but_lets_it_move_to_another_customer(
    customer, consultant, send
):
    send(look(customer))
    events = BehaviourEvent.objects.all()
    for change in ({"facts": {}}, {"at": NOW}, {"kind": "feedback"}, {"event_id": "z"}):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            events.update(**change)
    other = CustomerFactory(owner=consultant)
    assert events.update(customer=other) == 1
    assert events.get().facts["dwell_seconds"] == 42


def some_event(rng, customer, place):
    kind = rng.choice(list(BehaviourKind))
    facts, action, channel = {}, "", ""
    if kind is BehaviourKind.BROWSING:
        facts = {"path": "/a", "dwell_seconds": rng.randint(0, 600)}
        if rng.random() < 0.5:
            facts["click_rate"] = round(rng.random(), 4)
    elif kind is BehaviourKind.CONSULTING:
        facts, channel = {"content": "问价"}, rng.choice(["wechat", "phone", "website"])
    elif kind is BehaviourKind.TRANSACTION:
        action = rng.choice(["signing", "payment", "move_in"])
        facts = {"amount": f"{rng.randint(1, 10**8) / 100:.2f}"}
    else:
        facts = {"rating": rng.randint(1, 5)}
    return BehaviourEntry(
        event_id=f"r-{place}",
        kind=kind.value,
        action=action,
        channel=channel,
        facts=facts,
        at=NOW - timedelta(seconds=rng.randint(0, 60 * 86_400)),
        customer=customer.pk,
    )


@pytest.mark.spec("CUS-32")
@pytest.mark.parametrize("seed", [1, 20260520, 7])
def test_figures_equal_the_raw_events(consultant, marketing, seed, django_assert_num_queries):
    rng = random.Random(seed)  # noqa: S311 -- repeatable, not secret
    people = CustomerFactory.create_batch(3, owner=consultant)
    entries = [some_event(rng, rng.choice(people), place) for place in range(300)]
    take_in_events(entries=[*entries, *entries[:50]], actor=marketing, now=NOW)
    take_in_events(entries=entries, actor=marketing, now=NOW)
    with django_assert_num_queries(1):
        totals = behaviour_totals([each.pk for each in people], until=NOW)
    assert sum(each.count for each in totals.values()) == 300
    for person in people:
        for kind in BehaviourKind:
            raw = [e for e in entries if e.customer == person.pk and e.kind == kind.value]
            found = totals[(person.pk, kind)]
            assert found.count == len(raw)
            assert (found.first_at, found.last_at) == (
                min(e.at for e in raw),
                max(e.at for e in raw),
            )
            dwell = [e.facts["dwell_seconds"] for e in raw if "dwell_seconds" in e.facts]
            assert found.dwell_seconds == (sum(dwell) if dwell else None)
            rates = [e.facts["click_rate"] for e in raw if "click_rate" in e.facts]
            if rates:
                assert float(found.click_rate) == pytest.approx(sum(rates) / len(rates))
            assert found.channels == len({e.channel for e in raw if e.channel})
            paid = [Decimal(e.facts["amount"]) for e in raw if e.action == "payment"]
            assert found.paid == (sum(paid) if paid else None)
        browsed = [e.at for e in entries if e.customer == person.pk and e.kind == "browsing"]
        weeks = browsing_by_week(person.pk, weeks=8, now=NOW)
        assert sum(weeks) == sum(at > NOW - timedelta(weeks=8) for at in browsed)
        assert weeks[-1] == sum(at > NOW - timedelta(weeks=1) for at in browsed)


@pytest.mark.django_db(transaction=True)
def test_the_same_event_from_two_sides_at_once_is_kept_once(customer, marketing):
    barrier, outcomes = threading.Barrier(2), []

    def run(path):
        entry = BehaviourEntry(
            event_id="same", kind="browsing", at=NOW, facts={"path": path}, customer=customer.pk
        )
        barrier.wait()
        try:
            outcomes.append(take_in_events(entries=[entry], actor=marketing, now=NOW))
        except EventConflictError:
            outcomes.append("conflict")
        finally:
            connection.close()

    for paths, wanted in ((["/a", "/a"], [1, 1]), (["/a", "/b"], [1, "conflict"])):
        BehaviourEvent.objects.all().delete()
        SourceEvent.objects.all().delete()
        outcomes.clear()
        threads = [threading.Thread(target=run, args=[path]) for path in paths]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes, key=str) == wanted
        assert BehaviourEvent.objects.count() == 1
        assert SourceEvent.objects.filter(capture_point="browsing").count() == 1


def test_every_kind_says_what_it_is_about():
    action, facts = clean_behaviour(
        kind=BehaviourKind.TRANSACTION, action="payment", channel="", facts={"amount": 1200.5}
    )
    assert (action, facts) == ("payment", {"amount": "1200.50"})
    with pytest.raises(FaultsError) as refused:
        clean_behaviour(kind=BehaviourKind.FEEDBACK, action="x", channel="", facts={"rating": True})
    assert refused.value.codes == {"facts.rating": ["choice"], "action": ["choice"]}
