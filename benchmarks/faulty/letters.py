"""One large batch to customers, written by real workers that are killed over a broker emptied."""

import time
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count
from kombu import Connection

from benchmarks.faulty.rig import Rig, wait_for
from customers.models import Customer
from marketing.messaging.models import Batch, BatchMessage

BEAT = 5.0  # seconds; the schedule asks every thirty
COPY = """
INSERT INTO {table} ({names}) SELECT {values} FROM {table}, generate_series(1, %s) AS n
WHERE {table}.id = %s
"""
OF_EACH = "INSERT INTO {table} ({names}) SELECT {values} FROM {table} e CROSS JOIN {customers} c "


@dataclass(frozen=True, slots=True)
class Outlived:
    """How far a batch was at the kill, and after how many seconds it went on and was written.

    ``joined_at_kill`` counts the rows that had their message.
    """

    at_kill: int
    joined_at_kill: int
    resumed_after: float
    seconds: float


def copy_customer(first: Customer, times: int) -> None:
    """Copy a customer and its consents in two statements; each copy has a number of its own."""
    consents: Any = first.consent_events.model
    with connection.cursor() as cursor:
        changed = {"phone_index": "sha256(n::text::bytea)"}
        cursor.execute(_copy(Customer, COPY, changed), [times, first.pk])
        cursor.execute(
            _copy(consents, OF_EACH, {"customer_id": "c.id"}) + "WHERE e.customer_id = %s"
            " AND c.id > %s AND c.project_id = %s",
            [first.pk, first.pk, first.project_id],
        )
        cursor.execute("ANALYZE customers_customer, customers_consentevent")


def _copy(model: Any, statement: str, changed: dict[str, str]) -> str:
    names = [f.column for f in model._meta.concrete_fields if f.column != "id" and not f.generated]
    prefix = "e." if statement is OF_EACH else ""
    values = ", ".join(changed.get(name, f"{prefix}{name}") for name in names)
    return statement.format(
        table=model._meta.db_table,
        names=", ".join(names),
        values=values,
        customers=Customer._meta.db_table,
    )


def outlive(found: Rig, batch: Batch, *, size: int, patience: float = 900) -> Outlived:
    """Let workers write the messages of a launched batch; kill the first, empty the broker.

    Return once all is written. As the schedule does, the workers are asked again and again: what
    a broker forgets is not lost.
    """
    began = time.monotonic()
    found.start("worker")
    ask(found)
    wait_for(lambda: 0 < rows(batch) < size, 120)
    found.kill("worker")
    killed = time.monotonic()
    written = BatchMessage.objects.filter(batch=batch)
    counts = written.aggregate(rows=Count("pk"), joined=Count("message"))
    at_kill: int = counts["rows"]
    found.start("worker")
    _asking(found, lambda: rows(batch) > at_kill, 120)
    resumed_after = time.monotonic() - killed
    found.stop_redis()
    found.redis.start()
    found.empty_redis()
    found.start("worker", name="second")
    for _copy in range(3):  # as many beats would ask
        ask(found)
    _asking(found, lambda: Batch.objects.get(pk=batch.pk).state != "preparing", patience)
    return Outlived(at_kill, counts["joined"], resumed_after, time.monotonic() - began)


def ask(found: Rig) -> None:
    """Ask the workers to go on."""
    from marketing.messaging.tasks import work_batches

    with Connection(found.redis.url) as wire:
        work_batches.apply_async(connection=wire, retry=False)


def rows(batch: Batch) -> int:
    """Return how many recipients of a batch are written down."""
    count: int = BatchMessage.objects.filter(batch=batch).count()
    return count


def _asking(found: Rig, condition: Any, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while True:
        try:
            wait_for(condition, min(BEAT, seconds))
            return
        except TimeoutError:
            if time.monotonic() > ends:
                raise
            ask(found)
