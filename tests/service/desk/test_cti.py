"""Events of the telephone system: believed, once, in any order (SVC-23, A-12)."""

import itertools
import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from service.desk.models import CallEvent, DeskCall
from service.desk.rules.calls import CallState, EventKind, Told, facts_of
from tests.factories import CustomerFactory
from tests.service.desk.conftest import URL, event, post, ring, story

AT = datetime(2026, 5, 20, 2, 32, tzinfo=UTC)
FACTS = ("state", "number", "line", "agent_id", "began_at", "answered_at", "ended_at", "recording")


def facts(call):
    row = DeskCall.objects.get(external_id=call)
    return [getattr(row, name) for name in FACTS]


@pytest.mark.spec("SVC-23")
@pytest.mark.django_db
def test_the_log_replayed_and_shuffled_gives_the_same_records(seat, agent):
    start = timezone.now() - timedelta(minutes=2)
    log = story("c-1", start)
    for each in log:
        assert post(each).json() == {"result": "applied"}
    first = facts("c-1")
    assert first[0] == "ended"
    assert first[1] == "+8613800138000"
    assert (first[3], first[7]) == (agent.pk, "rec/1.wav")
    assert first[5] - first[4] == timedelta(seconds=7)
    for each in log:
        assert post(each).json() == {"result": "replayed"}
    assert facts("c-1") == first
    assert CallEvent.objects.count() == len(log)
    CallEvent.objects.all().delete()
    DeskCall.objects.all().delete()
    for seed in range(4):
        mixed = [dict(each, call=f"m-{seed}", event=f"{seed}-{each['event']}") for each in log]
        random.Random(seed).shuffle(mixed)  # noqa: S311
        for each in mixed:
            assert post(each).status_code == 200
        assert facts(f"m-{seed}") == first


def test_every_order_of_the_events_tells_the_same_call():
    kinds = ("ringing", "answered", "held", "resumed", "hung_up")
    told = [Told(EventKind(k), AT + timedelta(seconds=n), "1") for n, k in enumerate(kinds)]
    results = {repr(facts_of(order)) for order in itertools.permutations(told)}
    assert len(results) == 1
    assert facts_of(told).state is CallState.ENDED


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (("ringing",), "ringing"),
        (("ringing", "answered"), "active"),
        (("ringing", "answered", "held"), "held"),
        (("ringing", "answered", "held", "resumed"), "active"),
        (("ringing", "hung_up"), "missed"),
        (("hung_up",), "missed"),
        (("ringing", "answered", "hung_up"), "ended"),
        (("ringing", "voicemail", "hung_up"), "voicemail"),
        (("answered",), "active"),
    ],
)
def test_the_state_of_a_call(kinds, state):
    told = [Told(EventKind(kind), AT + timedelta(seconds=n)) for n, kind in enumerate(kinds)]
    assert facts_of(told).state == state


@pytest.mark.check("A-12")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "status"),
    [({"secret": "guessed"}, 403), ({"age": 301}, 403), ({"age": -360}, 403), ({}, 200)],
)
def test_what_is_not_signed_just_now_changes_nothing(how, status):
    assert post(event("c-1", "ringing"), **how).status_code == status
    assert DeskCall.objects.count() == CallEvent.objects.count() == (status == 200)


@pytest.mark.check("A-12")
@pytest.mark.django_db
def test_signed_bytes_cannot_be_changed_or_sent_again(settings):
    import json

    from crm_site.outbox.gateway import signature
    from tests.service.desk.conftest import SECRET

    at = str(int(timezone.now().timestamp()))
    body = json.dumps(event("c-1", "ringing", caller="13800138000")).encode()
    headers = {"X-Timestamp": at, "X-Signature": signature(SECRET, at, body)}
    forged = body.replace(b"13800138000", b"13900139000")
    browser = Client()
    assert browser.post(URL, forged, "application/json", headers=headers).status_code == 403
    later = headers | {"X-Timestamp": str(int(at) + 1)}
    assert browser.post(URL, body, "application/json", headers=later).status_code == 403
    assert browser.post(URL, body, "application/json").status_code == 403
    assert browser.post(URL, body, "application/json", headers=headers).status_code == 200
    again = browser.post(URL, body, "application/json", headers=headers)
    assert again.json() == {"result": "replayed"}
    assert CallEvent.objects.count() == 1
    settings.CTI_SECRET = ""
    for secret in ("", "none"):
        assert post(event("c-2", "ringing"), secret=secret).status_code == 403


@pytest.mark.check("A-12")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"x" * 70_000,
        {"event": "e"},
        event("c-1", "invented"),
        event("", "ringing"),
        event("c" * 101, "ringing"),
        event("c-1", "ringing", caller=5),
        event("c-1", "ringing", line="a\x00b"),
        event("c-1", "ringing") | {"at": "yesterday"},
        event("c-1", "ringing") | {"at": "2026-05-20T10:00:00"},
        event("c-1", "ringing") | {"at": "2999-05-20T10:00:00+08:00"},
    ],
)
def test_what_cannot_be_read_is_refused(body):
    assert post(body).status_code == (413 if len(body) > 65_536 else 400)
    assert not CallEvent.objects.exists()
    assert Client().get(URL).status_code == 405


@pytest.mark.django_db
def test_the_number_names_its_customer_and_the_seat_its_agent(seat, agent, org):
    known = CustomerFactory(phone="+8613800138000", project=org.project_one)
    call = ring()
    assert (call.customer, call.agent, call.project) == (known, agent, org.project_one)
    post(event("c-1", "answered", extension="8001"))
    seat.refresh_from_db()
    assert seat.state == "busy"
    post(event("c-1", "hung_up"))
    seat.refresh_from_db()
    assert seat.state == "after"


@pytest.mark.django_db
def test_an_event_told_late_does_not_change_the_presence_of_today(seat):
    yesterday = timezone.now() - timedelta(days=1)
    for each in story("c-1", yesterday)[:5]:
        post(each)
    seat.refresh_from_db()
    assert DeskCall.objects.get().state == "ended"
    assert seat.state == "away"


@pytest.mark.django_db(transaction=True)
def test_the_same_event_six_times_at_once_is_kept_once():
    body, barrier, answers = event("c-1", "ringing"), threading.Barrier(6), []

    def run() -> None:
        try:
            barrier.wait(10)
            answers.append(post(body).json()["result"])
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["applied", *["replayed"] * 5]
    assert CallEvent.objects.count() == 1
