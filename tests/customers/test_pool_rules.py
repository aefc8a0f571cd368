"""Silent customers: a warning the day before, then the pool; buyers stay (CUS-52)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from crm_site.common import whole_tables
from crm_site.outbox.models import Message
from customers.models import (
    Customer,
    CustomerGrade,
    Lead,
    OwnershipEvent,
    PoolWarning,
    Task,
)
from customers.rules.pool import SilenceLimit, days_for, falls_at, silent_before
from customers.services import recycling
from customers.services.ownership import return_to_pool
from customers.services.recycling import recycle_silent
from customers.services.sharing_out import assign_unowned
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def silent(consultant, now):
    """Make a customer of ``consultant`` last spoken to at ``now``."""
    started = now - 40 * DAY

    def make(**values):
        customer = CustomerFactory(
            owner=consultant, owned_since=started, **{"last_contact_at": now, **values}
        )
        LeadFactory(customer=customer)
        return customer

    return make


def owned(customer):
    return Customer.objects.get(pk=customer.pk).owner_id


def test_the_line_with_most_conditions_counts_and_buyers_never_fall():
    table = (
        SilenceLimit(15),
        SilenceLimit(20, grade="A"),
        SilenceLimit(7, customer_class="intent", grade="A"),
    )
    assert days_for("potential", "", table) == 15
    assert days_for("potential", "A", table) == 20
    assert days_for("intent", "A", table) == 7
    assert [days_for(one, "A", table) for one in ("first_purchase", "existing", "high_value")] == [
        None,
        None,
        None,
    ]


def test_fifteen_whole_days_pass_before_the_fall(now):
    fall = falls_at(now, 15)
    assert (fall - now).days == 15
    assert not now < silent_before(fall - timedelta(seconds=1), 15)
    assert now < silent_before(fall, 15)


@pytest.mark.spec("CUS-52")
def test_warned_the_day_before_then_in_the_pool_then_taken(
    silent, client_for, consultant, consultant_b, now
):
    customer = silent(name="韩梅", phone="+8613800138000")
    task = TaskFactory(customer=customer)
    for day in range(1, 15):
        assert recycle_silent(now=now + day * DAY).warned == 0
    eve = now + 15 * DAY
    assert recycle_silent(now=eve).warned == 1
    assert (recycle_silent(now=eve).warned, recycle_silent(now=eve).fell) == (0, 0)
    warning = PoolWarning.objects.get()
    assert (warning.customer, warning.owner, warning.falls_at) == (
        customer,
        consultant,
        falls_at(now, 15),
    )
    told = Message.objects.get(kind="pool.warning")
    assert (told.recipient, told.params["count"]) == (consultant, 1)
    page = client_for(consultant).get(reverse("customers:pool-warnings")).content.decode()
    assert "韩梅" in page
    assert owned(customer) == consultant.pk

    night = now + 16 * DAY
    assert recycle_silent(now=night).fell == 1
    assert recycle_silent(now=night).fell == 0
    fallen = Customer.objects.get(pk=customer.pk)
    assert (fallen.owner, fallen.pooled_at, fallen.pool_reason) == (None, night, "silent")
    event = OwnershipEvent.objects.get()
    assert (event.kind, event.from_owner, event.to_owner) == ("recycled", consultant, None)
    assert (Lead.objects.get().state, Lead.objects.get().owner) == ("new", None)
    assert Task.objects.get(pk=task.pk).state == "cancelled"
    assert AuditEvent.objects.get(kind="customers.recycled").facts["ids"] == [customer.pk]
    assert assign_unowned(now=night) == 0  # it waits for somebody to take it

    other = client_for(consultant_b)
    pool = other.get(reverse("customers:pool"), headers=ENGLISH).content.decode()
    assert "韩梅" in pool
    assert "No contact for too long" in pool
    assert "13800138000" not in pool
    assert "You may take 10 more customers today" in pool
    url = reverse("customers:customer-take", args=[customer.pk])
    assert other.post(url, headers=ENGLISH).status_code == 302
    assert owned(customer) == consultant_b.pk
    claim = OwnershipEvent.objects.latest("pk")
    assert (claim.kind, claim.to_owner, claim.actor) == ("claimed", consultant_b, consultant_b)
    assert AuditEvent.objects.filter(kind="customer.taken", actor_id=consultant_b.pk).count() == 1
    record = other.get(customer.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "No contact for too long" in record  # it arrives with its history


def test_a_night_in_several_goes_is_told_of_once_at_its_end(silent, consultant, now, monkeypatch):
    monkeypatch.setattr(whole_tables, "CHUNK", 1)
    for _n in range(3):
        silent()
    for day, key, kind in ((15, "warned", "pool.warning"), (16, "fell", "pool.fell")):
        goes = [
            recycle_silent(now=now + day * DAY + timedelta(minutes=go), seconds=0)
            for go in range(2)
        ]
        assert [(getattr(go, key), go.is_finished) for go in goes] == [(1, False)] * 2
        assert not Message.objects.filter(kind=kind).exists()
        last = recycle_silent(now=now + day * DAY + timedelta(minutes=2), seconds=0)
        assert (getattr(last, key), last.is_finished) == (1, True)
        told = Message.objects.get(kind=kind)
        assert (told.recipient, told.params["count"]) == (consultant, 3)


def test_only_a_talk_saves_it_and_an_edit_does_not(silent, now):
    spoken, edited = silent(), silent()
    eve = now + 15 * DAY
    assert recycle_silent(now=eve).warned == 2
    Customer.objects.filter(pk=edited.pk).update(updated_at=eve, remark="只改了备注")
    InteractionFactory(customer=edited, result="no_answer", at=eve)
    Customer.objects.filter(pk=spoken.pk).update(last_contact_at=eve)
    assert recycle_silent(now=now + 16 * DAY).fell == 1
    assert (owned(spoken) is None, owned(edited) is None) == (False, True)


def test_nobody_falls_without_a_warning_of_the_day_before(silent, now):
    customer = silent()
    late = now + 60 * DAY
    assert (recycle_silent(now=late).fell, PoolWarning.objects.count()) == (0, 1)
    assert owned(customer) is not None
    assert recycle_silent(now=late + DAY).fell == 1


def test_subscriptions_contracts_and_buyers_stay(silent, now):
    staying = [silent(customer_class=one) for one in ("first_purchase", "existing", "high_value")]
    for state in ("subscribed", "signed"):
        bound = silent()
        Lead.objects.filter(customer=bound).update(state=state)
        staying.append(bound)
    falling = silent(customer_class="intent")
    for day in (50, 51):
        recycle_silent(now=now + day * DAY)
    assert owned(falling) is None
    assert all(owned(one) is not None for one in staying)
    assert set(PoolWarning.objects.values_list("customer", flat=True)) == {falling.pk}


def test_a_contract_keeps_it_out_of_the_pool_by_hand_too(silent, client_for, supervisor):
    customer = silent()
    Lead.objects.filter(customer=customer).update(state="signed")
    url = reverse("customers:customer-return", args=[customer.pk])
    answer = client_for(supervisor).post(url, {"reason": "客户要求"}, headers=ENGLISH)
    assert answer.status_code == 409
    assert "cannot go to the pool" in answer.content.decode()
    assert owned(customer) is not None
    assert OwnershipEvent.objects.count() == 0


def test_grades_have_their_own_days(silent, now, monkeypatch):
    from customers.pool_policies import PoolRules
    from customers.services import pool, recycling

    rules = PoolRules(limits=(SilenceLimit(15), SilenceLimit(5, grade="A")))
    for module in (pool, recycling):
        monkeypatch.setattr(module, "pool_rules", lambda now: rules)
    best, rest = silent(), silent()
    CustomerGrade.objects.create(
        customer=best, grade="A", score=90, points=[], policy_version=1, graded_at=now
    )
    for day in (5, 6):
        recycle_silent(now=now + day * DAY)
    assert (owned(best), owned(rest) is None) == (None, False)


def test_who_does_not_want_to_be_called_is_not_offered(
    silent, client_for, consultant_b, supervisor, now
):
    complained, refused = silent(name="投诉客户"), silent(name="拒访客户")
    return_to_pool(
        customer=complained, actor=supervisor, reason="投诉电话", now=now, wants_quiet=True
    )
    InteractionFactory(customer=refused, result="refused", at=now - DAY)
    return_to_pool(customer=refused, actor=supervisor, reason="不再联系", now=now)
    until = dict(Customer.objects.values_list("pk", "hidden_until"))
    assert until == {complained.pk: now + 30 * DAY, refused.pk: now + 29 * DAY}
    Customer.objects.update(hidden_until=None)
    from django.utils import timezone

    Customer.objects.filter(pk=complained.pk).update(hidden_until=timezone.now() + DAY)
    page = client_for(consultant_b).get(reverse("customers:pool")).content.decode()
    assert ("投诉客户" in page, "拒访客户" in page) == (False, True)
    url = reverse("customers:customer-take", args=[complained.pk])
    assert client_for(consultant_b).post(url).status_code == 409
    assert owned(complained) is None
    leader = client_for(supervisor).get(reverse("customers:pool"), headers=ENGLISH)
    assert "Not offered until" in leader.content.decode()


def test_where_the_policy_lets_nobody_fall_the_night_does_nothing(
    org, consultant, now, monkeypatch
):
    CustomerFactory(owner=consultant, owned_since=now - 400 * DAY)
    monkeypatch.setattr(recycling, "FALLING_CLASSES", ())
    assert recycle_silent(now=now) == recycling.Recycled()
    assert not PoolWarning.objects.exists()
