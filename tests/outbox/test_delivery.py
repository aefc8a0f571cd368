"""Delivery: at least once, one effect; many workers, dying workers, slow and broken providers."""

import threading
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection, transaction

from crm_site.outbox import delivery
from crm_site.outbox.delivery import MOST_ATTEMPTS, deliver_due, wait_after
from crm_site.outbox.gateway import HttpGateway
from crm_site.outbox.models import Message, Notification
from crm_site.outbox.services import Outgoing, send_many

pytestmark = pytest.mark.django_db
PARAMS = {"customer": "张三", "due": "10:32"}


def write(user, now, *, count=1, kind="test.sample"):
    send_many([Outgoing(kind, user, f"k{n}", PARAMS) for n in range(count)], now=now)


def test_a_message_becomes_one_notification(consultant, now):
    write(consultant, now)
    assert deliver_due(now=now).sent == 1
    note = Notification.objects.get()
    assert (note.recipient, note.message.state, note.message.sent_at, note.read_at) == (
        consultant,
        "sent",
        now,
        None,
    )
    assert deliver_due(now=now).sent == 0
    assert Notification.objects.count() == 1


def test_messages_of_later_wait(consultant, now):
    write(consultant, now + timedelta(seconds=1))
    assert deliver_due(now=now).sent == 0
    assert deliver_due(now=now + timedelta(seconds=1)).sent == 1


def test_a_message_marked_waiting_again_makes_no_second_notification(consultant, now):
    """What a worker that died between the notification and the mark would leave behind."""
    write(consultant, now)
    deliver_due(now=now)
    Message.objects.update(state="waiting", sent_at=None)
    deliver_due(now=now)
    assert Notification.objects.count() == 1
    assert Message.objects.get().state == "sent"


def test_batches_reach_the_limit_and_no_further(consultant, now, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 3)
    write(consultant, now, count=10)
    assert deliver_due(now=now, limit=7).sent == 7
    assert Message.objects.filter(state="waiting").count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.check("A-53")
def test_two_workers_at_once_deliver_each_message_once(consultant, now, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 5)
    write(consultant, now, count=200)
    barrier, sent = threading.Barrier(4), []

    def work():
        try:
            barrier.wait(10)
            sent.append(deliver_due(now=now).sent)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(sent) == 200
    assert Notification.objects.count() == 200
    assert not Message.objects.exclude(state="sent", attempts=1).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_skips_what_another_holds(consultant, now):
    write(consultant, now, count=2)
    held = Message.objects.order_by("pk").first()
    with transaction.atomic():
        Message.objects.select_for_update().get(pk=held.pk)
        results = []
        other = threading.Thread(target=lambda: _deliver(results, now))
        other.start()
        other.join(20)
    assert results == [1]
    assert Message.objects.get(pk=held.pk).state == "waiting"


def _deliver(results, now):
    try:
        results.append(deliver_due(now=now).sent)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_inside_its_transaction_leaves_the_message_for_the_next(
    consultant, now, monkeypatch
):
    write(consultant, now)

    def die(*args, **kwargs):
        connection.connection.close()  # as the server sees a killed process
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(delivery.Notification.objects, "bulk_create", die)
        with pytest.raises(SystemExit):
            deliver_due(now=now)
    connection.close()
    assert Notification.objects.count() == 0
    assert Message.objects.get().state == "waiting"
    assert deliver_due(now=now).sent == 1
    assert Notification.objects.count() == 1


# A provider over HTTP ------------------------------------------------------------------------


class Provider:
    """A fake gateway: answers as told, and takes each idempotency key once."""

    def __init__(self):
        self.plan, self.taken, self.requests = [], Counter(), []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Idempotency-Key"]
                provider.requests.append((key, self.headers.get("Authorization"), body.decode()))
                answer = provider.plan.pop(0) if provider.plan else 200
                if answer in ("slow", 200, "take-and-die"):
                    provider.taken[key] = 1
                if answer == "slow":
                    provider.released.wait(5)
                if answer == "take-and-die":
                    self.connection.close()
                    return
                try:
                    self.send_response(200 if answer == "slow" else answer)
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        self.released = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/sms"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def provider(settings):
    fake = Provider()
    settings.SMS_URL, settings.SMS_TOKEN = fake.url, "secret"
    yield fake
    fake.close()


