"""Every adapter against a provider that misbehaves: nothing lost, nothing falsely called sent."""

import smtplib
import socket
import threading
import time
from collections import Counter
from datetime import timedelta
from email.utils import formatdate

import pytest
from django.core import mail

from crm_site.outbox import addressees
from crm_site.outbox.addressees import Address, Later, Refused, register_addressee
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.gateway import signature
from crm_site.outbox.kinds import _KINDS, MessageKind
from crm_site.outbox.models import Message
from crm_site.outbox.services import Outgoing, ToAddressee, send_many, send_outside

pytestmark = pytest.mark.django_db


class RawProvider:
    """A server that answers each request with the given bytes, and notes what it was asked."""

    def __init__(self):
        self.answers, self.requests, self.keys = [], [], Counter()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/send"
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                line, _peer = self.socket.accept()
            except OSError:
                return
            with line:
                head, body = self._read(line)
                if not head:
                    continue
                self.requests.append((head, body))
                self.keys[head["idempotency-key"]] += 1
                line.sendall(self.answers.pop(0) if self.answers else b"HTTP/1.1 200 OK\r\n\r\n")

    @staticmethod
    def _read(line):
        data = b""
        while b"\r\n\r\n" not in data:
            more = line.recv(65536)
            if not more:
                return {}, b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        pairs = (row.split(": ", 1) for row in head.decode().split("\r\n")[1:])
        names = {name.lower(): value for name, value in pairs}
        while len(body) < int(names.get("content-length", 0)):
            body += line.recv(65536)
        return names, body

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)


@pytest.fixture
def provider(settings):
    found = RawProvider()
    settings.WECHAT_URL, settings.WECHAT_SECRET = found.url, "s3cret"
    yield found
    found.close()


@pytest.fixture(autouse=True)
def guests(monkeypatch):
    """A kind of addressee whose fate each test decides."""
    fates = {}
    monkeypatch.setattr(addressees, "_resolvers", dict(addressees._resolvers))
    monkeypatch.setattr(addressees, "_reasons", dict(addressees._reasons))
    register_addressee(
        "guest",
        lambda message, now: fates.get(message.addressee_id, Address("openid-1")),
        {"asleep": "Asleep"},
    )
    monkeypatch.setitem(_KINDS, "test.guest", MessageKind("test.guest", "%(title)s", "%(body)s"))
    return fates


def write(now, *, number=1, channel="wechat"):
    words = {"title": "样板间开放", "body": "本周六十点"}
    letter = ToAddressee("test.guest", ("guest", number), channel, "news", f"g{number}", words)
    send_outside([letter], now=now)


def message():
    return Message.objects.get()


def http(status, body=b"", *headers):
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_a_request_is_signed_over_time_and_body_and_carries_the_key(now, provider):
    write(now)
    assert deliver_due(now=now).sent == 1
    head, body = provider.requests[0]
    assert head["x-signature"] == signature("s3cret", head["x-timestamp"], body)
    assert head["x-signature"] != signature("other", head["x-timestamp"], body)
    assert head["x-signature"] != signature("s3cret", head["x-timestamp"], body + b" ")
    assert head["idempotency-key"] == "g1:wechat"
    assert b'"to": "openid-1"' in body
    assert (message().state, message().sent_at) == ("sent", now)


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf",
        b"",
        http(200, b"<html>Please log in</html>"),
        http(200, b"[1]"),
        http(200, b'{"accepted": tr'),
        http(302, b"", "Location: http://127.0.0.1:9/elsewhere"),
        http(503),
        http(429),
    ],
    ids=["garbage", "half", "nothing", "page", "list", "broken", "redirect", "503", "429"],
)
def test_an_answer_that_is_no_yes_is_asked_again_with_the_same_key(now, provider, answer):
    provider.answers = [answer]
    write(now)
    done = deliver_due(now=now)
    assert (done.sent, done.retried, done.failed) == (0, 1, 0)
    assert (message().state, message().attempts, message().sent_at) == ("waiting", 1, None)
    assert message().last_error
    assert deliver_due(now=now + timedelta(seconds=30)).sent == 1
    assert provider.keys == {"g1:wechat": 2}


