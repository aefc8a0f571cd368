"""The queue of pairs, decisions that last, and the warning while typing (BEY-01)."""

import pytest
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from customers.indexes import contact_index
from customers.models import Customer, CustomerContact, DuplicateSuggestion
from customers.services.duplicates import find_duplicates
from customers.services.households import add_relation
from customers.tasks import find_duplicates as nightly
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def with_contact(customer, kind, value):
    CustomerContact.objects.create(
        customer=customer, kind=kind, value=value, value_index=contact_index(kind, value)
    )
    return customer


@pytest.fixture
def twins(org, consultant):
    left = with_contact(CustomerFactory(name="王浩然", owner=consultant), "wechat", "wx_1")
    right = with_contact(CustomerFactory(name="王浩然", owner=consultant), "wechat", "wx_1")
    return left, right


def test_the_nightly_job_proposes_and_a_decided_pair_never_comes_back(
    twins, client_for, supervisor
):
    assert nightly.apply().get() == {"compared": 1, "proposed": 1, "dropped": 0, "merged": 0}
    pair = DuplicateSuggestion.objects.get()
    assert (pair.left, pair.right) == twins
    assert ["same_wechat", "0.65"] in pair.reasons
    client = client_for(supervisor)
    url = reverse("customers:duplicate-different", args=[pair.pk])
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 404
    assert nightly.apply().get() == {"compared": 0, "proposed": 0, "dropped": 0, "merged": 0}
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("different", supervisor)
    assert AuditEvent.objects.filter(kind="customer.not_duplicate").count() == 1


def test_a_pair_that_no_longer_holds_is_dropped(twins, now):
    find_duplicates(now=now)
    CustomerContact.objects.filter(customer=twins[1]).update(value_index=b"x")
    Customer.objects.filter(pk=twins[1].pk).update(name="李娜")
    assert find_duplicates(now=now).dropped == 1
    assert not DuplicateSuggestion.objects.exists()


def test_people_linked_as_two_are_not_proposed(twins, consultant, now):
    add_relation(customer=twins[0], other=twins[1], kind="parent", actor=consultant, now=now)
    assert find_duplicates(now=now).proposed == 0


@pytest.mark.parametrize("count", [1, 20])
def test_the_queue_reads_as_often_for_one_pair_as_for_twenty(
    org, client_for, supervisor, consultant, now, count, django_assert_num_queries
):
    for number in range(count):
        for _twin in range(2):
            customer = CustomerFactory(name=f"王浩{number}", owner=consultant)
            with_contact(customer, "wechat", f"wx_{number}")
    find_duplicates(now=now)
    assert DuplicateSuggestion.objects.count() == count
    client, url = client_for(supervisor), reverse("customers:duplicate-list")
    client.get(url)
    with django_assert_num_queries(3):
        client.get(url)


def ask(client, **data):
    return client.post(reverse("customers:customer-known"), data, headers=ENGLISH)


def test_the_warning_says_only_what_the_asker_may_see(
    org, client_for, consultant, consultant_b, consultant_c, marketing
):
    mine = CustomerFactory(name="王浩然", owner=consultant, phone="+8613800138000")
    CustomerFactory(name="赵六六", owner=consultant_c, phone="+8613900139000")
    client = client_for(consultant)
    form = client.get(reverse("customers:customer-add")).content.decode()
    assert f'hx-post="{reverse("customers:customer-known")}"' in form
    assert (
        f'href="{mine.get_absolute_url()}"' in ask(client, phone="138 0013 8000").content.decode()
    )
    foreign = ask(client, phone="13900139000").content.decode()
    assert "outside your area" in foreign
    assert "赵六六" not in foreign
    for text in ("1390013900", "", "13700137000"):
        assert ask(client, phone=text, name="赵六六").content.decode().strip() == ""
    assert "王浩然" in ask(client, name="王浩然").content.decode()
    assert ask(client_for(consultant_b), name="王浩然").content.decode().strip() == ""
    assert ask(client_for(marketing), phone="13800138000").status_code == 403
    asked = AuditEvent.objects.filter(kind="customer.duplicate_asked")
    assert [event.facts for event in asked.order_by("pk")] == [
        {"is_hidden": False},
        {"is_hidden": True},
    ]


def test_the_warning_is_limited_to_thirty_numbers_a_minute(org, client_for, consultant):
    client = client_for(consultant)
    answers = [ask(client, phone=f"137001370{n:02d}").status_code for n in range(31)]
    assert answers == [200] * 30 + [429]
