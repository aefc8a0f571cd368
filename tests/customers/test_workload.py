"""Open prospects per consultant, the cap, and the alert about neglected ones (CUS-51)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from crm_site.outbox.models import Message
from customers.errors import NotAssignableError
from customers.models import Customer, OwnershipEvent
from customers.policies import OwnershipRules
from customers.selectors import workload as reading
from customers.selectors.workload import workload
from customers.services import ownership, sharing_out
from customers.services.neglect import watch_neglect
from customers.services.pool import take_from_pool
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENGLISH = {"accept-language": "en"}


def prospect(owner, *, silent_days=0, now=None, **values):
    moments = {}
    if now is not None:
        moments = {"owned_since": now - 60 * DAY, "last_contact_at": now - silent_days * DAY}
    customer = CustomerFactory(owner=owner, **moments, **values)
    LeadFactory(customer=customer)
    return customer


def waiting(org):
    customer = CustomerFactory(project=org.project_one)
    LeadFactory(customer=customer)
    return customer


@pytest.fixture
def cap_of_two(monkeypatch):
    rules = OwnershipRules(open_cap=2)
    for module in (ownership, sharing_out, reading):
        monkeypatch.setattr(module, "ownership_rules", lambda now: rules)


@pytest.mark.spec("CUS-51")
def test_whoever_is_full_gets_no_new_lead_and_the_manager_is_told(
    org, client_for, cap_of_two, consultant, consultant_b, supervisor, now
):
    from customers.tasks import assign_unowned, watch_workload

    for _ in range(2):
        prospect(consultant, now=now - 90 * DAY)
    LeadFactory(customer=CustomerFactory(owner=consultant), state="lost", lost_reason="价格")
    new = [waiting(org) for _ in range(3)]
    assign_unowned()
    owners = list(
        Customer.objects.filter(pk__in=[one.pk for one in new]).values_list("owner", flat=True)
    )
    assert sorted(owners, key=str) == sorted([consultant_b.pk, consultant_b.pk, None], key=str)
    watch_workload()
    watch_workload()
    alert = Message.objects.get(kind="workload.neglected")
    assert (alert.recipient, alert.params["owner"], alert.params["share"]) == (
        supervisor,
        "consultant",
        100,
    )
    page = client_for(supervisor).get(reverse("customers:workload"), headers=ENGLISH)
    assert "Full" in page.content.decode()
    assert client_for(consultant).get(reverse("customers:workload")).status_code == 403


def test_by_hand_only_with_the_confirmation_of_a_supervisor(
    client_for, cap_of_two, consultant, consultant_b, supervisor
):
    for _ in range(2):
        prospect(consultant)
    third = prospect(consultant_b)
    boss = client_for(supervisor)
    url = reverse("customers:customer-assign", args=[third.pk])
    asked = {"owner": consultant.pk, "reason": "离客户更近"}
    refused = boss.post(url, asked, headers=ENGLISH)
    assert refused.status_code == 422
    assert "would have more than 2 open prospects" in refused.content.decode()
    assert Customer.objects.get(pk=third.pk).owner == consultant_b
    assert OwnershipEvent.objects.count() == 0
    assert boss.post(url, {**asked, "over_cap": "on"}, headers=ENGLISH).status_code == 302
    assert Customer.objects.get(pk=third.pk).owner == consultant


def test_nobody_takes_from_the_pool_beyond_the_cap(org, cap_of_two, consultant, now):
    for _ in range(2):
        prospect(consultant)
    customer = waiting(org)
    with pytest.raises(NotAssignableError):
        take_from_pool(customer=customer, actor=consultant, now=now)
    assert Customer.objects.get(pk=customer.pk).owner is None
    assert OwnershipEvent.objects.count() == 0


def test_ages_new_ones_and_links(client_for, consultant, consultant_b, supervisor, now):
    for days in (1, 4, 20):
        prospect(consultant, silent_days=days, now=now)
    row, empty = workload(user=supervisor, now=now).rows
    assert (row.open, row.median, row.oldest) == (3, 4 * DAY, 20 * DAY)
    assert (row.neglected, row.neglected_share, row.new_today) == (1, 33, 3)
    assert (empty.open, empty.median, empty.oldest, empty.neglected_share) == (0, None, None, 0)
    page = client_for(supervisor).get(row.url)
    assert page.content.count(b'class="c-own"') - 1 == row.open


def test_few_neglected_ones_alarm_nobody_and_a_new_day_tells_again(consultant, supervisor, now):
    for _ in range(3):
        prospect(consultant, silent_days=1, now=now)
    old = prospect(consultant, silent_days=20, now=now)
    assert watch_neglect(now=now) == 0
    assert Message.objects.count() == 0
    Customer.objects.exclude(pk=old.pk).update(last_contact_at=now - 15 * DAY)
    for moment in (now, now, now + DAY):
        assert watch_neglect(now=moment) == 1
    assert Message.objects.filter(kind="workload.neglected").count() == 2
