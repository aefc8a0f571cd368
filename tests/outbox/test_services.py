"""Writing messages: with the business transaction, once per key, never with a phone number."""

import threading

import pytest
from django.db import connection, transaction

from crm_site.outbox.errors import MessageParamsError, UnknownMessageError
from crm_site.outbox.models import Message
from crm_site.outbox.services import Outgoing, send, send_many

pytestmark = pytest.mark.django_db
PARAMS = {"customer": "张三", "due": "10:32"}


def tell(user, now, **more):
    values = {"kind": "test.sample", "subject": None, "params": PARAMS, "key": "k1"} | more
    return send(recipient=user, now=now, **values)


def test_a_message_waits_for_delivery(consultant, now):
    message = tell(consultant, now, subject=("customer", 7))
    row = Message.objects.get()
    assert row == message
    assert (row.state, row.channel, row.recipient, row.next_attempt_at) == (
        "waiting",
        "in_app",
        consultant,
        now,
    )
    assert (row.subject_kind, row.subject_id, row.idempotency_key) == ("customer", "7", "k1:in_app")


def test_the_same_key_writes_nothing_new(consultant, now):
    tell(consultant, now)
    assert tell(consultant, now, params={"customer": "李四", "due": "x"}) is None
    assert Message.objects.get().params == PARAMS


def test_one_row_per_channel(consultant, now):
    tell(consultant, now, kind="test.loud")
    assert sorted(Message.objects.values_list("channel", "idempotency_key")) == [
        ("in_app", "k1:in_app"),
        ("sms", "k1:sms"),
    ]


def test_it_rolls_back_with_the_business(consultant, now):
    with transaction.atomic():
        tell(consultant, now)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"customer": "张三"},
        PARAMS | {"note": "打13800138000"},
        PARAMS | {"customer": "13912345678"},
    ],
)
def test_words_that_cannot_be_made_and_phone_numbers_are_refused(consultant, now, params):
    with pytest.raises(MessageParamsError):
        tell(consultant, now, params=params)
    assert not Message.objects.exists()


def test_an_undeclared_kind_is_refused(consultant, now):
    with pytest.raises(UnknownMessageError):
        tell(consultant, now, kind="no.such")


def test_many_messages_take_one_statement(consultant, now, django_assert_num_queries):
    outgoing = [Outgoing("test.sample", consultant.pk, f"m{n}", PARAMS) for n in range(50)]
    with django_assert_num_queries(1):
        assert send_many(outgoing, now=now) == 50
    send_many(outgoing, now=now)
    assert Message.objects.count() == 50


def test_delivery_is_asked_for_once_per_transaction(
    consultant, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        for n in range(3):
            tell(consultant, now, key=f"k{n}")
    assert len(callbacks) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_unique", "expected"), [(True, 1), (False, 6)])
def test_senders_at_once_write_once_because_of_the_unique_key(consultant, now, is_unique, expected):
    """Without the unique key the same race writes duplicates, so the key is what prevents them."""
    if not is_unique:
        _drop_unique_key()
    barrier, failures = threading.Barrier(6), []

    def write():
        try:
            barrier.wait(10)
            _insert(consultant, now)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(6)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert failures == []
        assert Message.objects.filter(idempotency_key="race:in_app").count() == expected
    finally:
        if not is_unique:
            _restore_unique_key()


def _insert(user, now):
    send_many([Outgoing("test.sample", user, "race", PARAMS)], now=now)


def _unique_name():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'outbox_message'::regclass"
            " AND contype = 'u'"
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _drop_unique_key():
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE outbox_message DROP CONSTRAINT {_unique_name()}")


def _restore_unique_key():
    Message.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE outbox_message ADD CONSTRAINT outbox_message_idempotency_key_key"
            " UNIQUE (idempotency_key)"
        )
