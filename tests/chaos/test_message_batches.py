"""A large batch whose worker is killed and whose broker is emptied (A-37, A-51).

``BENCH_ONLY=batch make bench`` does the same to the whole company and measures it.
"""

import os
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks.faulty.letters import copy_customer, outlive
from benchmarks.faulty.rig import rig
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.models import Customer
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.messaging.models import Batch, BatchMessage
from marketing.messaging.services.batches import (
    BatchDraft,
    launch_batch,
    send_batch,
    write_batch,
)
from marketing.messaging.services.templates import TemplateDraft, save_template
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)
RECIPIENTS = 5_000
SOME = 300


def crowd(size, consultant):
    """Make customers alike who agreed to everything: one by hand, the others as its copies."""
    first = CustomerFactory(owner=consultant, name="客户")
    now = timezone.now() - timedelta(days=1)
    for purpose in (Purpose.CONTACT, Purpose.MARKETING):
        record_consent(
            customer=first,
            purpose=purpose,
            is_given=True,
            channel=Channel.PHONE,
            actor=None,
            now=now,
        )
    copy_customer(first, size - 1)


@pytest.fixture
def make_batch(marketing, org):
    def make():
        now = timezone.now()
        text = save_template(
            draft=TemplateDraft(
                name="开放日",
                purpose="marketing",
                title="样板间开放",
                body="{name}，欢迎来{project}",
                project=org.project_one,
            ),
            actor=marketing,
            now=now,
        )
        draft = BatchDraft(
            name="大批",
            template=text,
            audience="filter",
            channel="sms",
            starts_at=now,
            ends_at=now + timedelta(days=2),
            hour_from=0,
            hour_until=24,
            project=org.project_one,
        )
        batch = write_batch(draft=draft, actor=marketing, now=now)
        return launch_batch(batch=batch, actor=marketing, now=now)

    return make


@pytest.fixture
def installation():
    """Return a broker of its own and the test's database."""
    place = connection.settings_dict
    address = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{address}/{place['NAME']}",
        "CONN_MAX_AGE": "0",
        "FAULT_VISIBILITY": "3",
    }
    with rig(environment, own_database=False) as found:
        yield found


@pytest.mark.check("A-51")
def test_a_large_batch_outlives_killed_workers_and_an_emptied_broker(
    installation, consultant, make_batch
):
    crowd(RECIPIENTS, consultant)
    batch = make_batch()
    seen = outlive(installation, batch, size=RECIPIENTS)
    assert 0 < seen.at_kill < RECIPIENTS
    assert seen.joined_at_kill == seen.at_kill  # no row without its message
    assert Batch.objects.get(pk=batch.pk).state in ("sending", "done")
    found = BatchMessage.objects.filter(batch=batch)
    assert found.count() == found.values("customer").distinct().count() == RECIPIENTS
    assert found.filter(message__isnull=True).count() == 0
    messages = Message.objects.filter(kind="marketing.message")
    assert messages.count() == messages.values("addressee_id").distinct().count() == RECIPIENTS


@pytest.mark.check("A-37")
def test_a_withdrawal_wins_over_the_queue_of_a_batch(consultant, make_batch, monkeypatch):
    crowd(SOME, consultant)
    batch = make_batch()
    now = timezone.now().replace(hour=2)  # ten in the morning in Shanghai
    send_batch(batch=Batch.objects.get(pk=batch.pk), now=timezone.now())
    assert BatchMessage.objects.count() == SOME
    Message.objects.update(created_at=now, next_attempt_at=now)
    Batch.objects.update(starts_at=now - timedelta(hours=1))
    people = list(Customer.objects.order_by("pk")[100:])
    committed, handed = {}, []

    class Provider:
        def deliver(self, letter):
            person = int(letter.key.split(":")[2])
            handed.append((person, timezone.now()))
            if len(handed) == 50:
                withdrawal.start()
                withdrawal.join(60)

    def withdraw():
        try:
            for person in people:
                record_consent(
                    customer=person,
                    purpose=Purpose.MARKETING,
                    is_given=False,
                    channel=Channel.PHONE,
                    actor=None,
                    now=now,
                )
                committed[person.pk] = timezone.now()
        finally:
            connection.close()

    withdrawal = threading.Thread(target=withdraw)
    monkeypatch.setattr("crm_site.outbox.delivery.adapter_for", lambda channel: Provider())
    deliver_due(now=now)
    withdrawal.join(60)
    assert len(committed) == SOME - 100
    late = [
        person
        for person, at in handed
        if person in committed and at > committed[person] + timedelta(seconds=1)
    ]
    assert late == []
    assert len(handed) == 100
    assert Message.objects.filter(state="suppressed", reason="no_consent").count() == SOME - 100
