from customers.models import Customer
from tests.factories import CustomerFactory


def test_phone_is_ciphertext_in_the_table_and_text_in_the_model(consultant, django_db_blocker):
    from django.db import connection

    made = CustomerFactory(owner=consultant, phone="+8615400001234")
    with connection.cursor() as cursor:
        cursor.execute("select phone from customers_customer where id = %s", [made.pk])
        raw = bytes(cursor.fetchone()[0])
    assert b"15400001234" not in raw
    assert Customer.objects.get(pk=made.pk).phone == "+8615400001234"