def sms():
    return Message.objects.get(channel="sms")


def test_without_an_address_the_message_log_is_the_channel(consultant, now, settings):
    assert settings.SMS_URL == ""
    write(consultant, now, kind="test.loud")
    deliver_due(now=now)
    assert sms().state == "sent"


def test_the_provider_gets_key_token_and_words_in_chinese_by_default(consultant, now, provider):
    write(consultant, now, kind="test.loud")
    assert deliver_due(now=now).sent == 2
    key, token, body = provider.requests[0]
    assert (key, token) == ("k0:sms", "Bearer secret")
    assert body == '{"to": "consultant", "title": "Hello \\u5f20\\u4e09", "body": ""}'
    assert provider.taken == {"k0:sms": 1}


@pytest.mark.parametrize("answer", [500, 503, 429, 408])
def test_a_provider_in_trouble_is_asked_again_later(consultant, now, provider, answer):
    provider.plan = [answer]
    write(consultant, now, kind="test.loud")
    assert deliver_due(now=now).retried == 1
    row = sms()
    assert (row.state, row.attempts, row.last_error) == ("waiting", 1, f"HTTP {answer}")
    assert row.next_attempt_at == now + timedelta(seconds=30)
    assert deliver_due(now=now + timedelta(seconds=29)).sent == 0
    assert deliver_due(now=now + timedelta(seconds=30)).sent == 1
    assert sms().last_error == ""


def test_a_final_no_fails_at_once_and_alerts_the_administrator(consultant, sysadmin, now, provider):
    provider.plan = [400]
    write(consultant, now, kind="test.loud")
    assert deliver_due(now=now).failed == 1
    assert (sms().state, sms().attempts) == ("failed", 1)
    deliver_due(now=now)
    alert = Notification.objects.get(recipient=sysadmin)
    assert alert.message.kind == "outbox.failed"
    assert alert.message.params == {"kind": "test.loud", "channel": "sms", "number": sms().pk}


def test_after_the_last_attempt_it_is_given_up_with_one_alert(consultant, sysadmin, now, provider):
    provider.plan = [503] * 20
    write(consultant, now, kind="test.loud")
    at = now
    for _ in range(MOST_ATTEMPTS + 3):
        deliver_due(now=at)
        at += timedelta(hours=1)
    assert (sms().state, sms().attempts) == ("failed", MOST_ATTEMPTS)
    assert len(provider.requests) == MOST_ATTEMPTS
    assert Notification.objects.filter(recipient=sysadmin).count() == 1


def test_a_time_out_after_the_provider_took_it_is_replayed_with_the_same_key(
    consultant, now, provider, monkeypatch
):
    provider.plan = ["slow"]
    monkeypatch.setattr(
        delivery, "adapter_for", lambda channel: HttpGateway(provider.url, timeout=0.2)
    )
    write(consultant, now, kind="test.loud")
    assert deliver_due(now=now).retried == 1
    assert deliver_due(now=now + timedelta(minutes=1)).sent == 1
    assert [key for key, _token, _body in provider.requests] == ["k0:sms", "k0:sms"]
    assert provider.taken == {"k0:sms": 1}


def test_a_broken_connection_is_replayed_with_the_same_key(consultant, now, provider):
    provider.plan = ["take-and-die"]
    write(consultant, now, kind="test.loud")
    assert deliver_due(now=now).retried == 1
    assert deliver_due(now=now + timedelta(minutes=1)).sent == 1
    assert provider.taken == {"k0:sms": 1}


def test_messages_arrive_out_of_order_without_holding_each_other_up(consultant, now, provider):
    provider.plan = [503, 200]
    write(consultant, now, count=2, kind="test.loud")
    done = deliver_due(now=now)
    assert (done.retried, done.sent) == (1, 3)
    deliver_due(now=now + timedelta(minutes=1))
    assert [key for key, *_rest in provider.requests] == ["k0:sms", "k1:sms", "k0:sms"]
    assert provider.taken == {"k1:sms": 1, "k0:sms": 1}


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (20, 3600)]
)
def test_the_wait_doubles_up_to_an_hour(attempts, seconds):
    assert wait_after(attempts) == timedelta(seconds=seconds)
