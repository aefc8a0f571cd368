"""Owners are greeted once on their day, under contact discipline; gifts come once a festival."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.models import Interaction
from customers.rules.consent import Purpose
from service.care.models import CareGift, CareGiftList, CareGreeting, CareOccasion
from service.care.rules.festivals import FESTIVALS, festival_day, lunar_birthdays, solar_birthdays
from service.care.rules.lunar import NoLunarYearError, lunar_day, new_year_of, solar_day
from service.care.services.greeting import greet
from service.care.tasks import greet_owners
from tests.factories import CustomerFactory
from tests.service.care.conftest import agreed, owned, signed_by
from tests.tools import ENGLISH, text_of

pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, (2, 10)), (2025, (1, 29)), (2026, (2, 17)), (2027, (2, 6)), (2030, (2, 3))],
)
def test_the_lunar_year_begins_with_the_spring_festival(year, day) -> None:
    assert new_year_of(year) == date(year, *day)
    assert festival_day("spring", year) == date(year, *day)


@pytest.mark.parametrize(
    ("festival", "day"),
    [
        ("dragon_boat", date(2025, 5, 31)),
        ("mid_autumn", date(2025, 10, 6)),  # behind the leap sixth month
        ("dragon_boat", date(2026, 6, 19)),
        ("mid_autumn", date(2026, 9, 25)),
        ("lantern", date(2026, 3, 3)),
        ("national", date(2026, 10, 1)),
    ],
)
def test_festivals_fall_on_their_days(festival, day) -> None:
    assert festival in FESTIVALS
    assert festival_day(festival, day.year) == day


def test_every_lunar_day_comes_back_and_the_thirtieth_is_kept_in_short_months() -> None:
    day = date(2020, 1, 25)
    while day < date(2049, 12, 31):
        year, month, number = lunar_day(day)
        if month:
            assert solar_day(year, month, number) == day
        day += timedelta(days=1)
    with pytest.raises(NoLunarYearError):
        new_year_of(2050)
    short = solar_day(2026, 1, 30)
    if lunar_day(short)[2] == 29:
        assert (1, 30) in lunar_birthdays(short)
    assert (2, 29) in solar_birthdays(date(2027, 2, 28))
    assert (2, 29) not in solar_birthdays(date(2028, 2, 28))


@pytest.mark.spec("SVC-83")
def test_birthdays_are_greeted_once_also_those_of_29_february(
    make_units, seller, specialist, pages
) -> None:
    day = date(2027, 2, 28)  # no 29th in this year
    people = {
        "leap": CustomerFactory(owner=seller, name="闰日生", birthday=date(1988, 2, 29)),
        "same": CustomerFactory(owner=seller, name="廿八生", birthday=date(1990, 2, 28)),
        "no": CustomerFactory(owner=seller, name="不同意", birthday=date(1991, 2, 28)),
        "other": CustomerFactory(owner=seller, name="非今日", birthday=date(1991, 3, 1)),
        "mute": CustomerFactory(
            owner=seller, name="无电话", birthday=date(1985, 2, 28), phone=None, phone_index=None
        ),
    }
    for name in ("leap", "same", "other"):
        agreed(people[name])
    agreed(people["no"], Purpose.CONTACT)
    CustomerFactory(owner=seller, name="未购房", birthday=date(1990, 2, 28))
    for home, person in zip(make_units(5), people.values(), strict=True):
        owned(home, person, seller, signed=timezone.now())
    now = noon(day)
    first, second = greet(now=now), greet(now=now + timedelta(hours=1))
    assert (first, second["by_hand"]) == ({"written": 3, "by_hand": 1}, 0)
    messages = Message.objects.filter(kind="care.greeting")
    assert messages.count() == 3
    assert CareGreeting.objects.filter(occasion="birthday", year=2027).count() == 4
    assert not CareGreeting.objects.filter(customer=people["other"]).exists()
    deliver_due(now=now + timedelta(hours=14))  # at night nobody is disturbed
    assert not messages.filter(state="sent").exists()
    deliver_due(now=now + timedelta(days=1))
    told = dict(messages.values_list("addressee_id", "state"))
    assert told.pop(str(people["no"].pk)) == "suppressed"
    assert set(told.values()) == {"sent"}
    assert Interaction.objects.filter(customer=people["leap"], is_automatic=True).count() == 1
    by_hand = CareGreeting.objects.get(customer=people["mute"])
    url = f"/care/greetings/{by_hand.pk}/done/"
    assert pages(specialist).post(url).status_code == 302
    assert pages(specialist).post(url).status_code == 409
    log = text_of(pages(specialist), "/care/greetings/?occasion=birthday")
    assert "The customer did not agree to this purpose" in log
    assert all(one.name in log for key, one in people.items() if key != "other")
    assert "Greeted by hand" in log
    assert pages(seller).get("/care/greetings/").status_code == 403
    assert greet_owners()["written"] >= 0


def test_lunar_birthdays_and_weddings_are_noted_and_greeted(
    unit, owner, seller, specialist, pages
) -> None:
    owned(unit, owner, seller, signed=timezone.now())
    page = pages(specialist)
    form = {"customer": owner.pk, "kind": "birthday", "is_lunar": "on", "month": "8", "day": "15"}
    assert page.post("/care/occasions/add/", form | {"day": "31"}).status_code == 422
    solar = {key: value for key, value in form.items() if key != "is_lunar"}
    assert page.post("/care/occasions/add/", solar).status_code == 422
    assert page.post("/care/occasions/add/", form).status_code == 302
    assert page.post("/care/occasions/add/", form).status_code == 422
    stranger = CustomerFactory(owner=seller)
    assert page.post("/care/occasions/add/", form | {"customer": stranger.pk}).status_code == 422
    wedding = {"customer": owner.pk, "kind": "wedding", "month": "5", "day": "20"}
    assert page.post("/care/occasions/add/", wedding).status_code == 302
    assert CareOccasion.objects.count() == 2
    greet(now=noon(date(2026, 9, 25)))
    assert {row.occasion for row in CareGreeting.objects.all()} == {"birthday", "mid_autumn"}
    greet(now=noon(date(2027, 5, 20)))
    assert CareGreeting.objects.filter(occasion="wedding", year=2027).count() == 1


def test_a_lunar_day_is_greeted_once_in_each_lunar_year(unit, owner, seller, specialist) -> None:
    owned(unit, owner, seller, signed=timezone.now())
    owner.birthday = date(1990, 1, 30)
    owner.save()
    note = {"project": unit.project, "customer": owner, "created_by": specialist}
    CareOccasion.objects.create(kind="birthday", is_lunar=True, month=12, day=12, **note)
    for day in ("2026-01-30", "2026-01-31", "2027-01-19", "2027-01-30"):
        greet(now=noon(date.fromisoformat(day)))
    found = CareGreeting.objects.filter(occasion="birthday").order_by("on")
    assert [(f"{row.on}", row.year) for row in found] == [
        ("2026-01-30", 2025),
        ("2027-01-19", 2026),
    ]
    # 12-01 of the lunar years 2023 and 2024 both fall into 2024, and 2025 has none
    CareOccasion.objects.create(kind="wedding", is_lunar=True, month=12, day=1, **note)
    for day in ("2024-01-11", "2024-12-30", "2024-12-31", "2026-01-19"):
        greet(now=noon(date.fromisoformat(day)))
    found = CareGreeting.objects.filter(occasion="wedding").order_by("on")
    assert [(f"{row.on}", row.year) for row in found] == [
        ("2024-01-11", 2023),
        ("2024-12-31", 2024),
        ("2026-01-19", 2025),
    ]


def test_every_child_is_greeted_on_its_own_day(unit, owner, seller, specialist) -> None:
    owned(unit, owner, seller, signed=timezone.now())
    note = {"project": unit.project, "customer": owner, "created_by": specialist, "kind": "birth"}
    CareOccasion.objects.create(month=3, day=16, **note)
    CareOccasion.objects.create(month=6, day=1, **note)
    for day in (date(2026, 3, 16), date(2026, 3, 16), date(2026, 6, 1)):
        greet(now=noon(day))
    found = CareGreeting.objects.filter(occasion="birth").order_by("on")
    assert [row.on for row in found] == [date(2026, 3, 16), date(2026, 6, 1)]
    assert Message.objects.filter(kind="care.greeting").count() == 2


@pytest.mark.spec("SVC-105")
def test_nobody_gets_two_gifts_at_one_festival(
    make_units, seller, specialist, service_manager, pages
) -> None:
    people = [CustomerFactory(owner=seller, name=f"业主{n}") for n in range(3)]
    for home, person in zip(make_units(3), people, strict=True):
        owned(home, person, seller, signed=timezone.now())
    page, project = pages(specialist), people[0].project_id
    form = {"project": project, "festival": "mid_autumn", "year": "2026", "value": "100"}
    assert page.post("/care/gifts/add/", form | {"gift": "月饼券", "value": "0"}).status_code == 422
    for gift in ("月饼券", "超市卡"):
        assert page.post("/care/gifts/add/", form | {"gift": gift}).status_code == 302
    first, second = CareGiftList.objects.order_by("pk")
    assert page.post(f"/care/gifts/{first.pk}/submit/").status_code == 409  # nobody is on it
    page.post(f"/care/gifts/{first.pk}/fill/")
    page.post(f"/care/gifts/{first.pk}/fill/")
    page.post(f"/care/gifts/{second.pk}/fill/")
    assert (first.gifts.count(), second.gifts.count()) == (3, 0)
    gift = first.gifts.get(customer=people[0])
    hand = f"/care/gifts/{first.pk}/{gift.pk}/hand/"
    early = page.post(hand, headers=ENGLISH)
    assert early.status_code == 409
    assert "approved first" in early.content.decode()
    assert page.post(f"/care/gifts/{first.pk}/submit/").status_code == 302
    assert page.post(f"/care/gifts/{first.pk}/{gift.pk}/remove/").status_code == 409
    signed_by(pages, service_manager, "care.gifts")
    first.refresh_from_db()
    assert first.state == "approved"
    assert page.post(hand).status_code == 302
    assert page.post(hand).status_code == 409
    assert CareGift.objects.filter(given_at__isnull=False).count() == 1
    assert "业主0" in text_of(page, f"/care/gifts/{first.pk}/")
    assert "月饼券" in text_of(page, "/care/gifts/?festival=mid_autumn")
