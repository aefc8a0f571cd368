"""Registered wishes: every version stays, two are compared, the record follows (CUS-33)."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from customers.models import Customer, FieldEvent, IntentRegistration
from customers.services.intents import IntentEntry, register_intent
from tests.factories import CustomerFactory, LeadFactory

ENGLISH = {"accept-language": "en"}
JSON = "application/json"
FIRST = {
    "purpose": "own_use",
    "layout": "bed2",
    "area_min": "80",
    "area_max": "95",
    "price_min": "200",
    "price_max": "260",
    "timing": "half_year",
    "deciders": "夫妻",
    "competitors": "江南里",
    "obstacle": "首付",
}


@pytest.fixture
def customer(consultant):
    return LeadFactory(customer=CustomerFactory(owner=consultant)).customer


@pytest.fixture
def client(consultant, client_for):
    return client_for(consultant)


def urls(customer):
    return (
        reverse("customers:customer-intents", args=[customer.pk]),
        reverse("customers:intent-add", args=[customer.pk]),
    )


@pytest.mark.spec("CUS-33")
def test_two_registrations_keep_both_versions_and_the_difference_is_shown(
    org, client, customer, consultant
):
    tab, add = urls(customer)
    project = org.project_one
    assert client.post(add, FIRST | {"project": project.pk}).status_code == 302
    second = FIRST | {"layout": "bed3", "price_max": "300", "obstacle": "", "project": project.pk}
    assert client.post(add, second | {"purpose": "upgrade"}).status_code == 302
    rows = IntentRegistration.objects.order_by("version").values_list(
        "version", "layout", "price_max", "purpose", "obstacle", "competitors", "actor", "project"
    )
    tail = ("江南里", consultant.pk, project.pk)
    assert list(rows) == [
        (1, "bed2", Decimal("2600000.00"), "own_use", "首付", *tail),
        (2, "bed3", Decimal("3000000.00"), "upgrade", "", *tail),
    ]
    assert IntentRegistration.objects.filter(lead=customer.leads.get()).count() == 2
    page = client.get(tab, headers=ENGLISH).content.decode()
    changed = {
        part.partition('"')[0]
        for part in page.split('data-field="')[1:]
        if part.partition(">")[0].endswith('class="is-changed"')
    }
    assert changed == {"layout", "price_max", "purpose", "obstacle"}
    assert "2 bedrooms" in page
    assert "3 bedrooms" in page
    back = client.get(f"{tab}?from=2&to=1", headers=ENGLISH).context["page"]
    assert (back.older.version, back.newer.version) == (2, 1)
    line = next(each for each in back.differences if each.field == "purpose")
    assert (line.before, line.after) == ("Upgrade", "Own use")
    odd = client.get(f"{tab}?from=x&to=99999999999999", headers=ENGLISH).context["page"]
    assert (odd.older.version, odd.newer.version) == (1, 2)


@pytest.mark.spec("CUS-33")
def test_the_newest_version_updates_the_record_and_fills_the_next_form(client, customer):
    tab, add = urls(customer)
    client.post(add, FIRST)
    customer.refresh_from_db()
    assert (customer.budget_min, customer.budget_max) == (Decimal(2000000), Decimal(2600000))
    assert (customer.layout, customer.motive, customer.version) == ("bed2", "自住", 2)
    changed = set(FieldEvent.objects.values_list("field", flat=True))
    assert changed == {"budget_min", "budget_max", "layout", "motive"}
    form = client.get(tab).context["form"]
    assert (form["competitors"].value(), form["layout"].value()) == ("江南里", "bed2")
    assert form["price_max"].value() == "260"
    client.post(add, {"purpose": "investment"})
    customer.refresh_from_db()
    assert (customer.layout, customer.budget_max) == ("bed2", Decimal(2600000))


def test_a_saved_version_cannot_be_changed_but_moves_with_a_merge(client, customer, consultant):
    client.post(urls(customer)[1], FIRST)
    rows = IntentRegistration.objects.all()
    for change in ({"layout": "bed5"}, {"price_max": 1}, {"obstacle": "无"}, {"actor": None}):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            rows.update(**change)
    other = CustomerFactory(owner=consultant)
    assert rows.update(customer=other, version=7, lead=None) == 1
    assert rows.get().layout == "bed2"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "resale"}, "purpose"),
        ({"layout": "castle"}, "layout"),
        ({"timing": "soon"}, "timing"),
        ({"area_min": "120"}, "area_max"),
        ({"price_min": "900"}, "price_max"),
        ({"project": "999999"}, "project"),
        ({"obstacle": "x" * 301}, "obstacle"),
    ],
)
def test_what_cannot_be_registered_is_named_and_nothing_is_written(client, customer, change, field):
    answer = client.post(urls(customer)[1], FIRST | change)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    answer = client.post(
        f"/api/v1/customers/{customer.pk}/intents/", FIRST | change, content_type=JSON
    )
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}
    assert IntentRegistration.objects.count() == 0
    assert Customer.objects.get(pk=customer.pk).version == 1


def test_the_api_registers_and_lists_and_asks_for_the_right(
    client, client_for, customer, marketing
):
    path = f"/api/v1/customers/{customer.pk}/intents/"
    body = {"purpose": "parents", "layout": "三房", "price_max": "3200000"}
    answer = client.post(path, body, content_type=JSON)
    assert (answer.status_code, answer.json()["version"]) == (201, 1)
    assert answer.json()["layout"] == "bed3"
    assert client.post(path, body | {"timing": "now"}, content_type=JSON).status_code == 201
    reader = client_for(marketing)
    assert [row["version"] for row in reader.get(path).json()] == [2, 1]
    assert reader.post(path, body, content_type=JSON).status_code == 403
    assert reader.post(urls(customer)[1], FIRST).status_code == 403
    assert IntentRegistration.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_register_at_once_get_two_versions(customer, consultant, now):
    barrier, failures = threading.Barrier(2), []

    def run(purpose):
        barrier.wait()
        try:
            register_intent(
                customer=customer, entry=IntentEntry(purpose=purpose), actor=consultant, now=now
            )
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[p]) for p in ("own_use", "investment")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    versions = IntentRegistration.objects.order_by("version").values_list("version", flat=True)
    assert list(versions) == [1, 2]
