"""A real worker killed in the middle of a sweep, a flushed broker, two beats (A-51, A-53, A-54)."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.db import connection
from django.utils import timezone
from kombu import Connection

from crm_site.outbox.models import Message, Notification
from customers.models import LeadClock, LeadClockEffect
from customers.services.clocks import start_clocks
from tests.chaos.settings import VISIBILITY_TIMEOUT
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db(transaction=True)
CLOCKS = 100
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def broker():
    """Return the address of an empty broker of this test's own."""
    server, number = os.environ["REDIS_URL"].rsplit("/", 1)
    address = f"{server}/{int(number) + 8}"
    with redis.Redis.from_url(address) as client:
        client.flushdb()
        yield address
        client.flushdb()


@pytest.fixture
def due(consultant, supervisor, executive):
    """A hundred clocks with exactly one reminder due: half of 24 h is over, the rest is later."""
    received_at = timezone.now() - timedelta(hours=13)
    for _ in range(CLOCKS):
        lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=received_at)
        start_clocks(lead=lead, started_at=received_at, now=received_at)
    LeadClock.objects.exclude(kind="first_touch").delete()
    LeadClock.objects.update(reminder_percents=[50])


@pytest.fixture
def programs(broker, tmp_path):
    """Return a function that runs a Celery program on the test's database and broker."""
    started = []
    place = connection.settings_dict
    address = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "DATABASE_URL": f"postgres://{address}/{place['NAME']}",
        "REDIS_URL": broker,
        "CONN_MAX_AGE": "0",
    }

    def start(*arguments, app="tests.chaos.slow_worker"):
        command = [sys.executable, "-m", "celery", "-A", app, *arguments]
        with (tmp_path / f"{len(started)}.log").open("wb") as log:
            program = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        program.log = log.name
        started.append(program)
        return program

    yield start
    for program in started:
        kill(program)


def kill(program):
    """End a program and its children at once, as the kernel does when memory runs out."""
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait(10)


def worker(programs, **options):
    """Start a worker and return it once it takes tasks."""
    program = programs("worker", "--pool=prefork", "--concurrency=1", "--loglevel=INFO", **options)
    wait_for(lambda: b" ready." in Path(program.log).read_bytes(), 120)
    return program


def queue_sweep(broker):
    from customers.tasks import sweep_reminders

    with Connection(broker) as wire:
        sweep_reminders.apply_async(connection=wire)


def wait_for(condition, seconds):
    """Return how long it took until ``condition`` held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it never came true"
        time.sleep(0.1)
    return time.monotonic() - began


def done():
    return LeadClockEffect.objects.count()


def children(program):
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(program.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in listed.stdout.split()]


def assert_everything_happened_once():
    effects = list(LeadClockEffect.objects.values_list("clock", "step"))
    assert len(effects) == len(set(effects)) == CLOCKS
    assert Message.objects.count() == CLOCKS
    assert Message.objects.values("idempotency_key").distinct().count() == CLOCKS
    wait_for(lambda: Notification.objects.count() == CLOCKS, 20)
    assert not LeadClock.objects.filter(next_step_at__lte=timezone.now()).exists()


@contextmanager
def beats(programs, tmp_path, number):
    """Run several beats beside each other, each with a schedule file of its own."""
    running = [
        programs("beat", f"--schedule={tmp_path / f'beat-{n}'}", "--loglevel=INFO")
        for n in range(number)
    ]
    yield
    for program in running:
        kill(program)


@pytest.mark.check("A-51")
def test_a_killed_child_loses_nothing_and_doubles_nothing(due, broker, programs, tmp_path):
    running = worker(programs)
    queue_sweep(broker)
    wait_for(lambda: 10 <= done() < CLOCKS, 60)
    victims = children(running)
    assert victims
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    at_kill = done()
    assert at_kill < CLOCKS
    resumed = wait_for(lambda: done() > at_kill, 30)
    assert resumed <= 10
    wait_for(lambda: done() == CLOCKS, 60)
    with beats(programs, tmp_path, 1):
        assert_everything_happened_once()


@pytest.mark.check("A-51")
def test_a_killed_worker_loses_nothing_and_doubles_nothing(due, broker, programs, tmp_path):
    first = worker(programs)
    queue_sweep(broker)
    wait_for(lambda: 10 <= done() < CLOCKS, 60)
    kill(first)
    at_kill = done()
    assert at_kill < CLOCKS
    worker(programs)  # nobody queues the sweep again: the lost message comes back by itself
    resumed = wait_for(lambda: done() > at_kill, 90)
    assert resumed <= VISIBILITY_TIMEOUT + 15
    wait_for(lambda: done() == CLOCKS, 60)
    with beats(programs, tmp_path, 1):
        assert_everything_happened_once()


@pytest.mark.check("A-53")
def test_a_flushed_broker_delays_and_two_beats_double_nothing(due, broker, programs, tmp_path):
    queue_sweep(broker)
    with redis.Redis.from_url(broker) as client:
        assert client.llen("celery") == 1
        client.flushdb()
    worker(programs)
    time.sleep(3)
    assert done() == 0
    with beats(programs, tmp_path, 2):
        wait_for(lambda: done() == CLOCKS, 90)
        assert_everything_happened_once()


def test_tasks_are_acknowledged_late_and_far_below_the_visibility_timeout():
    settings = current_app.conf
    assert settings.task_acks_late
    assert settings.task_reject_on_worker_lost
    assert settings.worker_prefetch_multiplier == 1
    timeout = settings.broker_transport_options["visibility_timeout"]
    assert settings.task_soft_time_limit < settings.task_time_limit < timeout / 3
    assert settings.broker_transport_options["unacked_restore_throttle"] == 1
