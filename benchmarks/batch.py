"""A large batch of messages whose worker is killed and whose broker is emptied.

It has as many recipients as the company customers. The floor writes the rows of the same recipients
and their messages in bare statements of Django. The customers are copies of one, in a project of
their own, and are deleted at the end.
"""

import os
import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.faulty.letters import copy_customer, outlive
from benchmarks.faulty.rig import rig
from benchmarks.figures import Row, compare
from benchmarks.import_floor import make_ground
from crm_site.outbox.models import Message
from crm_site.staff.models import User
from crm_site.staff.services import create_user
from customers.indexes import phone_columns
from customers.models import Customer, Project
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.messaging.models import Batch, BatchMessage
from marketing.messaging.services.batches import BatchDraft, launch_batch, write_batch
from marketing.messaging.services.templates import KIND, TemplateDraft, save_template

RESUMES = 60.0  # seconds: two turns of the schedule
PART = 1000
PHONE = "+8615500000000"
TABLES = (
    "DELETE FROM marketing_batchmessage WHERE customer_id > %(mark)s",
    "DELETE FROM outbox_message WHERE kind = %(kind)s AND addressee_id::bigint > %(mark)s",
    "DELETE FROM customers_consentevent WHERE customer_id > %(mark)s",
    "DELETE FROM customers_customer WHERE id > %(mark)s",
)


def run(customers: int) -> Iterator[Row]:
    """Yield the speed beside its floor, how long the kill held it up, and what is missing."""
    make_ground()
    mark = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        batch = _launched(customers)
        with rig(os.environ | {"CONN_MAX_AGE": "0"}, own_database=False) as found:
            seen = outlive(found, batch, size=customers)
        print(f"killed after {seen.at_kill:,} of {customers:,} recipients")
        floor = customers / _bare(batch)
        name = "recipients written, with kill and restarts"
        yield compare(name, floor=floor, ours=customers / seen.seconds, unit="rows/s", goal=None)
        case = "seconds from the kill to the next recipients"
        yield compare(case, floor=RESUMES, ours=seen.resumed_after, unit="s", goal=1.0)
        rows = BatchMessage.objects.filter(batch=batch)
        letters = Message.objects.filter(kind=KIND, subject_id=str(batch.pk))
        whole = seen.at_kill == seen.joined_at_kill
        yield Row("rows without message at the kill", 0, int(not whole), "", 0.0, 0.0, whole)
        for case, people in (
            ("recipients without exactly one row", rows.values("customer")),
            ("recipients without exactly one message", letters.values("addressee_id")),
        ):
            wrong = abs(people.count() - customers) + abs(people.distinct().count() - customers)
            yield Row(case, 0, wrong, "rows", 0.0, 0.0, wrong == 0)
    finally:
        _delete(mark)


def _launched(size: int) -> Batch:
    """Make the customers and launch a batch to them."""
    project = Project.objects.get(code="bench")
    now = timezone.now()
    first = Customer.objects.create(
        name="客户",
        sort_key="客户",
        tokens=["客户"],
        **phone_columns(PHONE),
        source="walk_in",
        owner=User.objects.get(username="bench0"),
        owned_since=now,
        project=project,
        region=project.node.region,
    )
    for purpose in (Purpose.CONTACT, Purpose.MARKETING):
        record_consent(
            customer=first,
            purpose=purpose,
            is_given=True,
            channel=Channel.PHONE,
            actor=None,
            now=now - timedelta(days=1),
        )
    copy_customer(first, size - 1)
    known = User.objects.filter(username="bench-marketing").first()
    author = known or create_user(
        username="bench-marketing", name="测速营销", role="marketing", node=project.node
    )
    text = save_template(
        draft=TemplateDraft(
            name="测速",
            purpose=Purpose.MARKETING.value,
            title="样板间开放",
            body="{name}，欢迎来{project}",
            project=project,
        ),
        actor=author,
        now=now,
    )
    draft = BatchDraft(
        name="测速",
        template=text,
        audience="filter",
        channel="sms",
        starts_at=now,
        ends_at=now + timedelta(days=2),
        hour_from=0,
        hour_until=24,
        project=project,
    )
    batch = write_batch(draft=draft, actor=author, now=now)
    return launch_batch(batch=batch, actor=author, now=now)


def _bare(batch: Batch) -> float:
    """Return the seconds that bare statements take to write the same rows; they leave nothing."""
    rows = list(BatchMessage.objects.filter(batch=batch).select_related("message"))
    with transaction.atomic():
        BatchMessage.objects.filter(batch=batch).delete()
        started = time.perf_counter()
        for row in rows:
            row.message.pk, row.message.idempotency_key = None, f"bare:{row.pk}"
        letters = Message.objects.bulk_create([row.message for row in rows], batch_size=PART)
        for row, letter in zip(rows, letters, strict=True):
            row.pk, row.message = None, letter
        BatchMessage.objects.bulk_create(rows, batch_size=PART)
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _delete(mark: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement, {"mark": mark, "kind": KIND})
        Batch.objects.filter(name="测速").delete()
