"""One change to many customers: one request, a job, a result per row, an undo (B4)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import StaleError
from customers.models import (
    BulkChange,
    BulkChangeItem,
    ChannelOptOut,
    Customer,
    CustomerTag,
    OwnershipEvent,
    Tag,
    Task,
)
from customers.services import bulk
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
URL = "/customers/bulk/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def boss(client_for, supervisor):
    return client_for(supervisor)


@pytest.fixture
def tag(supervisor):
    return Tag.objects.create(name="学区", group="need", owner=supervisor)


def many(owner, number):
    """Write customers in one statement."""
    made = CustomerFactory.build_batch(number, owner=owner)
    return Customer.objects.bulk_create(made)


def work(change):
    while bulk.run(change_id=change.pk, clock=timezone.now):
        pass
    change.refresh_from_db()
    return change


def begin(client, **data):
    answer = client.post(URL, data | {"idempotency_key": "k1"}, headers=ENGLISH)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return BulkChange.objects.get()


@pytest.mark.check("B-33")
def test_1284_rows_in_one_request_with_result_and_undo(boss, supervisor, consultant, tag):
    made = many(consultant, 1284)
    had = [customer.pk for customer in made[:4]]
    CustomerTag.objects.bulk_create(
        CustomerTag(customer_id=pk, tag=tag, at=timezone.now(), actor=supervisor) for pk in had
    )
    data = {"action": "add_tag", "all": "1", "query": "view=all", "tag": tag.pk}
    with CaptureQueriesContext(connection) as captured:
        change = begin(boss, **data)
    inserts = [q for q in captured.captured_queries if "INSERT INTO customers_bulkc" in q["sql"]]
    assert len(inserts) == 1
    again = boss.post(URL, data | {"idempotency_key": "k1"})
    assert (again.status_code, BulkChange.objects.count()) == (302, 1)
    assert change.total == 1284
    assert CustomerTag.objects.count() == 4
    work(change)
    assert (change.state, change.done, change.failed) == ("done", 1284, 0)
    assert CustomerTag.objects.filter(tag=tag).count() == 1284
    page = boss.get(f"{URL}{change.pk}/", headers=ENGLISH).content.decode()
    assert "1280 succeeded" in page
    CustomerTag.objects.filter(customer=made[10]).delete()
    undo = boss.post(f"{URL}{change.pk}/undo/", {"idempotency_key": "k2"})
    assert undo.status_code == 302
    work(change)
    assert change.state == "undone"
    assert set(CustomerTag.objects.values_list("customer", flat=True)) == set(had)
    assert bulk.counts(change) == {"undone": 1279, "kept": 1, "unchanged": 4}
    assert AuditEvent.objects.filter(kind="customers.bulk_changed").count() == 1
    assert AuditEvent.objects.filter(kind="customers.bulk_undone").count() == 1


def test_assigning_is_taken_back_with_leads_and_tasks(boss, supervisor, consultant, consultant_b):
    first, moved = CustomerFactory.create_batch(2, owner=consultant)
    lead = LeadFactory(customer=first, owner=consultant)
    task = TaskFactory(customer=first, owner=consultant)
    was = Customer.objects.get(pk=first.pk)
    change = begin(
        boss,
        action="assign",
        ids=f"{first.pk},{moved.pk}",
        owner=consultant_b.pk,
        reason="换组",
    )
    work(change)
    assert set(Customer.objects.values_list("owner", flat=True)) == {consultant_b.pk}
    lead.refresh_from_db()
    task.refresh_from_db()
    assert (lead.owner, task.owner) == (consultant_b, consultant_b)
    Customer.objects.filter(pk=moved.pk).update(owner=supervisor, owned_since=timezone.now())
    bulk.undo_bulk(change=change, now=timezone.now())
    work(change)
    now = Customer.objects.get(pk=first.pk)
    names = ("owner_id", "owned_since", "protected_until", "team_id", "project_id", "pooled_at")
    assert [getattr(now, name) for name in names] == [getattr(was, name) for name in names]
    lead.refresh_from_db()
    task.refresh_from_db()
    assert (lead.owner, task.owner, task.state) == (consultant, consultant, "open")
    assert Customer.objects.get(pk=moved.pk).owner == supervisor
    kept = BulkChangeItem.objects.get(customer=moved)
    assert (kept.state, kept.error) == ("kept", "changed")


def test_returning_to_the_pool_names_who_stays_and_is_taken_back(boss, consultant):
    free, bound = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant, name="=王五")
    LeadFactory(customer=bound, owner=consultant, state="signed")
    task = TaskFactory(customer=free, owner=consultant)
    change = begin(boss, action="to_pool", ids=[free.pk, bound.pk], reason="无人跟进")
    work(change)
    assert Customer.objects.get(pk=free.pk).owner is None
    assert Customer.objects.get(pk=bound.pk).owner == consultant
    assert Task.objects.get(pk=task.pk).state == "cancelled"
    answer = boss.get(f"{URL}{change.pk}/reasons/", headers=ENGLISH)
    text = answer.content.decode("utf-8-sig")
    assert "'=王五" in text
    assert "subscription or a contract" in text
    assert "attachment" in answer.headers["Content-Disposition"]
    bulk.undo_bulk(change=change, now=timezone.now())
    work(change)
    assert Customer.objects.get(pk=free.pk).owner == consultant
    assert Task.objects.get(pk=task.pk).state == "open"


def test_a_refused_channel_is_noted_for_all_and_taken_back(boss, consultant):
    made = CustomerFactory.create_batch(3, owner=consultant)
    change = begin(boss, action="refuse_channel", ids=[one.pk for one in made], channel="sms")
    work(change)
    assert ChannelOptOut.objects.filter(channel="sms", ended_at=None).count() == 3
    bulk.undo_bulk(change=change, now=timezone.now())
    work(change)
    assert ChannelOptOut.objects.filter(ended_at=None).count() == 0


def test_rights_and_sight_are_looked_at_again_by_the_worker(
    boss, client_for, supervisor, consultant, consultant_c, tag, org
):
    inside, outside = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant_c)
    data = {"action": "add_tag", "ids": f"{inside.pk},{outside.pk}", "tag": tag.pk}
    change = begin(boss, **data)
    assert change.total == 1
    other = CustomerFactory(owner=consultant)
    BulkChangeItem.objects.create(change=change, customer=other)
    Customer.objects.filter(pk=other.pk).update(team=org.team_b)
    work(change)
    assert CustomerTag.objects.get().customer == inside
    assert BulkChangeItem.objects.get(customer=other).error == "out_of_sight"
    mine = client_for(consultant)
    refused = mine.post(URL, data | {"action": "assign", "idempotency_key": "k9"})
    assert refused.status_code == 403
    supervisor.is_active = False
    supervisor.save()
    second = BulkChange.objects.create(
        action="remove_tag", params={"tag": tag.pk}, author=supervisor, created_at=timezone.now()
    )
    BulkChangeItem.objects.create(change=second, customer=inside)
    work(second)
    assert BulkChangeItem.objects.get(change=second).error == "right"
    assert CustomerTag.objects.count() == 1


def test_nobody_chosen_or_too_little_said_starts_nothing(boss, consultant, consultant_c, tag):
    hidden = CustomerFactory(owner=consultant_c)
    for data in (
        {"action": "add_tag", "tag": tag.pk},
        {"action": "add_tag", "ids": hidden.pk, "tag": tag.pk},
        {"action": "add_tag", "all": "1", "query": "grade=Z", "tag": tag.pk},
        {"action": "to_pool", "ids": CustomerFactory(owner=consultant).pk},
    ):
        assert boss.post(URL, data).status_code == 422
    assert BulkChange.objects.count() == 0


def test_a_change_is_seen_by_whoever_started_it(boss, client_for, consultant, executive, tag):
    change = begin(boss, action="add_tag", ids=CustomerFactory(owner=consultant).pk, tag=tag.pk)
    assert client_for(executive).get(f"{URL}{change.pk}/").status_code == 404


def test_a_killed_worker_is_followed_by_one_that_does_the_rest(boss, consultant, tag, monkeypatch):
    many(consultant, 450)
    change = begin(boss, action="add_tag", all="1", query="view=all", tag=tag.pk)
    real, calls = bulk._write, []

    def dies(items, results):
        calls.append(len(items))
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(items, results)

    monkeypatch.setattr(bulk, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        bulk.run(change_id=change.pk, clock=timezone.now)
    change.refresh_from_db()
    assert (change.state, change.done) == ("running", 200)
    assert CustomerTag.objects.count() == 200
    monkeypatch.setattr(bulk, "_write", real)
    sent = []
    monkeypatch.setattr(bulk, "_enqueue", sent.append)
    assert bulk.resume_silent(now=timezone.now()) == 0
    assert bulk.resume_silent(now=timezone.now() + 2 * bulk.SILENT) == 1
    assert sent == [change.pk]
    work(change)
    assert (change.state, change.done, CustomerTag.objects.count()) == ("done", 450, 450)


def test_the_time_for_taking_back_ends(boss, consultant, tag):
    change = begin(boss, action="add_tag", ids=CustomerFactory(owner=consultant).pk, tag=tag.pk)
    work(change)
    with pytest.raises(StaleError):
        bulk.undo_bulk(change=change, now=timezone.now() + timedelta(minutes=31))
    assert BulkChange.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_back_at_once_one_wins_and_the_effect_is_one(
    boss, consultant, consultant_b
):
    customer = CustomerFactory(owner=consultant)
    change = begin(boss, action="assign", ids=customer.pk, owner=consultant_b.pk, reason="换组")
    work(change)
    answers = []

    def undo():
        try:
            bulk.undo_bulk(change=change, now=timezone.now())
            answers.append("begun")
        except StaleError:
            answers.append("stale")
        bulk.run(change_id=change.pk, clock=timezone.now)
        connections.close_all()

    threads = [threading.Thread(target=undo) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["begun", "stale"]
    assert Customer.objects.get().owner == consultant
    assert OwnershipEvent.objects.filter(to_owner=consultant).count() == 1


def test_the_list_offers_the_ways_one_may_use(boss, client_for, consultant, marketing):
    CustomerFactory(owner=consultant)
    mine = client_for(consultant).get(reverse("customers:customer-list")).content.decode()
    assert 'value="add_tag"' in mine
    assert 'value="assign"' not in mine
    assert 'value="assign"' in boss.get("/customers/?view=all").content.decode()
    other = client_for(marketing).get("/customers/?view=all").content.decode()
    assert 'id="bulk"' not in other