@pytest.mark.parametrize("answer", [http(200, b'{"accepted": false}'), http(400), http(403)])
def test_a_clear_no_is_final(now, provider, sysadmin, answer):
    provider.answers = [answer]
    write(now)
    assert deliver_due(now=now).failed == 1
    assert (Message.objects.get(kind="test.guest").state, provider.keys) == (
        "failed",
        {"g1:wechat": 1},
    )
    assert Message.objects.filter(kind="outbox.failed", recipient=sysadmin).count() == 1


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("600", 600), ("5", 30), ("999999", 86400), ("soon", 30), ("-3", 30)],
)
def test_retry_after_is_kept_but_never_shortens_the_wait(now, provider, asked, wait):
    provider.answers = [http(429, b"", f"Retry-After: {asked}")]
    write(now)
    deliver_due(now=now)
    assert message().next_attempt_at == now + timedelta(seconds=wait)
    assert deliver_due(now=now + timedelta(seconds=wait - 1)).sent == 0
    assert deliver_due(now=now + timedelta(seconds=wait)).sent == 1


def test_retry_after_may_be_a_date(now, provider):
    until = formatdate(time.time() + 7200, usegmt=True)
    provider.answers = [http(503, b"", f"Retry-After: {until}")]
    write(now)
    deliver_due(now=now)
    wait = message().next_attempt_at - now
    assert timedelta(hours=1, minutes=59) < wait <= timedelta(hours=2)


def test_the_one_address_that_is_down_holds_up_nobody(now, settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.WECHAT_URL = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    write(now, number=1)
    write(now, number=2, channel="sms")
    done = deliver_due(now=now)
    assert (done.retried, done.sent) == (1, 1)


def test_a_refused_message_is_held_back_with_its_reason_and_shown_in_the_log(
    now, provider, guests, sysadmin, client_for
):
    guests["1"] = Refused("asleep")
    write(now)
    assert deliver_due(now=now).suppressed == 1
    assert (message().state, message().reason, message().attempts) == ("suppressed", "asleep", 0)
    assert provider.requests == []
    del guests["1"]
    deliver_due(now=now + timedelta(days=1))
    assert provider.requests == []
    page = client_for(sysadmin).get("/notifications/log/").content.decode()
    assert "Asleep" in page
    assert "样板间开放" not in page


def test_a_message_for_later_waits_without_counting_as_an_attempt(now, provider, guests):
    guests["1"] = Later(now + timedelta(hours=9))
    write(now)
    assert deliver_due(now=now).postponed == 1
    assert (message().state, message().attempts) == ("waiting", 0)
    del guests["1"]
    assert deliver_due(now=now + timedelta(hours=8)).sent == 0
    assert deliver_due(now=now + timedelta(hours=9)).sent == 1


def test_nobody_writes_to_people_of_an_unknown_kind(now):
    words = {"title": "x", "body": "y"}
    with pytest.raises(LookupError):
        send_outside([ToAddressee("test.guest", ("ghost", 1), "sms", "", "k", words)], now=now)
    assert not Message.objects.exists()


# E-mail --------------------------------------------------------------------------------------


def mail_to(consultant, now):
    send_many([Outgoing("test.mail", consultant, "m1", {"customer": "张三"})], now=now)
    return deliver_due(now=now)


@pytest.fixture
def mailed(monkeypatch, settings, consultant):
    settings.EMAIL_URL = "smtp://mail.example.com:25"
    kind = MessageKind("test.mail", "Call %(customer)s", "Soon.", channels=("email",))
    monkeypatch.setitem(_KINDS, kind.key, kind)
    consultant.email = "zhang@example.com"
    consultant.save(update_fields=["email"])
    return consultant


def test_mail_goes_to_the_address_with_a_message_id_of_the_key(mailed, now):
    assert mail_to(mailed, now).sent == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["zhang@example.com"], "Call 张三", "Soon.")
    assert sent.extra_headers["Message-ID"].startswith("<")


def test_without_a_mailbox_the_mail_is_held_back(mailed, now):
    mailed.email = ""
    mailed.save(update_fields=["email"])
    assert mail_to(mailed, now).suppressed == 1
    assert (message().reason, mail.outbox) == ("no_address", [])


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPServerDisconnected("gone"), "waiting"),
        (TimeoutError(), "waiting"),
        (smtplib.SMTPRecipientsRefused({"z": (451, b"later")}), "waiting"),
        (smtplib.SMTPRecipientsRefused({"z": (550, b"no such")}), "failed"),
    ],
)
def test_trouble_with_mail_is_told_apart(mailed, now, monkeypatch, error, state):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    mail_to(mailed, now)
    row = Message.objects.get(kind="test.mail")
    assert (row.state, row.sent_at) == (state, None)
