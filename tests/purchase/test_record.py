"""Purchases on the record of a customer: found, held, seen in the timeline and in the day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.purchase.services.holding import hold_unit
from customers.selectors import today

pytestmark = pytest.mark.django_db


def test_a_free_unit_is_found_on_the_record_and_held(client_for, unit, buyer, seller) -> None:
    browser = client_for(seller)
    page = browser.get(f"/customers/{buyer.pk}/purchases/?find=0101").content.decode()
    address = f"/units/{unit.pk}/hold/?customer={buyer.pk}"
    assert address in page
    form = browser.get(address)
    assert form.context["form"].initial["customer"] == str(buyer.pk)
    assert f'data-picked="{buyer.name}"' in form.content.decode()


def test_a_taken_unit_is_not_offered(client_for, unit, buyer, seller, now) -> None:
    hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    page = client_for(seller).get(f"/customers/{buyer.pk}/purchases/?find=0101")
    assert page.context["units"] == []
    assert [each.unit for each in page.context["purchases"]] == [unit]


def test_the_hold_stands_on_the_record_in_the_timeline_and_in_the_day(
    client_for, unit, buyer, seller
) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=timezone.now())
    browser = client_for(seller)
    record = browser.get(f"/customers/{buyer.pk}/").content.decode()
    assert record.count(f"/purchases/{purchase.pk}/") >= 2  # open item and timeline


def test_a_hold_that_ends_today_is_in_the_day_of_its_consultant(
    client_for, unit, buyer, seller, colleague, monkeypatch
) -> None:
    now = timezone.now()
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    address = f'href="/purchases/{purchase.pk}/"'
    assert address not in client_for(seller).get("/").content.decode()  # it ends tomorrow
    monkeypatch.setattr(today, "end_of_day", lambda moment: moment + timedelta(days=1, minutes=1))
    assert address in client_for(seller).get("/").content.decode()
    assert address not in client_for(colleague).get("/").content.decode()


def test_the_tab_is_closed_to_who_does_not_see_units(client_for, buyer, privacy) -> None:
    assert client_for(privacy).get(f"/customers/{buyer.pk}/purchases/").status_code == 403
