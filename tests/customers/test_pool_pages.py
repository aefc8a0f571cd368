"""In and out of the pool, and the class set by hand, through pages and the API (CUS-08, CUS-49)."""

import itertools

import pytest
from django.urls import reverse

from customers.models import ClassEvent, Customer, Lead, OwnershipEvent
from customers.services.pool import take_from_pool
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def lead(consultant, supervisor):
    return LeadFactory(customer=CustomerFactory(name="王浩然", owner=consultant))


@pytest.fixture
def client(client_for, consultant):
    return client_for(consultant)


def post(client, path, **data):
    return client.post(path, data, headers=ENGLISH)


def api(client, path, **data):
    return client.post(f"/api/v1/{path}", data, content_type=JSON)


def waiting(project, **values):
    customer = CustomerFactory(project=project, region_id=project.node.region_id, **values)
    LeadFactory(customer=customer)
    return customer


def owner_of(customer):
    return Customer.objects.get(pk=customer.pk).owner


def take(client, customer):
    return post(client, reverse("customers:customer-take", args=[customer.pk]))


@pytest.mark.spec("CUS-49")
def test_the_first_consultant_takes_the_customer_and_the_change_is_logged(
    org, client, client_for, consultant, consultant_b, consultant_c
):
    customer = waiting(org.project_one, name="李四", phone="+8613800138000")
    url = reverse("customers:customer-take", args=[customer.pk])
    pool = client.get(reverse("customers:pool"), headers=ENGLISH).content.decode()
    record = client.get(customer.get_absolute_url()).content.decode()
    for page in (pool, record):
        assert f'action="{url}"' in page
        assert "13800138000" not in page
        assert "138 **** 8000" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert take(client_for(consultant_c), customer).status_code == 404
    assert owner_of(customer) is None
    assert take(client, customer).status_code == 302
    assert owner_of(customer) == consultant
    assert take(client_for(consultant_b), customer).status_code == 409
    assert take(client, customer).status_code == 409
    events = OwnershipEvent.objects.values_list("from_owner", "to_owner", "actor", "is_backup")
    assert list(events) == [(None, consultant.pk, consultant.pk, False)]
    assert Lead.objects.get().owner == consultant
    assert f'action="{url}"' not in client.get(customer.get_absolute_url()).content.decode()
    assert "李四" not in client.get(reverse("customers:pool")).content.decode()


def test_whoever_read_the_pool_before_another_took_the_customer_is_refused(
    org, client_for, consultant, consultant_b, now, monkeypatch
):
    customer = waiting(org.project_one)
    stale = Customer.objects.get(pk=customer.pk)
    take_from_pool(customer=customer, actor=consultant, now=now)
    monkeypatch.setattr("customers.views.leads.get_customer", lambda request, customer_id: stale)
    answer = take(client_for(consultant_b), customer)
    assert answer.status_code == 409
    assert "Taken by consultant." in answer.content.decode()
    assert owner_of(customer) == consultant
    assert OwnershipEvent.objects.count() == 1


def test_nobody_takes_who_cannot_own_and_no_button_is_offered(
    org, client_for, agent, executive, marketing
):
    customer = waiting(org.project_one)
    for user, status in ((agent, 409), (executive, 409), (marketing, 403)):
        client = client_for(user)
        assert take(client, customer).status_code == status
        assert api(client, f"customers/{customer.pk}/take/").status_code == status
        for page in (reverse("customers:pool"), customer.get_absolute_url()):
            assert "/take/" not in client.get(page).content.decode()
    assert owner_of(customer) is None
    assert OwnershipEvent.objects.count() == 0


def test_the_api_takes_and_answers_with_the_customer(org, client, client_for, consultant_c):
    customer = waiting(org.project_one)
    path = f"customers/{customer.pk}/take/"
    assert api(client_for(consultant_c), path).status_code == 404
    answer = api(client, path)
    assert (answer.status_code, answer.json()["owner_name"]) == (200, "consultant")
    assert answer.json()["phone_is_masked"] is False
    assert api(client, path).status_code == 409


def test_a_supervisor_returns_a_customer_to_the_pool_with_a_reason(
    client, client_for, consultant, supervisor, lead
):
    url = reverse("customers:customer-return", args=[lead.customer_id])
    record = lead.customer.get_absolute_url()
    boss = client_for(supervisor)
    assert f'action="{url}"' in boss.get(record).content.decode()
    assert f'action="{url}"' not in client.get(record).content.decode()
    assert post(client, url, reason="客户要求").status_code == 403
    assert post(boss, url, reason="").status_code == 422
    assert owner_of(lead.customer) == consultant
    assert post(boss, url, reason="客户要求换人").status_code == 302
    assert owner_of(lead.customer) is None
    change = OwnershipEvent.objects.get()
    assert (change.from_owner, change.to_owner, change.actor, change.reason) == (
        consultant,
        None,
        supervisor,
        "客户要求换人",
    )
    assert (Lead.objects.get().state, Lead.objects.get().owner) == ("new", None)
    assert post(boss, url, reason="再来一次").status_code == 409
    assert lead.customer.name in client.get(reverse("customers:pool")).content.decode()


@pytest.mark.spec("CUS-08")
def test_each_step_by_hand_leaves_a_row_and_jumps_are_refused(client, client_for, supervisor, lead):
    customer = lead.customer
    url = reverse("customers:customer-class", args=[customer.pk])
    boss = client_for(supervisor)
    page = boss.get(customer.get_absolute_url()).content.decode()
    assert f'action="{url}"' in page
    assert [
        to for to in ("potential", "intent", "existing") if f'<option value="{to}"' in page
    ] == ["intent"]
    assert f'action="{url}"' not in client.get(customer.get_absolute_url()).content.decode()
    reason = "签约证明已核对"
    assert post(client, url, customer_class="intent", reason=reason).status_code == 403
    path = f"customers/{customer.pk}/class/"
    assert api(client, path, customer_class="intent", reason=reason).status_code == 403
    for jump in ("first_purchase", "existing", "high_value"):
        answer = post(boss, url, customer_class=jump, reason=reason)
        assert answer.status_code == 409
        assert "The class cannot change this way" in answer.content.decode()
        assert api(boss, path, customer_class=jump, reason=reason).status_code == 409
    for bad in ({"customer_class": "intent", "reason": "短"}, {"customer_class": "vip"}):
        assert post(boss, url, **{"reason": reason, **bad}).status_code == 422
        assert api(boss, path, **{"reason": reason, **bad}).status_code == 400
    assert ClassEvent.objects.count() == 0
    steps = ["potential", "intent", "first_purchase", "existing", "high_value"]
    for place, to in enumerate(steps[1:]):
        if place % 2:
            answer = api(boss, path, customer_class=to, reason=reason)
            assert (answer.status_code, answer.json()["customer_class"]) == (200, to)
        else:
            assert post(boss, url, customer_class=to, reason=reason).status_code == 302
    rows = ClassEvent.objects.order_by("pk").values_list(
        "from_class", "to_class", "reason", "is_manual", "actor"
    )
    pairs = itertools.pairwise(steps)
    assert list(rows) == [(old, new, reason, True, supervisor.pk) for old, new in pairs]
    assert Customer.objects.get(pk=customer.pk).customer_class == "high_value"
