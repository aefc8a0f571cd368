"""A batch of messages on its way through a real worker that is killed, doubled or too slow."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from kombu import Connection

from benchmarks.faulty.provider import Provider, provider
from benchmarks.faulty.rig import Rig, wait_for

BATCH = 100
RECEIVED = re.compile(r"deliver_messages\[[^]]+\] received")
SENDS = "Sending due task"
CARELESS = "benchmarks.faulty.careless"
INSERT = """
INSERT INTO outbox_message (kind, channel, recipient_id, subject_kind, subject_id, params,
    idempotency_key, state, attempts, next_attempt_at, last_error, created_at)
SELECT 'outbox.failed', 'sms', %s, '', '', '{"kind": "x", "channel": "sms", "number": 1}',
    'fault-' || n, 'waiting', 0, now(), '', now() FROM generate_series(1, %s) AS n
"""
COUNT = "SELECT count(*) FROM outbox_message WHERE idempotency_key LIKE 'fault-%%' AND state = %s"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch; times in seconds, None where nothing happened any more.

    ``beats`` counts the beats that were seen to send.
    """

    sent: int
    delivered: int
    doubled: int
    resumed_after: float | None
    runs: int
    beats: int = 0


@contextmanager
def batch(rig: Rig, *, person: int, size: int = BATCH, seconds: float = 0.02) -> Iterator[Provider]:
    """Write messages to account ``person`` into the outbox, for a provider of their own."""
    rig.empty_redis()  # nothing left over from the batch before
    rig.rows("DELETE FROM outbox_message WHERE idempotency_key LIKE 'fault-%%'")
    rig.rows("UPDATE outbox_message SET next_attempt_at = now() + interval '1 day'")
    with provider(seconds=seconds) as found:
        rig.environment["SMS_URL"] = found.url
        rig.rows(INSERT, (person, size))
        yield found


def publish(rig: Rig, *, copies: int = 1) -> None:
    """Ask the workers for a delivery, ``copies`` times."""
    from crm_site.outbox.tasks import deliver_messages

    with Connection(rig.redis.url) as wire:
        for _copy in range(copies):
            deliver_messages.apply_async(connection=wire, retry=False)


def killed(
    rig: Rig,
    *,
    person: int,
    whole: bool,
    careless: str = "",
    patience: float = 120,
) -> Outcome:
    """Kill the worker's children, or the ``whole`` worker, in a batch; return what became of it.

    Of two workers the one that has the batch is killed; the other is there all the time.
    """
    options = {"FAULT_CARELESS": careless} if careless else {}
    application = CARELESS if careless else ""
    with batch(rig, person=person, seconds=0.1) as got:
        names = ["worker", "second"] if whole else ["worker"]
        for name in names:
            rig.start("worker", name=name, application=application, **options)
        publish(rig)
        wait_for(lambda: len(got.copies) >= BATCH // 10, 60)
        busy = next(name for name in names if RECEIVED.search(rig.log(name)))
        if whole:
            rig.kill(busy)
            names.remove(busy)
        else:
            rig.kill_children(busy)
        at_kill = time.monotonic()
        _settle(lambda: len(got.copies) == BATCH and _count(rig, "sent") == BATCH, patience)
        outcome = _outcome(rig, got, at_kill, name=names[0])
        rig.kill(names[0])
    return outcome


def doubled(
    rig: Rig, *, person: int, copies: int, seconds: float, careless: str = "", patience: float = 120
) -> Outcome:
    """Let a worker's two children have the same task ``copies`` times; return what became of it."""
    options = {"FAULT_CARELESS": careless} if careless else {}
    application = CARELESS if careless else ""
    with batch(rig, person=person, seconds=seconds) as got:
        rig.start("worker", application=application, **options)
        publish(rig, copies=copies)
        _settle(lambda: len(got.copies) == BATCH and _count(rig, "sent") == BATCH, patience)
        time.sleep(1)
        outcome = _outcome(rig, got, time.monotonic())
        rig.kill("worker")
    return outcome


def beats_at_once(rig: Rig, *, person: int, beats: int) -> Outcome:
    """Let several beats ask a worker for deliveries every second; return what became of a batch."""
    rig.environment["FAULT_SCHEDULE"] = "1"
    with batch(rig, person=person, seconds=0.1) as got:
        rig.start("worker")
        for number in range(beats):
            rig.start_beat(rig.folder / f"beat-{number}", name=f"beat-{number}")
        _settle(lambda: len(got.copies) == BATCH and _count(rig, "sent") == BATCH, 120)
        time.sleep(2)
        outcome = _outcome(rig, got, time.monotonic())
        names = [f"beat-{number}" for number in range(beats)]
        outcome = replace(outcome, beats=sum(SENDS in rig.log(name) for name in names))
        for name in names:
            rig.kill(name)
        rig.kill("worker")
    del rig.environment["FAULT_SCHEDULE"]
    return outcome


def _settle(condition: Callable[[], bool], patience: float) -> None:
    try:
        wait_for(condition, patience)
    except TimeoutError:
        return


def _outcome(rig: Rig, got: Provider, moment: float, *, name: str = "worker") -> Outcome:
    return Outcome(
        sent=_count(rig, "sent"),
        delivered=len(got.copies),
        doubled=got.doubled,
        resumed_after=got.seconds_until_new(moment),
        runs=len(RECEIVED.findall(rig.log(name))),
    )


def _count(rig: Rig, state: str) -> int:
    return int(rig.one(COUNT, (state,)))
