"""The warranty of every part of a unit as of a day, as other parts ask for it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from service.repairs.rules.warranty import Part, Standing
from service.repairs.selectors import warranties_of, warranties_of_units
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def by_part(unit, day: str) -> dict:
    return {each.part: each for each in warranties_of(unit, date.fromisoformat(day))}


@pytest.mark.spec("SVC-99")
def test_every_part_stands_as_of_the_day_asked_for(unit) -> None:
    last = by_part(unit, "2026-06-10")  # two years after the handover, to the day
    assert set(last) == set(Part)
    assert last[Part.DECORATION].standing is Standing.IN
    assert last[Part.DECORATION].until == date(2026, 6, 10)
    assert last[Part.DECORATION].is_running
    past = by_part(unit, "2026-06-11")
    assert past[Part.DECORATION].standing is Standing.OUT
    assert not past[Part.DECORATION].is_running
    assert past[Part.WATERPROOFING].standing is Standing.IN
    before = by_part(unit, "2024-06-09")
    assert {each.standing for each in before.values()} == {Standing.BEFORE}
    assert {each.until for each in before.values()} == {None}


def test_a_unit_nobody_took_over_has_no_last_day(home) -> None:
    found = by_part(home("0909"), "2026-06-11")
    assert {(each.standing, each.until) for each in found.values()} == {(Standing.BEFORE, None)}


def test_several_units_are_asked_for_at_once(unit, home) -> None:
    others = [home(f"09{number:02}") for number in range(12)]
    with CaptureQueriesContext(connection) as few:
        one = warranties_of_units([unit], timezone.localdate())
    with CaptureQueriesContext(connection) as many:
        all_of_them = warranties_of_units([unit, *others], timezone.localdate())
    assert len(many) <= len(few) + 1  # the version of those not handed over
    assert all_of_them[unit.pk] == one[unit.pk]
    assert len(all_of_them) == 13


def test_the_page_of_a_repair_prints_each_part(client, reported, manager) -> None:
    order = reported("waterproofing")
    page = sign_in(client, manager).get(f"/repairs/{order.pk}/").content.decode()
    for each in warranties_of(order.ticket.unit, timezone.localdate()):
        assert each.label in page
