"""The handover rate by day and batch; every figure equals the list it opens."""

from datetime import timedelta

import pytest

from customers.handover.rules import Refusal
from customers.handover.services import slots, stations
from customers.models import DeliverySlot, UnitDefect, UnitDelivery
from tests.factories import UserFactory
from tests.handover.conftest import man

pytestmark = pytest.mark.django_db
REASONS = ("拒收", "未到场", "未预约", "已预约", "办理中")


@pytest.fixture
def mixed(ready, specialist, now, today) -> list[UnitDelivery]:
    """Seven invited units: taken, refused, missed, two unbooked, booked, on site."""
    rows = ready(7, days=0)
    batch = rows[0].batch
    man(batch, today, specialist)
    past = DeliverySlot.objects.create(
        batch=batch,
        starts_at=now - timedelta(hours=3),
        ends_at=now - timedelta(hours=2),
        capacity=3,
    )
    later = DeliverySlot.objects.create(
        batch=batch, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2), capacity=3
    )
    UnitDelivery.objects.filter(pk=rows[0].pk).update(taken_at=now)
    visit = stations.arrive(delivery=rows[1], escort="", actor=specialist, now=now)
    stations.refuse(visit=visit, refusal=Refusal.QUALITY, reason="渗水", actor=specialist, now=now)
    UnitDelivery.objects.filter(pk=rows[2].pk).update(slot=past)
    slots.book_slot(delivery=rows[5], slot=later, actor=specialist, now=now)
    stations.arrive(delivery=rows[6], escort="", actor=specialist, now=now)
    return rows


@pytest.mark.spec("SVC-92")
def test_each_tile_equals_its_query(client_for, mixed, specialist, today) -> None:
    browser = client_for(specialist)
    page = browser.get("/handover/rate/")
    total = page.context["total"]
    assert (total.invited.number, total.taken.number, total.percent) == (7, 1, 14.3)
    assert [str(tile.label) for tile in total.reasons] == list(REASONS)
    assert [tile.number for tile in total.reasons] == [1, 1, 2, 1, 1]
    assert [line.title for line in page.context["batches"]] == [mixed[0].batch]
    days = page.context["days"]
    assert [line.title for line in days] == [today + timedelta(days=1), today]
    assert [line.invited.number for line in days] == [1, 6]
    for line in (total, *page.context["batches"], *days):
        assert line.taken.number + sum(tile.number for tile in line.reasons) == line.invited.number
        for tile in (line.invited, line.taken, *line.reasons):
            listed = browser.get(tile.url)
            assert listed.context["total"] == tile.number, (tile.url, tile.number)
            assert len(listed.context["rows"]) == tile.number
    text = page.content.decode()
    assert "14.3%" in text
    assert f'/handover/{mixed[0].batch_id}/">{mixed[0].batch}</a>' in text
    row = browser.get("/handover/").context["rows"][0]
    assert (row.invited, row.taken, row.percent) == (7, 1, 14.3)


def test_an_uninvited_unit_does_not_count(client_for, ready, specialist) -> None:
    ready(3, notify=False)
    page = client_for(specialist).get("/handover/rate/")
    total = page.context["total"]
    assert (total.invited.number, total.percent) == (0, None)
    assert page.context["batches"] == page.context["days"] == []


def test_figures_hold_the_projects_one_sees_only(client_for, mixed, org) -> None:
    stranger = client_for(UserFactory(role="specialist", node=org.project_two.node))
    assert stranger.get("/handover/rate/").context["total"].invited.number == 0
    assert stranger.get("/handover/units/").context["total"] == 0
    assert stranger.get(f"/handover/units/{mixed[0].pk}/").status_code == 404


def test_a_buyer_is_named_only_to_who_sees_the_customer(
    client_for, mixed, specialist, engineering
) -> None:
    name = mixed[0].purchase.customer.name
    assert name in client_for(specialist).get("/handover/units/").content.decode()
    hidden = client_for(engineering)
    assert name not in hidden.get("/handover/units/").content.decode()
    assert name not in hidden.get(f"/handover/units/{mixed[0].pk}/").content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_asks_as_often_for_one_unit_as_for_many(
    client_for, ready, specialist, number, django_assert_max_num_queries
) -> None:
    browser = client_for(specialist)
    ready(number)
    browser.get("/handover/units/")
    with django_assert_max_num_queries(16):
        browser.get("/handover/units/")


@pytest.mark.parametrize("number", [1, 20])
@pytest.mark.parametrize("name", ["delivery-batches", "deliveries", "defects"])
def test_programs_read_one_as_often_as_many(
    client_for, ready, specialist, engineering, name, number, now, django_assert_max_num_queries
) -> None:
    for delivery in ready(number):
        UnitDefect.objects.create(
            delivery=delivery,
            room="kitchen",
            trade="water",
            severity="minor",
            text="滴水",
            found_by=engineering,
            found_at=now,
        )
    program = client_for(specialist)
    rows = program.get(f"/api/v1/{name}/").json()["results"]
    assert len(rows) == (1 if name == "delivery-batches" else number)
    with django_assert_max_num_queries(4):
        program.get(f"/api/v1/{name}/")


def test_programs_read_what_the_page_says(client_for, mixed, specialist) -> None:
    program = client_for(specialist)
    page = program.get("/handover/units/?outcome=taken")
    taken = program.get("/api/v1/deliveries/?outcome=taken").json()
    assert taken["count"] == page.context["total"] == 1
    assert taken["results"][0]["outcome"] == "taken"
    assert mixed[0].purchase.customer.name not in str(taken)
