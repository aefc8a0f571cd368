"""Redis away (A-54): pages go on, limits decide, nothing that was asked for is lost."""

import re
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from celery import current_app
from celery.contrib.django.task import DjangoTask
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from knox.models import get_token_model
from kombu.exceptions import OperationalError
from redis import RedisError

from crm_site.audit.models import AuditEvent
from crm_site.common import liveness, queueing
from crm_site.common.cache import ForgivingCache
from crm_site.common.queueing import PatientTask
from crm_site.common.throttling import OpenThrottle
from crm_site.exchange.tasks import make_export
from crm_site.staff.api import TokenView
from crm_site.staff.session_store import SessionStore
from customers.models import Customer, Interaction, Tag
from customers.services import bulk
from customers.services.bulk import resume_silent, start_bulk
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
NOBODY = "redis://127.0.0.1:1/0"
DJANGOS = "django.core.cache.backends.redis.RedisCache"


@contextmanager
def caches_at(address, **backend):
    """Point both caches to ``address``; afterwards nothing remembers that it did not answer."""
    options = {"LOCATION": address, "OPTIONS": settings.CACHES["default"]["OPTIONS"]} | backend
    found = {name: known | options for name, known in settings.CACHES.items()}
    try:
        with override_settings(CACHES=found):
            yield
            for name in found:
                for pool in caches[name]._cache._pools.values():
                    pool.disconnect()
    finally:
        ForgivingCache._away_until = 0.0


@pytest.fixture
def without_redis():
    with caches_at(NOBODY):
        yield


@pytest.fixture
def black_hole():
    """Return a server that takes connections and never answers: its address, those it took."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = []

        def take():
            while True:
                try:
                    taken.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0", taken
        server.shutdown(socket.SHUT_RDWR)
        for connection, _address in taken:
            connection.close()


@pytest.fixture
def customer(consultant):
    return CustomerFactory(owner=consultant, name="王浩然")


PASSWORD = "right-horse-7"  # of every account of the cast


def pages(customer):
    return ["/", "/customers/", f"/customers/{customer.pk}/", "/search/?q=王浩然", "/pool/"]


def talk(client, customer, content):
    data = {"channel": "phone", "result": "reached", "content": content}
    return client.post(f"/customers/{customer.pk}/interactions/", data)


@pytest.mark.check("A-54")
@pytest.mark.parametrize("server", ["refuses", "answers nothing"])
def test_pages_and_writing_go_on(consultant, client_for, customer, black_hole, server):
    client = client_for(consultant)
    with caches_at(NOBODY if server == "refuses" else black_hole[0]):
        for page in pages(customer):
            assert client.get(page, follow=True).status_code == 200, page
        assert client.get("/api/v1/customers/").status_code == 200
        assert talk(client, customer, "周六看房").status_code == 302
    assert Interaction.objects.get(customer=customer).content == "周六看房"


def test_with_djangos_own_cache_they_do_not(consultant, client_for, customer):
    """The negative control: the plain backend raises into page and request."""
    client = client_for(consultant)
    client.raise_request_exception = False
    with caches_at(NOBODY, BACKEND=DJANGOS):
        answers = [client.get(page).status_code for page in ("/customers/", "/search/?q=王浩然")]
    assert answers == [503, 503]


@pytest.mark.check("A-54")
def test_login_and_its_lock_need_no_redis(consultant, without_redis):
    client = Client()
    right = {"username": consultant.username, "password": PASSWORD}
    assert client.post("/accounts/login/", right).status_code == 302
    assert client.get("/customers/").status_code == 200
    stranger = Client()
    wrong = right | {"password": "wrong"}
    assert [stranger.post("/accounts/login/", wrong).status_code for _ in range(6)][-1] == 429
    assert stranger.post("/accounts/login/", right).status_code == 429


@pytest.mark.check("A-54")
def test_what_only_redis_counts_is_shut_for_secrets_and_open_for_reading(
    consultant, client_for, customer, without_redis
):
    body = {"username": consultant.username, "password": PASSWORD}
    answer = Client().post("/api/v1/auth/token/", body, content_type="application/json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"] == "application/problem+json"
    assert not get_token_model().objects.exists()
    reading = client_for(consultant)
    assert reading.get("/api/v1/customers/").status_code == 200
    before = AuditEvent.objects.count()
    answer = reading.get(f"/search/?q={customer.phone}", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Phone numbers cannot be looked up right now" in answer.content.decode()
    assert customer.name not in answer.content.decode()
    assert AuditEvent.objects.count() == before


def test_an_open_limit_for_tokens_would_let_them_be_tried(consultant, monkeypatch, without_redis):
    """The negative control: the limit of reading, put before the secret, counts nothing."""
    monkeypatch.setattr(TokenView, "throttle_classes", [OpenThrottle])
    body = {"username": consultant.username, "password": PASSWORD}
    answer = Client().post("/api/v1/auth/token/", body, content_type="application/json")
    assert answer.status_code == 200


def copy_of(client):
    """Return a browser with the same cookie, and the key in it."""
    stolen, name = Client(), settings.SESSION_COOKIE_NAME
    stolen.cookies[name] = client.cookies[name].value
    return stolen, stolen.cookies[name].value


def test_a_copy_of_an_ended_session_opens_nothing_when_redis_is_back(consultant, client_for):
    client = client_for(consultant)
    assert client.get("/customers/").status_code == 200
    stolen, key = copy_of(client)
    with caches_at(NOBODY):
        assert client.post("/accounts/logout/").status_code == 302
    assert SessionStore.cache_key_prefix + key in cache  # nobody could drop the copy
    assert stolen.get("/customers/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_with_djangos_own_sessions_it_does(consultant, client_for):
    """The negative control: the copy in the cache opens the account again."""
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.cached_db"):
        client = client_for(consultant)
        client.get("/customers/")
        stolen, _key = copy_of(client)
        with caches_at(NOBODY):
            assert client.post("/accounts/logout/").status_code == 302
        assert stolen.get("/customers/").status_code == 200


def test_the_copy_of_a_session_ends_within_a_minute(consultant, client_for):
    client = client_for(consultant)
    client.get("/customers/")
    key = SessionStore.cache_key_prefix + client.session.session_key
    with liveness.connect() as server:
        left = server.ttl(cache.make_key(key))
    assert 0 < left <= 60


def test_a_server_that_does_not_answer_costs_one_timeout_for_many_questions(
    black_hole, monkeypatch
):
    address, taken = black_hole
    monkeypatch.setattr("crm_site.common.cache.REST", 3600)  # it ends in no test, however slow
    with caches_at(address):
        cache.get("key")
        asked = len(taken)
        assert asked >= 1
        assert [cache.get(f"key-{n}") for n in range(200)] == [None] * 200
        assert len(taken) == asked  # without the rest: at least one for each question
        assert cache.is_away
        with pytest.raises(RedisError):
            caches["counters"].incr("key")


@pytest.fixture
def broker_away(monkeypatch):
    """Take the broker away from the application's Celery."""
    app = current_app._get_current_object()
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    monkeypatch.setattr(app.conf, "broker_write_url", NOBODY)
    monkeypatch.setattr(queueing, "_away_until", 0.0)


