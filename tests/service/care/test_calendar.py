"""The care calendar: what comes, of the asker's projects; days of joy that are noted."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from service.care.calendar import coming
from service.care.models import CareActivity, CareEvent, CareOccasion, CarePlan
from tests.factories import CustomerFactory
from tests.service.care.conftest import owned
from tests.tools import text_of

pytestmark = pytest.mark.django_db


def shown(user, day: str) -> dict[str, list[str]]:
    """Return the titles by day."""
    found = coming(user, today=date.fromisoformat(day))
    return {f"{on}": [entry.title for entry in entries] for on, entries in found}


def test_birthdays_days_of_joy_and_festivals_stand_on_their_days(
    make_units, org, seller, specialist
) -> None:
    born = {"甲": (1990, 9, 20), "乙": (1988, 2, 29), "丙": (1990, 11, 30), "丁": (1991, 9, 21)}
    people = {
        name: CustomerFactory(owner=seller, name=name, birthday=date(*day))
        for name, day in born.items()
    }
    homes = make_units(4)
    for home, person in zip(homes, people.values(), strict=True):
        owned(home, person, seller, signed=timezone.now())
    CustomerFactory(owner=seller, name="未购房", birthday=date(1990, 9, 20))
    note = {"project": homes[0].project, "created_by": specialist}
    CareOccasion.objects.create(
        customer=people["丁"], kind="birthday", is_lunar=True, month=8, day=15, **note
    )
    CareOccasion.objects.create(customer=people["甲"], kind="wedding", month=10, day=1, **note)
    found = shown(specialist, "2026-09-10")
    assert found["2026-09-20"] == ["甲"]
    assert "2026-09-21" not in found  # 丁 keeps the lunar day
    assert "丁" in found["2026-09-25"]
    assert len(found["2026-09-25"]) == 2  # and the Mid-Autumn Festival
    assert "甲" in found["2026-10-01"]
    assert shown(specialist, "2027-02-10")["2027-02-28"] == ["乙"]
    other = owned_elsewhere(org, seller)
    assert other.name not in str(shown(specialist, "2026-09-10"))


def owned_elsewhere(org, seller):
    """Return the owner of a home in a project the specialist does not see."""
    from customers.models import Building, Unit

    place = org.project_two
    building = Building.objects.create(project=place, name="9栋")
    home = Unit.objects.create(
        project=place, building=building, floor=1, number="901", forecast_area=90
    )
    person = CustomerFactory(owner=seller, name="他项业主", birthday=date(1990, 9, 20))
    owned(home, person, seller, signed=timezone.now())
    return person


def test_events_and_activities_stand_beside_them_on_the_page(
    project, specialist, seller, pages
) -> None:
    now = timezone.now()
    event = CareEvent.objects.create(
        project=project,
        title="晨练展演",
        place="中心花园",
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=1),
        capacity=9,
    )
    day = timezone.localdate() + timedelta(days=5)
    plan = CarePlan.objects.create(project=project, year=day.year)
    CareActivity.objects.create(plan=plan, title="重阳敬老", planned_on=day, budget=1)
    late = timezone.localdate() + timedelta(days=40)
    CareActivity.objects.create(plan=plan, title="来日方长", planned_on=late, budget=1)
    page = text_of(pages(specialist), "/care/calendar/")
    assert f"/care/events/{event.pk}/" in page
    assert "重阳敬老" in page
    assert "来日方长" not in page
    assert pages(seller).get("/care/calendar/").status_code == 403


def test_a_noted_day_is_listed_and_taken_away_again(
    unit, owner, seller, specialist, service_manager, org, pages
) -> None:
    owned(unit, owner, seller, signed=timezone.now())
    row = CareOccasion.objects.create(
        project=unit.project, customer=owner, kind="wedding", month=5, day=20, created_by=specialist
    )
    elsewhere = CareOccasion.objects.create(
        project=org.project_two,
        customer=CustomerFactory(owner=seller),
        kind="wedding",
        month=5,
        day=20,
        created_by=service_manager,
    )
    assert owner.name in text_of(pages(specialist), "/care/occasions/?kind=wedding")
    gone = f"/care/occasions/{row.pk}/remove/"
    assert pages(seller).post(gone).status_code == 403
    assert pages(specialist).post(f"/care/occasions/{elsewhere.pk}/remove/").status_code == 404
    assert pages(specialist).post(gone).status_code == 302
    assert CareOccasion.objects.get() == elsewhere
    assert AuditEvent.objects.filter(kind="care.occasion_removed").count() == 1
    assert pages(specialist).post(gone).status_code == 404


def test_the_calendar_asks_as_often_for_one_as_for_twenty(
    make_units, seller, specialist, pages
) -> None:
    homes = make_units(20)
    tomorrow = timezone.localdate() + timedelta(days=1)

    def add(home) -> None:
        person = CustomerFactory(owner=seller, birthday=tomorrow.replace(year=1988))
        owned(home, person, seller, signed=timezone.now())
        CareOccasion.objects.create(
            project=home.project,
            customer=person,
            kind="wedding",
            month=tomorrow.month,
            day=tomorrow.day,
            created_by=specialist,
        )

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert pages(specialist).get(path).status_code == 200
        return len(queries)

    add(homes[0])
    paths = ("/care/calendar/", "/care/occasions/")
    before = [asked(path) for path in paths] and [asked(path) for path in paths]
    for home in homes[1:]:
        add(home)
    assert [asked(path) for path in paths] == before
