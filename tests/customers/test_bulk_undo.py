"""Many customers put back: a removed tag returns as it was; a dead worker is followed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.common.refusals import StaleError
from customers.models import BulkChange, BulkChangeItem, Customer, CustomerTag, Tag
from customers.services import bulk
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def tag(supervisor):
    return Tag.objects.create(name="学区", group="need", owner=supervisor)


def tagged(customers, tag, *, actor, at, **fields):
    CustomerTag.objects.bulk_create(
        CustomerTag(customer=each, tag=tag, at=at, actor=actor, **fields) for each in customers
    )


def start(action, tag, actor, customers):
    return bulk.start_bulk(
        action=action,
        params={"tag": tag.pk},
        customers=Customer.objects.filter(pk__in=[each.pk for each in customers]),
        actor=actor,
        now=timezone.now(),
    )


def work(change):
    while bulk.run(change_id=change.pk, clock=timezone.now):
        pass
    change.refresh_from_db()
    return change


def rows():
    return set(CustomerTag.objects.values_list("customer", "at", "actor", "by_rule"))


def test_a_removed_tag_comes_back_with_its_day_and_author(supervisor, consultant, tag):
    before = timezone.now() - 3 * DAY
    had, again, ruled, never = CustomerFactory.create_batch(4, owner=consultant)
    tagged([had, again], tag, actor=consultant, at=before)
    tagged([ruled], tag, actor=None, at=before, by_rule=True)
    change = work(start("remove_tag", tag, supervisor, [had, again, ruled, never]))
    assert bulk.counts(change) == {"done": 2, "failed": 1, "unchanged": 1}
    assert BulkChangeItem.objects.get(customer=ruled).error == "by_rule"
    assert rows() == {(ruled.pk, before, None, True)}
    since = timezone.now()
    tagged([again], tag, actor=supervisor, at=since)
    bulk.undo_bulk(change=change, now=timezone.now())
    work(change)
    assert change.state == "undone"
    assert bulk.counts(change) == {"undone": 1, "kept": 1, "failed": 1, "unchanged": 1}
    assert BulkChangeItem.objects.get(customer=again).error == "changed"
    assert rows() == {
        (had.pk, before, consultant.pk, False),
        (again.pk, since, supervisor.pk, False),
        (ruled.pk, before, None, True),
    }


def test_a_tag_retired_meanwhile_is_not_put_back(supervisor, consultant, tag):
    customer = CustomerFactory(owner=consultant)
    tagged([customer], tag, actor=consultant, at=timezone.now())
    change = work(start("remove_tag", tag, supervisor, [customer]))
    Tag.objects.filter(pk=tag.pk).update(is_active=False)
    bulk.undo_bulk(change=change, now=timezone.now())
    work(change)
    assert (change.state, bulk.counts(change)) == ("undone", {"kept": 1})
    assert rows() == set()


def test_a_half_done_undo_is_resumed_and_each_row_comes_back_once(
    supervisor, consultant, tag, monkeypatch
):
    monkeypatch.setattr(bulk, "CHUNK", 3)
    before = timezone.now() - DAY
    made = CustomerFactory.create_batch(8, owner=consultant)
    tagged(made, tag, actor=consultant, at=before)
    full = rows()
    change = work(start("remove_tag", tag, supervisor, made))
    assert rows() == set()
    bulk.undo_bulk(change=change, now=timezone.now())
    real, calls = bulk._write, []

    def dies(items, results):
        calls.append(len(items))
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(items, results)

    monkeypatch.setattr(bulk, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        bulk.run(change_id=change.pk, clock=timezone.now)
    monkeypatch.setattr(bulk, "_write", real)
    assert (len(rows()), bulk.counts(change)) == (3, {"undone": 3, "done": 5})
    change.refresh_from_db()
    assert (change.state, change.done) == ("undoing", 8)
    with pytest.raises(StaleError):
        bulk.undo_bulk(change=change, now=timezone.now())
    sent = []
    monkeypatch.setattr(bulk, "_enqueue", sent.append)
    assert bulk.resume_silent(now=timezone.now()) == 0
    assert bulk.resume_silent(now=timezone.now() + 2 * bulk.SILENT) == 1
    assert sent == [change.pk]
    work(change)
    assert (change.state, bulk.counts(change)) == ("undone", {"undone": 8})
    assert rows() == full
    assert BulkChange.objects.count() == 1