@pytest.mark.check("A-54")
@pytest.mark.django_db(transaction=True)
def test_work_asked_for_without_a_broker_waits_and_is_sent_again(
    supervisor, consultant, customer, broker_away, monkeypatch
):
    tag = Tag.objects.create(name="学区", group="need", owner=supervisor)
    change = start_bulk(
        action="add_tag",
        params={"tag": tag.pk},
        customers=Customer.objects.filter(pk=customer.pk),
        actor=supervisor,
        now=timezone.now(),
    )
    assert (change.state, queueing._away_until > 0) == ("waiting", True)
    sent = []
    monkeypatch.setattr(bulk, "queue", lambda task, pk: sent.append((task.name, pk)))
    later = timezone.now() + timedelta(minutes=2, seconds=1)
    assert resume_silent(now=later) == 1
    assert sent == [("customers.tasks.run_bulk", change.pk)]


@pytest.mark.django_db(transaction=True)
def test_with_celerys_own_task_the_request_fails_although_its_work_was_written(
    customer, broker_away, monkeypatch
):
    """The negative control: the broker's error comes after the commit, into the request."""
    monkeypatch.setattr(PatientTask, "delay_on_commit", DjangoTask.delay_on_commit)

    @transaction.atomic
    def ask():
        Customer.objects.filter(pk=customer.pk).update(name="李娜")
        make_export.delay_on_commit(1)

    with pytest.raises(OperationalError):
        ask()
    customer.refresh_from_db()
    assert customer.name == "李娜"


def test_nothing_in_the_product_waits_for_the_broker():
    """Whoever asks for work uses the one helper; only a worker hands on to itself."""
    found = {}
    for folder in ("crm_site", "customers", "marketing", "service", "analytics"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            for call in re.findall(r"\.(?:delay|apply_async|send_task)\(", path.read_text()):
                found.setdefault(path.relative_to(settings.BASE_DIR).as_posix(), []).append(call)
    assert set(found) == {
        "analytics/churn/tasks.py",
        "analytics/value/tasks.py",
        "crm_site/common/queueing.py",
        "crm_site/exchange/tasks.py",
        "customers/tasks.py",
    }
