"""What a thief of the database sees, and that numbers are found all the same (PLT-01)."""

import pytest
from django.db import connection

from crm_site.common import crypto
from customers.models import Customer, CustomerContact
from customers.rules.entry import CustomerEntry
from customers.services.customers import register_customer
from tests.factories import CustomerFactory

SECRETS = {
    "phone": "13983746152",
    "id_number": "11010519491231002X",
    "annual_income": "450000",
    "address": "文一路9号",
}


@pytest.fixture
def customer(consultant, now):
    entry = CustomerEntry(
        capture_point="front_desk", name="欧阳文静", email="wj@example.com", **SECRETS
    )
    return register_customer(entry=entry, actor=consultant, now=now).customer


def raw_rows():
    """Return every column of the tables with personal fields, as PostgreSQL keeps them."""
    found = []
    with connection.cursor() as cursor:
        for table in ("customers_customer", "customers_customercontact"):
            cursor.execute(f"select * from {table}")  # noqa: S608 -- two constants
            for row in cursor.fetchall():
                found += [
                    bytes(value) if isinstance(value, memoryview) else str(value).encode()
                    for value in row
                ]
    return found


@pytest.mark.spec("PLT-01")
def test_database_holds_ciphertext_and_the_number_is_found(customer, client_for, consultant):
    raw = raw_rows()
    for secret in (*SECRETS.values(), "+8613983746152", "wj@example.com"):
        assert not any(secret.encode() in value for value in raw), secret
    read = Customer.objects.get()
    assert (read.phone, read.id_number) == ("+8613983746152", SECRETS["id_number"])
    assert read.address == SECRETS["address"]
    assert CustomerContact.objects.get(kind="email").value == "wj@example.com"
    for text in ("139 8374 6152", "+86 139-8374-6152", "6152"):
        page = client_for(consultant).get("/customers/", {"q": text, "view": "all"})
        assert "欧阳文静" in page.content.decode()
        rows = client_for(consultant).get("/api/v1/customers/", {"q": text}).json()["results"]
        assert [row["id"] for row in rows] == [customer.pk]


def test_same_number_has_another_ciphertext_each_time(consultant):
    one, other = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant)
    assert crypto.encrypt("x", place="a.b") != crypto.encrypt("x", place="a.b")
    assert bytes(one.phone_index) != bytes(other.phone_index)


def test_value_moved_to_another_column_does_not_open(customer):
    with connection.cursor() as cursor:
        cursor.execute("select phone from customers_customer where id = %s", [customer.pk])
        blob = bytes(cursor.fetchone()[0])
    assert crypto.decrypt(blob, place="customers_customer.phone") == "+8613983746152"
    with pytest.raises(crypto.UndecryptableError):
        crypto.decrypt(blob, place="customers_customer.id_number")


def test_index_depends_on_a_key_outside_the_database(settings):
    before = crypto.blind_index("+8613983746152", scope="phone")
    settings.INDEX_KEY = "00" * 32
    assert crypto.blind_index("+8613983746152", scope="phone") != before
