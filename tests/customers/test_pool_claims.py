"""Two who take at once, quotas that count claims, the cool-down of the former owner (CUS-52)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from customers.errors import AlreadyTakenError, NotAssignableError
from customers.models import Customer, OwnershipEvent
from customers.pool_policies import PoolRules
from customers.services import pool
from customers.services.ownership import assign_customer, return_to_pool
from customers.services.pool import claims_left, take_from_pool
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENGLISH = {"accept-language": "en"}


def waiting(org, **values):
    customer = CustomerFactory(
        project=org.project_one, region_id=org.project_one.node.region_id, **values
    )
    LeadFactory(customer=customer)
    return customer


def at_once(*works):
    """Run the works in threads that start together; return what each returned or raised."""
    barrier, outcomes = threading.Barrier(len(works)), {}

    def run(number, work):
        try:
            barrier.wait(10)
            outcomes[number] = work()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [outcomes[number] for number in range(len(works))]


@pytest.mark.spec("CUS-52")
@pytest.mark.django_db(transaction=True)
def test_two_take_at_once_and_one_wins(org, consultant, consultant_b, now):
    for _ in range(5):
        customer = waiting(org)
        done = at_once(
            lambda c=customer: take_from_pool(customer=c, actor=consultant, now=now),
            lambda c=customer: take_from_pool(customer=c, actor=consultant_b, now=now),
        )
        winners = [one for one in done if isinstance(one, Customer)]
        losers = [one for one in done if isinstance(one, AlreadyTakenError)]
        assert (len(winners), len(losers)) == (1, 1), done
        assert str(losers[0]) in {"已被 consultant 领取。", "已被 consultant_b 领取。"} or (
            "Taken by" in str(losers[0])
        )
        events = OwnershipEvent.objects.filter(customer=customer, kind="claimed")
        assert [one.to_owner for one in events] == [winners[0].owner]


@pytest.mark.django_db(transaction=True)
def test_without_the_condition_both_would_win(org, consultant, consultant_b, now, monkeypatch):
    """The test above can fail: an update that does not ask lets both believe they won."""

    def seize(pk, *, actor, change, rules):
        columns = pool.owner_columns(actor, change=change)
        return bool(Customer.objects.filter(pk=pk).update(**columns))

    monkeypatch.setattr(pool, "_seize", seize)
    customer = waiting(org)
    done = at_once(
        lambda: take_from_pool(customer=customer, actor=consultant, now=now),
        lambda: take_from_pool(customer=customer, actor=consultant_b, now=now),
    )
    assert all(isinstance(one, Customer) for one in done)
    assert OwnershipEvent.objects.filter(customer=customer, kind="claimed").count() == 2


def test_the_loser_sees_who_was_faster_and_no_personal_data(
    org, client_for, consultant, consultant_b, consultant_c
):
    customer = waiting(org, name="赵敏", phone="+8613800138000")
    url = reverse("customers:customer-take", args=[customer.pk])
    assert client_for(consultant).post(url).status_code == 302
    for path in (url, f"/api/v1/customers/{customer.pk}/take/"):
        answer = client_for(consultant_b).post(path, headers=ENGLISH)
        body = answer.content.decode()
        assert answer.status_code == 409
        assert "Taken by consultant." in body
        assert "赵敏" not in body
        assert "8000" not in body
        assert client_for(consultant_c).post(path).status_code == 404
    assert Customer.objects.get(pk=customer.pk).owner == consultant
    assert OwnershipEvent.objects.count() == 1


def test_taking_and_giving_back_does_not_slip_by_the_quota(
    org, consultant, supervisor, now, monkeypatch
):
    rules = PoolRules(claims_per_day=2, cooldown_days=0)
    monkeypatch.setattr(pool, "pool_rules", lambda now: rules)
    for _ in range(2):
        taken = take_from_pool(customer=waiting(org), actor=consultant, now=now)
        return_to_pool(customer=taken, actor=supervisor, reason="换人", now=now)
    assert Customer.objects.filter(owner=consultant).count() == 0
    assert claims_left(consultant, now=now) == 0
    third = waiting(org)
    with pytest.raises(NotAssignableError):
        take_from_pool(customer=third, actor=consultant, now=now)
    third.refresh_from_db()
    assert third.owner is None
    assert OwnershipEvent.objects.filter(kind="claimed").count() == 2
    assert take_from_pool(customer=third, actor=consultant, now=now + DAY).owner == consultant


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_windows_cannot_exceed_the_quota(org, consultant, now, monkeypatch):
    monkeypatch.setattr(pool, "pool_rules", lambda now: PoolRules(claims_per_day=1))
    first, second = waiting(org), waiting(org)
    done = at_once(
        lambda: take_from_pool(customer=first, actor=consultant, now=now),
        lambda: take_from_pool(customer=second, actor=consultant, now=now),
    )
    assert sorted(type(one).__name__ for one in done) == ["Customer", "NotAssignableError"]
    assert Customer.objects.filter(owner=consultant).count() == 1


def test_who_lost_it_cannot_take_it_back_nor_be_given_it_within_the_cool_down(
    org, consultant, consultant_b, supervisor, now
):
    customer = CustomerFactory(owner=consultant)
    return_to_pool(customer=customer, actor=supervisor, reason="长期未跟进", now=now)
    customer.refresh_from_db()
    soon, later = now + 6 * DAY, now + 8 * DAY
    with pytest.raises(NotAssignableError):
        take_from_pool(customer=customer, actor=consultant, now=soon)
    with pytest.raises(NotAssignableError):
        assign_customer(
            customer=customer, owner=consultant, actor=supervisor, reason="还给他", now=soon
        )
    customer.refresh_from_db()
    assert customer.owner is None
    assert OwnershipEvent.objects.filter(to_owner__isnull=False).count() == 0
    assert take_from_pool(customer=customer, actor=consultant, now=later).owner == consultant


def test_capturing_it_again_does_not_slip_by_the_cool_down(
    org, consultant, consultant_b, supervisor, now
):
    from customers.rules.entry import CustomerEntry
    from customers.services.customers import register_customer

    customer = CustomerFactory(owner=consultant, phone="+8613800138001")
    return_to_pool(customer=customer, actor=supervisor, reason="长期未跟进", now=now)
    entry = CustomerEntry(capture_point="front_desk", name="再来", phone="13800138001")
    register_customer(entry=entry, actor=consultant, now=now + DAY)
    assert Customer.objects.get(pk=customer.pk).owner is None
    register_customer(entry=entry, actor=consultant_b, now=now + DAY)
    assert Customer.objects.get(pk=customer.pk).owner == consultant_b
