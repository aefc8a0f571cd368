"""Slots with capacity, the roster, the stations up to the keys, and the refusal."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.common.refusals import RefusedError
from customers.handover.rules import SlotPlan
from customers.handover.services import slots, stations
from customers.handover.services.inspecting import Found, record_defect
from customers.models import (
    DeliverySlot,
    DeliveryStop,
    DeliveryVisit,
    Purchase,
    PurchaseEvent,
    UnitDelivery,
)
from customers.purchase.hooks import _gates, register_gate
from customers.purchase.rules import Step
from tests.handover.conftest import man

CRACK = Found(room="kitchen", trade="walls", severity="major", text="墙面开裂")
NOTES = {
    "identity": "本人，身份证",
    "fees": "契税已缴，票据 17",
    "inspection": "",
    "defects": "无异议",
    "keys": "入户门 5 把，门禁卡 2 张",
}


def open_slots(delivery: UnitDelivery, actor, now, capacity: int = 1) -> list[DeliverySlot]:
    """Open two slots tomorrow."""
    start = now + timedelta(days=9)
    plan = SlotPlan(start, start + timedelta(hours=2), 60, capacity)
    slots.open_slots(batch=delivery.batch, plan=plan, actor=actor, now=now)
    return list(delivery.batch.slots.all())


@pytest.mark.spec("SVC-82")
@pytest.mark.django_db
def test_a_slot_takes_as_many_as_it_holds_and_waiting_is_recorded(
    client_for, ready, specialist, now, today
) -> None:
    browser = client_for(specialist)
    rows = ready(2, days=0)
    url = f"/handover/{rows[0].batch_id}/"
    tomorrow = today + timedelta(days=1)
    data = {
        "day": f"{tomorrow:%Y-%m-%d}",
        "begins": "09:00",
        "ends": "11:00",
        "minutes": 60,
        "capacity": 1,
    }
    assert browser.post(f"{url}slots/", data | {"idempotency_key": "a"}).status_code == 302
    first, second = DeliverySlot.objects.all()

    def book(delivery, slot, key):
        there = f"/handover/units/{delivery.pk}/book/"
        return browser.post(there, {"slot": slot.pk, "idempotency_key": key}).status_code

    assert book(rows[0], first, "b") == 302
    assert book(rows[1], first, "c") == 409
    rows[1].refresh_from_db()
    assert rows[1].slot is None
    assert book(rows[0], second, "d") == 302  # the first slot is free again
    assert book(rows[1], first, "e") == 302
    assert [slot.taken for slot in DeliverySlot.objects.all()] == [1, 1]

    man(rows[0].batch, today, specialist)
    visit = stations.arrive(
        delivery=rows[0], escort="小周", actor=specialist, now=now - timedelta(minutes=12)
    )
    called = browser.post(f"/handover/units/{rows[0].pk}/call/", {"idempotency_key": "f"})
    assert called.status_code == 302
    stop = DeliveryStop.objects.get(visit=visit)
    assert stop.wait_minutes == 12
    page = browser.get(url)
    wait = page.context["waits"][0]
    assert (wait.served, wait.minutes, wait.longest_minutes) == (1, 12, 12)
    assert "平均 12 分钟" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_last_place_one_gets_it(ready, specialist, now) -> None:
    rows = ready(4)
    slot = open_slots(rows[0], specialist, now)[0]
    barrier, outcomes = threading.Barrier(4), []

    def book(delivery: UnitDelivery) -> None:
        try:
            barrier.wait(10)
            slots.book_slot(delivery=delivery, slot=slot, actor=specialist, now=now)
            outcomes.append("booked")
        except RefusedError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["booked", "slot-full", "slot-full", "slot-full"]
    slot.refresh_from_db()
    assert (slot.taken, UnitDelivery.objects.filter(slot=slot).count()) == (1, 1)


@pytest.mark.spec("SVC-94")
@pytest.mark.django_db
def test_without_a_roster_nobody_is_let_in(client_for, ready, specialist, today) -> None:
    browser = client_for(specialist)
    delivery = ready(1, days=0)[0]
    batch = f"/handover/{delivery.batch_id}/"
    url = f"/handover/units/{delivery.pk}/arrive/"
    refused = browser.post(url, {"idempotency_key": "a"})
    assert refused.status_code == 409
    assert "今日值班表缺岗" in refused.content.decode()
    day = f"{today:%Y-%m-%d}"
    wrong = {"day": day, "duty": "lead", "side": "centre", "name": "周倩"}
    answer = browser.post(f"{batch}roster/", wrong | {"idempotency_key": "b"})
    assert answer.status_code == 422
    for place, duty in enumerate(("lead", "reception", "escort", "keys")):
        line = {"day": day, "duty": duty, "side": "property", "name": "李想"}
        browser.post(f"{batch}roster/", line | {"idempotency_key": f"c{place}"})
    short = browser.post(url, {"idempotency_key": "d"})
    assert short.status_code == 409
    assert not DeliveryVisit.objects.exists()
    last = {"day": day, "duty": "repairs", "side": "centre", "name": "王强"}
    browser.post(f"{batch}roster/", last | {"idempotency_key": "e"})
    assert browser.post(url, {"idempotency_key": "f"}).status_code == 302
    assert DeliveryVisit.objects.count() == 1

    add = f"/registers/delivery-problems/add/?subject={delivery.batch_id}"
    due = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    problem = {"title": "电梯停运 20 分钟", "duty": "repairs", "due_at": due}
    noted = browser.post(add, problem | {"idempotency_key": "g"})
    assert noted.status_code == 302
    assert "电梯停运" in browser.get(batch).content.decode()


@pytest.fixture
def here(client_for, ready, specialist, today):
    """Return a browser and a unit whose buyer is on site, with a way to take the next station."""
    browser = client_for(specialist)
    delivery = ready(1, days=0)[0]
    man(delivery.batch, today, specialist)
    url = f"/handover/units/{delivery.pk}/"
    browser.post(f"{url}arrive/", {"idempotency_key": "in"})

    def take(station: str, **data: str):
        browser.post(f"{url}call/", {"idempotency_key": f"call-{station}"})
        data = {"note": NOTES.get(station, ""), "idempotency_key": f"at-{station}"} | data
        return browser.post(f"{url}stations/{station}/", data)

    return browser, delivery, take


@pytest.mark.spec("SVC-91")
@pytest.mark.django_db
def test_from_the_invitation_to_the_signature(here) -> None:
    browser, delivery, take = here
    ahead = f"/handover/units/{delivery.pk}/stations/keys/"
    skipped = browser.post(ahead, {"note": "钥匙 5 把", "idempotency_key": "ahead"})
    assert skipped.status_code == 409
    for station in NOTES:
        assert take(station).status_code == 302
    purchase = Purchase.objects.get(pk=delivery.purchase_id)
    assert purchase.state == "signed"
    assert take("sign", signed_name="").status_code == 409
    done = take("sign", signed_name="高雅琴", satisfaction="5", idempotency_key="again")
    assert done.status_code == 302
    purchase.refresh_from_db()
    delivery.refresh_from_db()
    visit = DeliveryVisit.objects.get()
    assert (purchase.state, purchase.handed_over_at is not None) == ("handed_over", True)
    assert PurchaseEvent.objects.filter(purchase=purchase, step="hand_over").count() == 1
    assert (visit.is_taken, visit.signed_name, visit.satisfaction) == (True, "高雅琴", 5)
    assert delivery.taken_at is not None
    assert [stop.station for stop in visit.stops.all()] == [*NOTES, "sign"]
    assert "已收房" in browser.get(f"/handover/units/{delivery.pk}/").content.decode()
    line = browser.get(f"/purchases/{purchase.pk}/")
    assert "已收房" in line.content.decode()
    moved = browser.get(f"/purchases/{purchase.pk}/handover/")
    assert (moved.status_code, moved["Location"]) == (302, f"/handover/units/{delivery.pk}/")


@pytest.mark.spec("SVC-91")
@pytest.mark.django_db
def test_a_refused_handover_leaves_the_purchase_signed_and_can_be_tried_again(here) -> None:
    browser, delivery, take = here
    for station in ("identity", "fees", "inspection"):
        take(station)
    url = f"/handover/units/{delivery.pk}/"
    silent = browser.post(f"{url}refuse/", {"refusal": "quality", "idempotency_key": "a"})
    assert silent.status_code == 409
    data = {"refusal": "quality", "reason": "客厅渗水", "idempotency_key": "b"}
    assert browser.post(f"{url}refuse/", data).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.refusal, delivery.refusal_reason) == ("quality", "客厅渗水")
    visit = DeliveryVisit.objects.get()
    assert (visit.is_taken, visit.ended_at is not None) == (False, True)
    assert Purchase.objects.get(pk=delivery.purchase_id).state == "signed"
    listed = browser.get("/handover/units/?outcome=refused").content.decode()
    assert "客厅渗水" in listed
    assert browser.post(f"{url}arrive/", {"idempotency_key": "c"}).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.refused_at, DeliveryVisit.objects.count()) == (None, 2)


@pytest.mark.django_db
def test_a_major_defect_found_with_the_buyer_keeps_the_keys_from_being_signed_for(
    here, specialist, now
) -> None:
    _browser, delivery, take = here
    for station in NOTES:
        take(station)
    defect = record_defect(delivery=delivery, found=CRACK, actor=specialist, now=now)
    assert defect.occasion == "handover"
    refused = take("sign", signed_name="高雅琴")
    assert refused.status_code == 409
    assert "严重缺陷" in refused.content.decode()
    assert Purchase.objects.get(pk=delivery.purchase_id).state == "signed"
    assert DeliveryVisit.objects.get().ended_at is None


@pytest.mark.django_db
def test_what_another_part_still_asks_for_stops_at_the_fees(here) -> None:
    _browser, _delivery, take = here
    take("identity")
    register_gate(Step.HAND_OVER, "test", lambda purchase, at: ["欠缴房款 3 万元"])
    try:
        refused = take("fees")
    finally:
        del _gates[Step.HAND_OVER, "test"]
    assert refused.status_code == 409
    assert "欠缴房款 3 万元" in refused.content.decode()
    assert not DeliveryStop.objects.filter(station="inspection").exists()
    assert take("fees", idempotency_key="paid").status_code == 302
