"""What fields were before, and two sources with two numbers (CUS-06)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from customers.models import Customer, CustomerContact, FieldEvent
from customers.rules.entry import CustomerEntry
from customers.services.customers import register_customer, update_customer
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
JSON = "application/json"
OLD, NEW = "+8613800138000", "+8613900139000"


def capture(actor, now, **values):
    point = values.pop("capture_point", "front_desk")
    entry = CustomerEntry(capture_point=point, **values)
    return register_customer(entry=entry, actor=actor, now=now)


def numbers(customer):
    customer.refresh_from_db()
    others = CustomerContact.objects.filter(customer=customer, kind="phone")
    return customer.phone, [each.value for each in others]


@pytest.mark.spec("CUS-06")
def test_of_two_numbers_the_newest_is_shown_and_the_older_one_is_in_the_history(
    org, client_for, consultant, now
):
    key = {"external_source": "app", "external_id": "u-7"}
    first = capture(consultant, now, name="王浩然", phone=OLD, capture_point="app", **key)
    later = now + timedelta(hours=1)
    second = capture(consultant, later, name="王浩然", phone=NEW, **key)
    assert second.customer.pk == first.customer.pk
    assert numbers(first.customer) == (NEW, [OLD])
    event = FieldEvent.objects.get(field="phone")
    assert (event.old_value, event.new_value, event.source) == (OLD, NEW, "front_desk")
    assert (event.actor, event.at) == (consultant, later)
    client = client_for(consultant)
    record = client.get(first.customer.get_absolute_url()).content.decode()
    assert "139 0013 9000" in record.replace("\N{NO-BREAK SPACE}", " ")
    page = client.get(reverse("customers:field-history", args=[first.customer.pk]), headers=ENGLISH)
    text = page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "138 0013 8000" in text
    assert "139 0013 9000" in text
    found = client.get("/customers/", {"q": "13800138000"}, follow=True).content.decode()
    assert "王浩然" in found


def test_a_number_that_was_given_earlier_stays_a_further_contact(org, consultant, now):
    customer = CustomerFactory(owner=consultant, phone=NEW, external_source="a", external_id="1")
    Customer.objects.filter(pk=customer.pk).update(created_at=now)
    capture(
        consultant,
        now,
        name=customer.name,
        phone=OLD,
        external_source="a",
        external_id="1",
        received_at=now - timedelta(days=2),
    )
    assert numbers(customer) == (NEW, [OLD])
    assert not FieldEvent.objects.filter(field="phone").exists()


def test_a_public_form_changes_no_number_and_another_name_is_kept(org, consultant, now):
    customer = CustomerFactory(name="王浩然", owner=consultant, phone=OLD)
    capture(None, now, name="李娜", phone=OLD, capture_point="web_form")
    customer.refresh_from_db()
    assert (customer.name, customer.phone) == ("王浩然", OLD)
    event = FieldEvent.objects.get()
    assert (event.field, event.old_value, event.new_value) == ("other_name", None, "李娜")


def test_an_edit_leaves_one_statement_of_history_and_no_edit_none(org, consultant, now):
    customer = CustomerFactory(owner=consultant, city="杭州")
    changes = {"city": "杭州", "district": "滨江", "occupation": "教师"}
    update_customer(
        customer=customer, changes=changes, version=customer.version, actor=consultant, now=now
    )
    rows = FieldEvent.objects.order_by("field").values_list("field", "source", "actor")
    assert list(rows) == [
        ("district", "edit", consultant.pk),
        ("occupation", "edit", consultant.pk),
    ]
    events = {e.field: (e.old_value, e.new_value) for e in FieldEvent.objects.all()}
    assert events == {"district": (None, "滨江"), "occupation": (None, "教师")}


def test_the_history_masks_what_the_record_masks(org, client_for, consultant, supervisor, now):
    customer = CustomerFactory(owner=consultant, phone=OLD)
    update_customer(
        customer=customer,
        changes={"phone": NEW, "address": "文三路1号"},
        version=customer.version,
        actor=consultant,
        now=now,
    )
    url = reverse("customers:field-history", args=[customer.pk])
    text = client_for(supervisor).get(url).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "138 **** 8000" in text
    assert "文三路" not in text
    assert "139 0013 9000" not in text
