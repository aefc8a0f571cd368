"""The box that holds one customer: what it offers, and what it takes without a script."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from customers.models import Task
from customers.rules.search import name_tokens
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
OPTIONS = "/customers/options/"


def named(name, owner, **more):
    return CustomerFactory(owner=owner, name=name, tokens=name_tokens(name), **more)


def test_only_customers_in_scope_are_offered(client_for, consultant, consultant_c):
    mine = named("王浩然", consultant)
    named("王浩南", consultant_c)
    client = client_for(consultant)
    for text in ("王浩", "whr", "浩然"):
        page = client.get(OPTIONS, {"q": text}).content.decode()
        assert f'data-value="{mine.pk}" data-name="王浩然"' in page
        assert "王浩南" not in page
    for text in ("", "w", "没有此人"):
        assert "data-value" not in client.get(OPTIONS, {"q": text}).content.decode()


def test_a_phone_number_is_masked_and_the_question_counted(client_for, supervisor, consultant):
    customer = CustomerFactory(owner=consultant, phone="+8615400001402")
    page = client_for(supervisor).get(OPTIONS, {"q": "1402"}).content.decode()
    assert f'data-value="{customer.pk}"' in page
    assert "0000" not in page
    asked = AuditEvent.objects.get(kind="customer.searched_by_phone")
    assert asked.actor == supervisor


def test_the_offers_cost_the_same_for_one_and_for_eight(client_for, consultant):
    client = client_for(consultant)

    def cost():
        client.get(OPTIONS, {"q": "王"})
        with CaptureQueriesContext(connection) as captured:
            client.get(OPTIONS, {"q": "王"})
        return len(captured)

    named("王一", consultant)
    one = cost()
    CustomerFactory.create_batch(9, owner=consultant, name="王二")
    assert client.get(OPTIONS, {"q": "王"}).content.decode().count("data-value") == 8
    assert cost() == one


def task(customer, owner):
    due = timezone.localtime(timezone.now() + timedelta(days=1))
    return {
        "title": "送资料",
        "kind": "follow_up",
        "due_at": f"{due:%Y-%m-%dT%H:%M}",
        "owner": owner.pk,
        "customer": customer,
    }


def test_a_name_only_one_has_is_taken_without_a_script(client_for, consultant):
    customer = named("王浩然", consultant)
    url = reverse("customers:task-add")
    assert client_for(consultant).post(url, task("王浩然", consultant)).status_code == 302
    assert Task.objects.get().customer == customer


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("王浩", "Several customers match “王浩”. Choose one of the list."),
        ("没有此人", "No such customer in your area. Choose one of the list."),
        ("1402", "No such customer in your area. Choose one of the list."),
        ("15400001402", "No such customer in your area. Choose one of the list."),
    ],
)
def test_what_means_nobody_for_certain_is_refused(client_for, consultant, typed, why):
    named("王浩然", consultant, phone="+8615400001402")
    named("王浩南", consultant)
    url = reverse("customers:task-add")
    answer = client_for(consultant).post(url, task(typed, consultant), headers=ENGLISH)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Task.objects.exists()


def test_the_name_of_one_out_of_scope_is_not_told(client_for, consultant, consultant_c):
    mine = named("王浩然", consultant)
    hidden = named("李秘密", consultant_c)
    client, url = client_for(consultant), reverse("customers:task-add")
    assert 'data-picked="王浩然"' in client.get(url, {"customer": mine.pk}).content.decode()
    page = client.get(url, {"customer": hidden.pk}).content.decode()
    assert 'data-picked=""' in page
    assert "李秘密" not in page
