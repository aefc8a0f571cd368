"""Booked viewings: places of a slot, confirmation, reminders, check-in and no-show (CUS-61)."""

import datetime as dt
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from crm_site.common.refusals import RefusedError
from crm_site.outbox.models import Message
from customers.journey.errors import SlotFullError, ViewingError
from customers.journey.policies import VIEWINGS
from customers.journey.slots import free_slots, slots_of
from customers.journey.viewings import Booking, book_viewing, check_in, mark_no_show, watch_viewings
from customers.models import BehaviourEvent, Interaction, Meeting, SourceEvent, Task
from customers.services.meetings import cancel_meeting
from customers.services.reminders import sweep_tasks
from customers.services.upkeep import mark_missed
from customers.tasks import watch_viewings as job
from tests.customers.test_service_packages import put_in_force
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def booked_for(customer, project, starts_at, actor, now):
    booking = Booking(customer=customer, project=project, starts_at=starts_at, host=actor)
    return book_viewing(booking=booking, actor=actor, now=now)


@pytest.fixture
def slot(project, now):
    """The first slot of tomorrow, Thursday."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return slots_of(project, tomorrow, user=None, now=now)[0].starts_at


@pytest.fixture
def viewing(buyer, project, slot, seller, now):
    return booked_for(buyer, project, slot, seller, now)


@pytest.mark.spec("CUS-61")
def test_a_booking_by_the_page_reminds_the_host_and_a_second_one_is_refused(
    buyer, project, seller, client_for
) -> None:
    real = timezone.now()
    slot = free_slots(project, now=real)[-1]
    browser, url = client_for(seller), f"/viewings/add/?project={project.pk}"
    form = {"customer": buyer.pk, "slot": slot.starts_at.isoformat(), "idempotency_key": "a"}
    assert browser.post(url, form).status_code == 302
    again = browser.post(url, form | {"idempotency_key": "b"})
    assert again.status_code == 422
    viewing, task = Meeting.objects.get(), Task.objects.get(source="viewing")
    assert (viewing.kind, viewing.seat, viewing.owner) == ("viewing", 1, seller)
    assert (task.owner, task.due_at, task.state) == (seller, slot.starts_at, "open")
    before = Message.objects.filter(kind="task.reminder").count()
    sweep_tasks(now=slot.starts_at - timedelta(minutes=20))
    reminders = Message.objects.filter(kind="task.reminder", recipient=seller)
    assert reminders.count() == before + 1
    mark_no_show(viewing=viewing, actor=seller, now=slot.ends_at)
    event = BehaviourEvent.objects.get()
    assert (event.customer, event.action, event.at) == (buyer, "no_show", slot.starts_at)
    record = browser.get(f"/customers/{buyer.pk}/").content.decode()
    assert "看房爽约" in record


def test_two_customers_at_once_get_the_last_place_once(
    transactional_db, org, project, seller, now
) -> None:
    put_in_force(VIEWINGS, now, capacity=1)
    first, second = CustomerFactory.create_batch(2, owner=seller)
    day = timezone.localdate(now) + timedelta(days=1)
    starts_at = slots_of(project, day, user=None, now=now)[0].starts_at
    start, outcomes = threading.Barrier(2), []

    def book(customer):
        try:
            start.wait()
            booked_for(customer, project, starts_at, seller, now)
            outcomes.append("booked")
        except RefusedError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=book, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked", "slot-full"]
    assert Meeting.objects.filter(kind="viewing").count() == 1
    assert Task.objects.filter(source="viewing").count() == 1


def test_the_index_refuses_what_a_forgotten_lock_would_let_in(viewing) -> None:
    twin = Meeting.objects.get(pk=viewing.pk)
    twin.pk = None
    with pytest.raises(IntegrityError, match="viewing_seat_once"), transaction.atomic():
        twin.save(force_insert=True)


def test_a_full_slot_is_refused_and_is_free_again_once_somebody_calls_off(
    viewing, project, slot, seller, client_for, now
) -> None:
    put_in_force(VIEWINGS, now, capacity=1)
    other = CustomerFactory(owner=seller)
    with pytest.raises(SlotFullError):
        booked_for(other, project, slot, seller, now)
    assert Meeting.objects.count() == 1
    browser, url = client_for(seller), f"/viewings/{viewing.pk}/call-off/"
    assert browser.post(url, {"idempotency_key": "a"}).status_code == 422
    assert Meeting.objects.get().state == "planned"
    off = browser.post(url, {"reason": "客户出差", "idempotency_key": "b"})
    assert off.status_code == 302
    assert Task.objects.get(source="viewing").state == "cancelled"
    assert not Message.objects.filter(kind="viewing.booked", state="waiting").exists()
    booked_for(other, project, slot, seller, now)


def test_only_slots_of_open_days_can_be_booked(buyer, project, slot, seller, now) -> None:
    for wrong in (
        slot + timedelta(minutes=10),  # within a slot
        slot - timedelta(days=2),  # past
        slot + timedelta(days=60),  # too far ahead
    ):
        with pytest.raises(ViewingError):
            booked_for(buyer, project, wrong, seller, now)
    assert not Meeting.objects.exists()
    assert not Task.objects.exists()


def test_the_customer_is_told_when_it_is_booked_and_reminded_once(viewing, slot, now) -> None:
    booked = Message.objects.get(kind="viewing.booked")
    assert (booked.addressee_kind, booked.purpose) == ("customer", "contact")
    assert watch_viewings(now=now)["missed"] == 0
    for _again in range(2):
        watch_viewings(now=slot - 3 * HOUR)
    assert Message.objects.filter(kind="viewing.reminder").count() == 1


def test_the_job_marks_no_shows_once_and_meetings_of_other_kinds_are_not_its_own(
    viewing, buyer, slot, now, monkeypatch
) -> None:
    late = viewing.ends_at + timedelta(minutes=31)
    assert mark_missed(now=late + 5 * HOUR) == 0
    monkeypatch.setattr("customers.tasks.timezone.now", lambda: late)
    assert job()["missed"] == 1
    assert job()["missed"] == 0
    viewing.refresh_from_db()
    assert viewing.state == "missed"
    event = BehaviourEvent.objects.get()
    assert (event.customer, event.kind, event.action) == (buyer, "consulting", "no_show")
    assert Task.objects.get(source="viewing").state == "cancelled"


def test_check_in_at_the_sales_office_is_a_visit(viewing, buyer, slot, seller, now) -> None:
    with pytest.raises(ViewingError):
        check_in(viewing=viewing, actor=seller, now=slot - 2 * HOUR)
    assert not Interaction.objects.exists()
    check_in(viewing=viewing, actor=seller, now=slot - timedelta(minutes=10))
    talk = Interaction.objects.get()
    assert (talk.customer, talk.channel, talk.result) == (buyer, "visit", "visited")
    assert viewing.guests.get().attended is True
    assert Task.objects.get(source="viewing").state == "done"
    with pytest.raises(ViewingError):
        mark_no_show(viewing=viewing, actor=seller, now=slot + HOUR)
    assert not BehaviourEvent.objects.exists()


def test_the_day_shows_names_only_to_who_sees_the_customer(
    viewing, buyer, project, slot, seller, colleague, client_for
) -> None:
    day = timezone.localdate(slot)
    url = f"/viewings/?project={project.pk}&day={day:%Y-%m-%d}"
    own = client_for(seller).get(url).content.decode()
    assert buyer.name in own
    assert f"/viewings/{viewing.pk}/check-in/" in own
    other = client_for(colleague).get(url).content.decode()
    assert buyer.name not in other
    assert f"/viewings/{viewing.pk}/" not in other
    confirm = f"/viewings/{viewing.pk}/confirm/"
    assert client_for(colleague).post(confirm, {"idempotency_key": "a"}).status_code == 404
    assert client_for(seller).post(confirm, {"idempotency_key": "a"}).status_code == 302
    viewing.refresh_from_db()
    assert viewing.confirmed_at is not None


def test_a_viewing_is_not_changed_by_the_pages_of_meetings(viewing, seller, now) -> None:
    with pytest.raises(RefusedError):
        cancel_meeting(meeting=viewing, reason="x", actor=seller, now=now)
    viewing.refresh_from_db()
    assert viewing.state == "planned"


def test_an_appointment_is_a_point_of_the_journey(viewing, buyer) -> None:
    points = SourceEvent.objects.filter(customer=buyer, capture_point="appointment")
    assert points.count() == 1


def test_free_slots_take_one_query_however_many_days(project, now, viewing) -> None:
    with connection.execute_wrapper(_count := Counted()):
        slots = free_slots(project, now=now)
    assert _count.bookings == 1
    assert len(slots) > 50
    assert all(slot.starts_at > now for slot in slots)
    assert dt.time(9, 0) <= timezone.localtime(slots[0].starts_at).time()


class Counted:
    """Counts the statements about meetings."""

    def __init__(self) -> None:
        self.bookings = 0

    def __call__(self, execute, sql, params, many, context):
        self.bookings += "customers_meeting" in sql
        return execute(sql, params, many, context)
