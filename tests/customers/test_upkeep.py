"""Regular care: a plan makes its visits, a missed one is told of once (CUS-55)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.outbox.models import Message
from customers.models import Meeting, UpkeepPlan
from customers.rules.meetings import occurrences, working_day
from customers.services.upkeep import make_visits, mark_missed, save_plan
from customers.tasks import watch_meetings
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def values(person, customer=None, **more):
    given = {
        "customer": customer,
        "title": "季度关怀",
        "person": person,
        "place": "云栖里会所",
        "area": "3 号楼",
        "every_days": 7,
        "time_of_day": time(10, 0),
        "minutes": 60,
        "starts_on": date(2026, 5, 21),
        "ends_on": None,
        "is_active": True,
    }
    return given | more


def save(person, now, plan=None, **more):
    return save_plan(
        plan=plan or UpkeepPlan(), values=values(person, **more), actor=person, now=now
    )


def days():
    return list(Meeting.objects.order_by("occurrence").values_list("occurrence", flat=True))


@pytest.mark.spec("CUS-55")
def test_a_recurring_plan_makes_visits_and_a_missed_one_alerts(client_for, consultant, supervisor):
    customer = CustomerFactory(owner=consultant)
    today = timezone.localdate()
    form = values(consultant, customer=customer.pk, starts_on=today + timedelta(days=1))
    form |= {"person": consultant.pk, "time_of_day": "10:00", "ends_on": "", "is_active": "on"}
    client = client_for(consultant)
    answer = client.post(reverse("customers:upkeep-add"), form)
    assert answer.status_code == 302
    plan = UpkeepPlan.objects.get()
    assert (plan.person, plan.place, plan.area, plan.time_of_day) == (
        consultant,
        "云栖里会所",
        "3 号楼",
        time(10, 0),
    )
    visits = list(Meeting.objects.filter(plan=plan).order_by("occurrence"))
    assert [visit.occurrence - today for visit in visits] == [
        timedelta(days=1 + 7 * n) for n in range(5)
    ]
    assert {(visit.owner, visit.place, visit.area) for visit in visits} == {
        (consultant, "云栖里会所", "3 号楼")
    }
    assert {guest.customer for visit in visits for guest in visit.guests.all()} == {customer}
    held_on = str(timezone.localdate(visits[0].starts_at))
    shown = client.get(reverse("customers:meeting-list"), {"day": held_on})
    assert "季度关怀" in shown.content.decode()
    began = timezone.now() - timedelta(hours=4)
    Meeting.objects.filter(pk=visits[0].pk).update(
        starts_at=began, ends_at=began + timedelta(hours=1)
    )
    watch_meetings()
    watch_meetings()
    visits[0].refresh_from_db()
    assert visits[0].state == "missed"
    told = Message.objects.filter(kind="meeting.missed", channel="in_app")
    assert {message.recipient for message in told} == {consultant, supervisor}
    assert told.count() == 2
    record = client.get(customer.get_absolute_url())
    assert "季度关怀" in [item.title for item in record.context["open_items"]]


def test_visits_are_made_once_and_the_window_moves_on(consultant, now):
    save(consultant, now)
    first = days()
    assert first == [date(2026, 5, 21) + timedelta(days=7 * n) for n in range(5)]
    assert (make_visits(now=now), make_visits(now=now)) == (0, 0)
    assert make_visits(now=now + timedelta(days=7)) == 1
    assert days() == [*first, date(2026, 6, 25)]


def test_a_day_without_work_moves_to_the_next_working_day(specialist, now):
    """Friday 19 June 2026 is the Dragon Boat Festival; work goes on on Monday the 22nd."""
    save(specialist, now, starts_on=date(2026, 6, 19), every_days=30)
    visit = Meeting.objects.get()
    assert visit.occurrence == date(2026, 6, 19)
    assert visit.starts_at == datetime(2026, 6, 22, 2, 0, tzinfo=UTC)


def test_a_change_replaces_the_visits_ahead_and_an_end_stops_them(consultant, now):
    plan = save(consultant, now)
    save(consultant, now, plan=plan, every_days=14, ends_on=date(2026, 6, 10))
    assert days() == [date(2026, 5, 21), date(2026, 6, 4)]
    assert plan.next_on is None
    save(consultant, now, plan=plan, is_active=False)
    assert days() == []


def test_what_was_held_or_is_not_long_over_is_not_missed(consultant, now):
    plan = save(consultant, now)
    first, second, *_rest = Meeting.objects.filter(plan=plan).order_by("occurrence")
    Meeting.objects.filter(pk=first.pk).update(state="held")
    assert mark_missed(now=first.ends_at + timedelta(hours=3)) == 0
    assert mark_missed(now=second.ends_at + timedelta(hours=2)) == 0
    assert mark_missed(now=second.ends_at + timedelta(hours=2, seconds=1)) == 1


def test_wrong_plans_write_nothing(client_for, consultant, consultant_c):
    hidden = CustomerFactory(owner=consultant_c)
    client, url = client_for(consultant), reverse("customers:upkeep-add")
    good = values(consultant, customer="") | {"person": consultant.pk, "ends_on": ""}
    good |= {"time_of_day": "10:00", "is_active": "on"}
    for change in (
        {"every_days": 0},
        {"minutes": 1},
        {"customer": hidden.pk},
        {"person": consultant_c.pk},
        {"ends_on": "2026-01-01"},
        {"place": ""},
    ):
        assert client.post(url, good | change).status_code == 422
    assert (UpkeepPlan.objects.count(), Meeting.objects.count()) == (0, 0)


def test_the_rules_of_days():
    start = date(2026, 5, 1)
    assert list(occurrences(start, every_days=10, until=date(2026, 5, 21))) == [
        date(2026, 5, 1),
        date(2026, 5, 11),
        date(2026, 5, 21),
    ]
    assert working_day(start, lambda day: day.day > 3) == date(2026, 5, 4)
    assert working_day(start, lambda day: False) == start
