"""One page from enquiry to contract with one host, its hand-offs, and the remote pack."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.journey.onestop import figures, hand_offs
from customers.journey.slots import free_slots
from customers.journey.viewings import Booking, book_viewing
from customers.models import OwnershipEvent, Playbook, PlaybookRun, Task
from customers.purchase.services.holding import hold_unit
from customers.services.ownership import assign_customer
from customers.services.tasks import complete_task
from tests.factories import CustomerFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


def owned(customer, *hosts, at):
    """Write the ownership history of a customer."""
    before = None
    for number, host in enumerate(hosts):
        OwnershipEvent.objects.create(
            customer=customer,
            at=at + timedelta(hours=number),
            from_owner=before,
            to_owner=host,
            kind="assigned" if host else "recycled",
        )
        before = host


@pytest.mark.spec("CUS-63")
def test_one_page_joins_the_four_links_and_one_host_makes_no_hand_off(
    unit, buyer, project, seller, colleague, boss, client_for, now
) -> None:
    real = timezone.now()
    OwnershipEvent.objects.create(customer=buyer, at=now, to_owner=seller, kind="assigned")
    slot = free_slots(project, now=real)[-1]
    booking = Booking(customer=buyer, project=project, starts_at=slot.starts_at, host=seller)
    book_viewing(booking=booking, actor=seller, now=real)
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=real)
    lead = buyer.leads.get()
    browser = client_for(boss)
    answer = browser.get(f"/customers/{buyer.pk}/way/")
    page = answer.content.decode()
    for link in (f"/leads/{lead.pk}/", f"/purchases/{purchase.pk}/", "/units/", "/meetings/"):
        assert link in page
    assert f"/viewings/add/?customer={buyer.pk}" in page
    way = answer.context["way"]
    assert (way.host, way.hand_offs) == (seller, 0)
    listed = browser.get("/ways/")
    assert [(row.customer, row.hand_offs) for row in listed.context["rows"]] == [(buyer, 0)]
    shown = listed.context["figures"]
    assert (shown.ways, shown.with_one_host, shown.mean) == (1, 1, Decimal("0.00"))
    assign_customer(customer=buyer, owner=colleague, reason="休假", actor=boss, now=real)
    assert browser.get(f"/customers/{buyer.pk}/way/").context["way"].hand_offs == 1
    shown = browser.get("/ways/").context["figures"]
    assert (shown.with_one_host, shown.mean) == (0, Decimal("1.00"))


def test_the_pool_between_two_hosts_is_one_hand_off_and_backups_are_none(org, seller, now) -> None:
    other, third = UserFactory.create_batch(2, node=org.team_a)
    through_pool, back, once = CustomerFactory.create_batch(3, owner=seller)
    owned(through_pool, seller, None, other, at=now)
    owned(back, seller, None, seller, at=now)
    owned(once, seller, other, third, at=now)
    OwnershipEvent.objects.create(
        customer=back, at=now, from_owner=seller, to_owner=other, is_backup=True
    )
    found = hand_offs([through_pool.pk, back.pk, once.pk])
    assert found == {through_pool.pk: 1, once.pk: 2}


def test_the_measure_has_no_figure_without_a_purchase(boss, now) -> None:
    assert figures(boss, since=now).mean is None


def test_the_list_costs_the_same_for_one_and_for_twenty(
    make_units, seller, boss, client_for, now
) -> None:
    units, browser = make_units(20), client_for(boss)

    def begin(each, number):
        customer = CustomerFactory(owner=seller)
        LeadFactory(customer=customer)
        who = UserFactory(node=seller.node) if number % 4 == 0 else seller
        hold_unit(unit=each, customer=customer, actor=who, now=now)

    sellers = [UserFactory(node=seller.node) for _number in range(5)]
    for number, each in enumerate(units[:1]):
        begin(each, number)
    browser.get("/ways/")
    with CaptureQueriesContext(connection) as few:
        assert len(browser.get("/ways/").context["rows"]) == 1
    for number, each in enumerate(units[1:]):
        customer = CustomerFactory(owner=seller)
        LeadFactory(customer=customer)
        hold_unit(unit=each, customer=customer, actor=sellers[number // 4], now=now)
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get("/ways/").context["rows"]) == 20
    assert len(many) == len(few)


@pytest.mark.spec("CUS-56")
def test_the_remote_flag_attaches_the_pack_and_each_item_shows_whether_it_is_done(
    buyer, seller, specialist, client_for
) -> None:
    browser, url = client_for(seller), f"/customers/{buyer.pk}/remote/"
    page = f"/customers/{buyer.pk}/way/"
    assert browser.get(page).context["items"] == []
    assert browser.post(url, {"idempotency_key": "a"}).status_code == 302
    assert browser.post(url, {"idempotency_key": "b"}).status_code == 302  # flagged already
    run = PlaybookRun.objects.get(customer=buyer)
    items = browser.get(page).context["items"]
    assert len(items) == 5
    assert not any(item.is_done for item in items)
    task = Task.objects.get(source="playbook", source_id=f"{run.pk}:viewing")
    assert task.owner == seller
    complete_task(task=task, outcome="视频看房", actor=seller, now=timezone.now())
    answer = browser.get(page)
    assert [item.is_done for item in answer.context["items"]] == [True] + [False] * 4
    text = answer.content.decode()
    assert text.count("已完成") >= 1
    assert text.count("未完成") == 4


def test_taking_the_flag_back_asks_why_and_withdraws_what_is_open(
    buyer, seller, client_for
) -> None:
    browser = client_for(seller)
    browser.post(f"/customers/{buyer.pk}/remote/", {"idempotency_key": "a"})
    url = f"/customers/{buyer.pk}/remote/end/"
    assert browser.post(url, {"idempotency_key": "b"}).status_code == 422
    assert Task.objects.filter(source="playbook", state="open").exists()
    assert browser.post(url, {"reason": "已迁来", "idempotency_key": "c"}).status_code == 302
    assert not Task.objects.filter(source="playbook", state="open").exists()
    assert browser.get(f"/customers/{buyer.pk}/way/").context["run"] is None
    browser.post(f"/customers/{buyer.pk}/remote/", {"idempotency_key": "d"})
    assert PlaybookRun.objects.filter(customer=buyer).count() == 2


def test_a_pack_out_of_use_is_not_begun(buyer, seller, client_for) -> None:
    Playbook.objects.create(
        key="own", name="异地", trigger="flag:remote", is_active=False, steps=[]
    )
    answer = client_for(seller).post(f"/customers/{buyer.pk}/remote/", {"idempotency_key": "a"})
    assert answer.status_code == 409
    assert not PlaybookRun.objects.exists()
