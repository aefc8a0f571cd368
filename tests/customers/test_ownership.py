"""One owner, one backup, every change logged; the pool is shared out fairly (CUS-49)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from crm_site.audit.models import AuditEvent
from crm_site.staff.models import User
from customers.errors import AlreadyTakenError, EntryError, NotAssignableError, OwnerChangedError
from customers.models import Customer, Lead, OwnershipEvent, Task, TaskEvent
from customers.services.ownership import assign_customer, return_to_pool
from customers.services.pool import take_from_pool
from customers.services.sharing_out import assign_unowned
from tests.factories import CustomerFactory, LeadFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db


def in_pool(project, **values):
    customer = CustomerFactory(project=project, region=project.node.region, **values)
    LeadFactory(customer=customer)
    return customer


def test_new_owner_takes_leads_and_open_tasks_along(consultant, consultant_b, supervisor, now):
    customer = CustomerFactory(owner=consultant)
    open_lead, lost = (
        LeadFactory(customer=customer),
        LeadFactory(customer=customer, state="lost", lost_reason="price"),
    )
    task, done = (
        TaskFactory(customer=customer),
        TaskFactory(customer=customer, state="done", done_at=now),
    )
    foreign = TaskFactory(customer=customer, owner=supervisor)
    moved = assign_customer(
        customer=customer,
        owner=consultant_b,
        backup=consultant,
        actor=supervisor,
        reason="调岗",
        now=now,
    )
    assert (moved.owner, moved.backup, moved.owned_since) == (consultant_b, consultant, now)
    assert moved.protected_until == now + timedelta(days=30)
    owners = dict(Lead.objects.values_list("pk", "owner"))
    assert owners == {open_lead.pk: consultant_b.pk, lost.pk: consultant.pk}
    assert dict(Task.objects.values_list("pk", "owner")) == {
        task.pk: consultant_b.pk,
        done.pk: consultant.pk,
        foreign.pk: supervisor.pk,
    }
    assert list(TaskEvent.objects.values_list("task", "kind")) == [(task.pk, "moved")]
    events = OwnershipEvent.objects.order_by("pk")
    assert list(events.values_list("from_owner", "to_owner", "is_backup", "reason", "actor")) == [
        (consultant.pk, consultant_b.pk, False, "调岗", supervisor.pk),
        (None, consultant.pk, True, "调岗", supervisor.pk),
    ]
    audit = AuditEvent.objects.get(kind="customer.assigned")
    assert (audit.subject_id, audit.facts["to"]) == (str(customer.pk), consultant_b.pk)


def test_team_project_and_region_follow_the_owner(consultant, consultant_c, executive, now):
    customer = CustomerFactory(owner=consultant)
    moved = assign_customer(
        customer=customer, owner=consultant_c, actor=executive, reason="换项目", now=now
    )
    node = consultant_c.node
    assert (moved.team_id, moved.project_id, moved.region_id) == (
        node.pk,
        node.project_id,
        node.region_id,
    )


def test_nobody_assigns_beyond_their_reach(
    consultant, consultant_b, consultant_c, supervisor, marketing, now
):
    customer = CustomerFactory(owner=consultant)
    leaver = UserFactory(node=supervisor.node, is_active=False)
    for owner in (consultant_c, marketing, leaver):
        with pytest.raises(NotAssignableError):
            assign_customer(
                customer=customer, owner=owner, actor=supervisor, reason="试试", now=now
            )
    with pytest.raises(NotAssignableError):
        assign_customer(
            customer=customer,
            owner=consultant_b,
            backup=consultant_b,
            actor=supervisor,
            reason="试试",
            now=now,
        )
    with pytest.raises(EntryError):
        assign_customer(
            customer=customer, owner=consultant_b, actor=supervisor, reason=" ", now=now
        )
    assert Customer.objects.get().owner == consultant
    assert OwnershipEvent.objects.count() == 0


def test_second_assigner_is_told(consultant, consultant_b, supervisor, now):
    customer = CustomerFactory(owner=consultant)
    stale = Customer.objects.get()
    assign_customer(customer=customer, owner=consultant_b, actor=supervisor, reason="调岗", now=now)
    with pytest.raises(OwnerChangedError):
        assign_customer(customer=stale, owner=supervisor, actor=supervisor, reason="调岗", now=now)
    assert Customer.objects.get().owner == consultant_b
    assert OwnershipEvent.objects.count() == 1


def test_backup_who_becomes_owner_is_backup_no_more(consultant, consultant_b, supervisor, now):
    customer = CustomerFactory(owner=consultant, backup=consultant_b)
    moved = assign_customer(
        customer=customer, owner=consultant_b, actor=supervisor, reason="调岗", now=now
    )
    assert (moved.owner, moved.backup) == (consultant_b, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.update(backup=consultant_b)


def test_first_taker_gets_the_pool_customer(org, consultant, consultant_b, consultant_c, now):
    customer = in_pool(org.project_one)
    taken = take_from_pool(customer=customer, actor=consultant, now=now)
    assert taken.owner == consultant
    assert Lead.objects.get().state == "assigned"
    with pytest.raises(AlreadyTakenError):
        take_from_pool(customer=customer, actor=consultant_b, now=now)
    with pytest.raises(NotAssignableError):
        take_from_pool(customer=customer, actor=consultant_c, now=now)
    return_to_pool(customer=taken, actor=consultant, reason="客户要求换人", now=now)
    customer.refresh_from_db()
    assert (customer.owner, customer.protected_until, customer.project) == (
        None,
        None,
        org.project_one,
    )
    assert (Lead.objects.get().state, Lead.objects.get().owner) == ("new", None)


@pytest.mark.spec("CUS-49")
def test_unowned_list_is_empty_after_the_job(org, consultant, consultant_b, consultant_c, now):
    from customers.tasks import assign_unowned as job

    LeadFactory(customer=CustomerFactory(owner=consultant))
    waiting = [in_pool(org.project_one) for _ in range(5)] + [in_pool(org.project_two)]
    resting = CustomerFactory(project=org.project_one)
    job()
    without = Customer.objects.in_pool()
    assert list(without) == [resting]
    owners = dict(
        Customer.objects.filter(pk__in=[c.pk for c in waiting]).values_list("pk", "owner")
    )
    shares = [
        list(owners.values()).count(user.pk) for user in (consultant, consultant_b, consultant_c)
    ]
    assert shares == [2, 3, 1]
    assert set(Lead.objects.values_list("state", flat=True)) == {"assigned"}
    assert not Lead.objects.filter(owner=None).exists()
    assert OwnershipEvent.objects.filter(from_owner=None, is_backup=False).count() == 6
    assert OwnershipEvent.objects.filter(customer=resting).count() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(owner=consultant).update(backup=consultant)
    before = dict(Customer.objects.values_list("pk", "owner"))
    job()
    assert dict(Customer.objects.values_list("pk", "owner")) == before


def test_nobody_gets_more_than_the_cap_of_the_day(org, consultant, now, monkeypatch):
    from customers.policies import OwnershipRules
    from customers.services import sharing_out

    monkeypatch.setattr(sharing_out, "ownership_rules", lambda now: OwnershipRules(daily_cap=2))
    for _ in range(5):
        in_pool(org.project_one)
    assert assign_unowned(now=now) == 2
    assert assign_unowned(now=now) == 0
    assert assign_unowned(now=now + timedelta(days=1)) == 2
    assert Customer.objects.in_pool().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_share_nobody_twice(org, consultant, consultant_b, now):
    from concurrent.futures import ThreadPoolExecutor

    for _ in range(12):
        in_pool(org.project_one)

    def run(_):
        try:
            return assign_unowned(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(run, range(4)))
    while Customer.objects.in_pool().exists():
        done.append(assign_unowned(now=now))
    assert sum(done) == 12
    assert OwnershipEvent.objects.count() == 12
    assert {
        Customer.objects.filter(owner=u).count() for u in User.objects.filter(role="consultant")
    } == {6}
