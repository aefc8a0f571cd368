"""Fast signing: papers, a desk, the filled-in sheet, the time taken against the target (CUS-66)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import DeskBooking, Purchase, SigningTime
from customers.purchase.services.advancing import cancel, sign
from customers.signing.rules import hours_between, slots
from tests.factories import CustomerFactory, UserFactory
from tests.payment.conftest import day, subscribed_by

pytestmark = pytest.mark.django_db


def subscribed_ago(purchase: Purchase, hours: int) -> Purchase:
    at = timezone.now() - timedelta(hours=hours, minutes=5)
    Purchase.objects.filter(pk=purchase.pk).update(subscribed_at=at)
    return Purchase.objects.get(pk=purchase.pk)


@pytest.mark.spec("CUS-66")
def test_the_time_to_the_signature_is_recorded_and_compared(
    client_for, make_units, seller, django_assert_max_num_queries
):
    units, made = make_units(3), []
    for number, (unit, hours) in enumerate(zip(units, (20, 72, 100), strict=True)):
        purchase = subscribed_by(seller, unit, CustomerFactory(owner=seller))
        purchase = subscribed_ago(purchase, hours)
        sign(purchase=purchase, contract_no=f"HT-{number}", actor=seller, now=timezone.now())
        made.append(purchase)
    browser = client_for(seller)
    page = browser.get("/purchases/signing-times/")
    rows = {
        row.purchase_id: (row.hours, row.target_hours, row.is_within)
        for row in page.context["rows"]
    }
    assert rows == {
        made[0].pk: (20, 72, True),
        made[1].pk: (72, 72, True),
        made[2].pk: (100, 72, False),
    }
    figures = page.context["figures"]
    assert (figures["count"], figures["kept"], round(figures["average"], 1)) == (3, 2, 64.0)
    assert "66.7%" in page.content.decode()
    missed = browser.get("/purchases/signing-times/?kept=no")
    assert [row.purchase_id for row in missed.context["rows"]] == [made[2].pk]
    assert missed.context["figures"]["kept"] == 0
    one = browser.get(f"/purchases/{made[2].pk}/signing/").content.decode()
    assert "100 小时" in one
    assert "超时" in one
    assert "用时 100 小时" in browser.get(f"/purchases/{made[2].pk}/").content.decode()
    with django_assert_max_num_queries(14):
        browser.get("/purchases/signing-times/")


def test_the_page_shows_missing_papers_and_gives_the_filled_in_sheet(
    client_for, subscribed, seller
):
    browser, url = client_for(seller), f"/purchases/{subscribed.pk}/"
    page = browser.get(f"{url}signing/")
    assert page.context["papers"].missing[0] == "身份证"
    assert "缺件" in page.content.decode()
    sheet = browser.get(f"{url}signing/sheet/")
    assert sheet["Content-Type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF-")
    data = {"name": "身份证", "idempotency_key": "a"}
    assert browser.post(f"{url}file/take/", data).status_code == 302
    assert "身份证" not in browser.get(f"{url}signing/").context["papers"].missing


def wish(at: str = "10:00", desk: str = "1号签约台", days: int = 2, key: str = "a"):
    return {"day": day(days).isoformat(), "at": at, "desk": desk, "idempotency_key": key}


def test_a_desk_is_kept_for_one_purchase_at_a_time(client_for, make_units, seller):
    units = make_units(2)
    one, two = (subscribed_by(seller, unit, CustomerFactory(owner=seller)) for unit in units)
    browser = client_for(seller)
    assert browser.post(f"/purchases/{one.pk}/signing/desk/", wish()).status_code == 302
    taken = browser.post(f"/purchases/{two.pk}/signing/desk/", wish(key="b"))
    assert taken.status_code == 422
    assert "2号签约台, 3号签约台" in taken.content.decode()
    second = browser.post(f"/purchases/{one.pk}/signing/desk/", wish("11:00", key="c"))
    assert second.status_code == 422
    other = browser.post(f"/purchases/{two.pk}/signing/desk/", wish(desk="2号签约台", key="d"))
    assert other.status_code == 302
    assert DeskBooking.objects.count() == 2
    booking = DeskBooking.objects.get(purchase=one)
    url = f"/purchases/{one.pk}/signing/desk/{booking.pk}/cancel/"
    assert browser.post(url, {"idempotency_key": "e"}).status_code == 302
    assert browser.post(url, {"idempotency_key": "f"}).status_code == 409
    again = browser.post(f"/purchases/{one.pk}/signing/desk/", wish(key="g"))
    assert again.status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        wish(days=-1),
        wish(days=61),
        wish(at="10:30"),
        wish(at="18:00"),
        wish(desk="9号签约台"),
        wish() | {"day": "morgen"},
    ],
)
def test_a_desk_that_is_not_offered_is_refused(client_for, subscribed, seller, data):
    answer = client_for(seller).post(f"/purchases/{subscribed.pk}/signing/desk/", data)
    assert answer.status_code == 422
    assert not DeskBooking.objects.exists()


def test_only_a_subscribed_unit_gets_a_desk_and_its_end_frees_it(
    client_for, subscribed, signed, seller, org
):
    url = f"/purchases/{signed.pk}/signing/desk/"
    assert client_for(seller).post(url, wish()).status_code == 422
    assert client_for(UserFactory(node=org.team_b)).post(url, wish()).status_code == 404
    assert not DeskBooking.objects.exists()


def test_a_cancelled_purchase_gives_its_desk_back(client_for, subscribed, seller):
    browser = client_for(seller)
    assert browser.post(f"/purchases/{subscribed.pk}/signing/desk/", wish()).status_code == 302
    cancel(purchase=subscribed, reason="不买了", actor=seller, now=timezone.now())
    assert DeskBooking.objects.get().cancelled_at is not None
    assert not SigningTime.objects.exists()


def test_slots_fill_the_day_and_hours_round_down():
    found = [f"{each:%H:%M}" for each in slots(first=9, last=12, minutes=50)]
    assert found == ["09:00", "09:50", "10:40"]
    begun = timezone.now()
    assert hours_between(begun, begun + timedelta(hours=3, minutes=59)) == 3
    assert hours_between(begun, begun - timedelta(hours=1)) == 0
