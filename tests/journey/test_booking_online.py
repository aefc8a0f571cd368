"""A customer books a viewing by a link: signed, without an account, once (CUS-61)."""

import threading
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connections
from django.test import Client
from django.utils import timezone

from crm_site.common.refusals import RefusedError
from customers.journey.links import SALT, invitation_of, token_for
from customers.journey.slots import free_slots
from customers.journey.viewings import Booking, book_viewing, call_viewing_off
from customers.models import Customer, Meeting, Task
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(buyer, project, seller):
    return token_for(buyer, project, host=seller)


@pytest.mark.spec("CUS-61")
def test_the_link_books_once_and_then_shows_what_is_booked(token, buyer, project, seller) -> None:
    stranger, url = Client(), f"/book/{token}/"
    slots = free_slots(project, now=timezone.now())
    first = stranger.get(url)
    assert first.status_code == 200
    assert buyer.name not in first.content.decode()
    assert stranger.post(url, {"slot": "yesterday"}).status_code == 422
    assert not Meeting.objects.exists()
    done = stranger.post(url, {"slot": slots[-1].starts_at.isoformat()})
    assert (done.status_code, done["Location"]) == (302, url)
    viewing = Meeting.objects.get()
    assert (viewing.owner, viewing.created_by) == (seller, None)
    assert [guest.customer for guest in viewing.guests.all()] == [buyer]
    assert Task.objects.get(source="viewing").owner == seller
    again = stranger.post(url, {"slot": slots[-2].starts_at.isoformat()})
    assert again.status_code == 200  # shows what is booked
    assert Meeting.objects.count() == 1
    call_viewing_off(viewing=viewing, reason="改期", actor=seller, now=timezone.now())
    stranger.post(url, {"slot": slots[-2].starts_at.isoformat()})
    assert Meeting.objects.count() == 1


def test_a_foreign_old_or_orphaned_link_says_so(token, buyer, project, seller) -> None:
    stranger = Client()
    assert stranger.get("/book/made-up/").status_code == 410
    other = signing.dumps([buyer.pk, project.pk, seller.pk, "x"], salt="customers.tour")
    assert stranger.get(f"/book/{other}/").status_code == 410
    assert invitation_of(token, now=timezone.now()) is not None
    kept = CustomerFactory(owner=seller)
    Customer.objects.filter(pk=buyer.pk).update(merged_into=kept, phone_index=None, phone=None)
    assert stranger.get(f"/book/{token}/").status_code == 410


def test_a_link_ends_after_its_days(token, monkeypatch) -> None:
    now = timezone.now()
    later = (now + timedelta(days=8)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert invitation_of(token, now=now) is None


def test_one_link_used_twice_at_once_books_once(
    transactional_db, org, project, buyer, seller
) -> None:
    now = timezone.now()
    slots = free_slots(project, now=now)
    mark = signing.loads(token_for(buyer, project, host=seller), salt=SALT)[3]
    start, outcomes = threading.Barrier(2), []

    def book(slot):
        booking = Booking(
            customer=buyer, project=project, starts_at=slot.starts_at, host=seller, link=mark
        )
        try:
            start.wait()
            book_viewing(booking=booking, actor=None, now=now)
            outcomes.append("booked")
        except RefusedError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=book, args=(slot,)) for slot in (slots[0], slots[-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked", "viewing"]
    assert Meeting.objects.count() == 1


def test_the_record_offers_the_link(buyer, seller, client_for) -> None:
    browser = client_for(seller)
    assert (
        f"/customers/{buyer.pk}/booking-link/"
        in browser.get(f"/customers/{buyer.pk}/way/").content.decode()
    )
    link = browser.get(f"/customers/{buyer.pk}/booking-link/").context["link"]
    assert Client().get(link).status_code == 200
