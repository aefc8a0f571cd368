"""The key is changed: everything is written anew under the new one, and a dump shows no number."""

import os
import secrets
import shutil
import subprocess
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from crm_site.common import crypto, rotation
from crm_site.common.models import AnsweredRequest
from crm_site.common.rotation import columns, count_old, rotate
from customers.models import Customer, CustomerContact
from tests.factories import CustomerFactory

PHONES = [f"+861398374{number:04d}" for number in range(50)]


def run(*arguments):
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def filled(consultant):
    people = [CustomerFactory(owner=consultant, phone=phone) for phone in PHONES]
    for number, person in enumerate(people):
        Customer.objects.filter(pk=person.pk).update(
            id_number=f"1101051949123{number:04d}X",
            address=f"文一路{number}号",
            annual_income="450000",
        )
    CustomerContact.objects.create(
        customer=people[0], kind="email", value="wj@example.com", value_index=b"x"
    )
    place = "common_answeredrequest.body"
    for key, body in (("done", crypto.encrypt("answer", place=place)), ("open", b"")):
        AnsweredRequest.objects.create(user=consultant, key=key, fingerprint="f", body=body)
    return people


@pytest.mark.check("A-31")
@pytest.mark.django_db
def test_rotation_leaves_nothing_under_the_old_key(filled, settings):
    old, new = settings.FIELD_KEYS[0], secrets.token_hex(32)
    settings.FIELD_KEYS = [new, old]
    waiting = sum(count_old(column) for column in columns())
    assert waiting >= 4 * len(PHONES) + 2
    assert "under an older key" in run()
    assert sum(count_old(column) for column in columns()) == waiting

    assert f"{waiting} values written anew." in run("--yes")

    assert sum(count_old(column) for column in columns()) == 0
    assert run("--yes") == "0 values written anew.\n"
    settings.FIELD_KEYS = [new]  # the old key is thrown away
    people = Customer.objects.in_bulk([person.pk for person in filled])
    assert [people[person.pk].phone for person in filled] == PHONES
    assert people[filled[7].pk].address == "文一路7号"
    assert CustomerContact.objects.get().value == "wj@example.com"
    kept = AnsweredRequest.objects.get(key="done")
    assert crypto.decrypt(bytes(kept.body), place="common_answeredrequest.body") == "answer"
    settings.FIELD_KEYS = [old]
    with pytest.raises(crypto.UndecryptableError):
        Customer.objects.get(pk=filled[0].pk)


@pytest.mark.django_db
def test_a_stopped_rotation_goes_on_where_it_was(filled, settings, monkeypatch):
    settings.FIELD_KEYS = [secrets.token_hex(32), *settings.FIELD_KEYS]
    phones = next(one for one in columns() if str(one) == "customers_customer.phone")
    monkeypatch.setattr("crm_site.common.rotation.BATCH", 20)
    monkeypatch.setattr(rotation, "_rewrite", stopping_after(2, rotation._rewrite))
    with pytest.raises(KeyboardInterrupt):
        rotate(phones)
    assert count_old(phones) == 10
    monkeypatch.undo()
    assert rotate(phones) == 10
    assert count_old(phones) == 0


def stopping_after(batches, work):
    """Return ``work`` that is interrupted in the batch after so many."""
    done = []

    def run_one(*arguments):
        if len(done) == batches:
            raise KeyboardInterrupt
        done.append(1)
        return work(*arguments)

    return run_one


@pytest.mark.check("A-31")
@pytest.mark.django_db
def test_every_ciphertext_names_its_key(filled):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, id_number FROM customers_customer")
        stored = [bytes(value) for row in cursor.fetchall() for value in row]
    assert {crypto.key_id(blob) for blob in stored} == {crypto.newest_key_id()}


@pytest.mark.check("A-31")
@pytest.mark.django_db(transaction=True)
def test_a_dump_of_the_database_shows_none_of_fifty_numbers(filled):
    dump = dumped()
    for person in filled:  # the rows are in it, not the tables alone
        assert person.name.encode() in dump
    for number, phone in enumerate(PHONES):
        for text in (phone, phone[3:], f"1101051949123{number:04d}X"):
            assert text.encode() not in dump
            assert text.encode().hex().encode() not in dump
    assert "文一路7号".encode() not in dump


def dumped() -> bytes:
    """Return what pg_dump writes, else every row of every table as COPY writes it."""
    program = shutil.which("pg_dump")
    held = connection.settings_dict
    if program:
        command = [program, "-h", held["HOST"], "-p", str(held["PORT"]), "-U", held["USER"]]
        environment = os.environ | {"PGPASSWORD": held["PASSWORD"]}
        done = subprocess.run([*command, held["NAME"]], env=environment, capture_output=True)
        if done.returncode == 0:
            return done.stdout
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            parts += [table.encode(), *(row[0].encode() for row in cursor.fetchall())]
    return b"\n".join(parts)
