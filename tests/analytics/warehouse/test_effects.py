"""Six effects from data, before and after a day (ANA-56)."""

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest

from analytics.kpis.kinds import Asking, Period, Place, ScopeKind
from analytics.kpis.services.reading import read_kpi
from analytics.warehouse.effects import effect
from analytics.warehouse.rules.effects import EFFECTS, MONTHS, months_around, turn
from tests.analytics.warehouse.stories import Story
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory

D = Decimal
DAY = dt.date(2026, 2, 10)
NOW = dt.datetime(2026, 8, 1, 4, tzinfo=dt.UTC)
PAGE = "/analytics/effects/"
BEFORE = dt.datetime(2025, 11, 5, 4, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 4, 5, 4, tzinfo=dt.UTC)


@pytest.fixture
def story(org) -> Story:
    """Defects, design complaints and answers: worse before, better after, in one project."""
    made = Story(org)
    design = CategoryFactory(axis="cause", code="design")
    customer = CustomerFactory(owner=made.seller)
    for at, defects, complaints, recommends in ((BEFORE, 6, 3, 2), (AFTER, 2, 1, 10)):
        home = made.delivery(walked_at=at, due_on=dt.date(2025, 10, 1), taken_at=BEFORE)
        for _n in range(defects):
            made.defect(home, found_at=at - dt.timedelta(hours=1))
        for _n in range(complaints):
            TicketFactory(customer=customer, opened_at=at, cause=design)
        made.answer(at=at, recommends=recommends, rating=recommends)
    return made


def shown(story: Story, user: Any, key: str, project: Any = None) -> Any:
    place = Place(ScopeKind.PROJECT, (project or story.project).pk)
    chosen = next(each for each in EFFECTS if each.key == key)
    return effect(chosen, day=DAY, place=place, user=user, now=NOW)


@pytest.mark.django_db
@pytest.mark.spec("ANA-56")
@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("design", "150.00", "50.00"),
        ("quality", "6.00", "2.00"),
        ("reputation", "-100.00", "100.00"),
        ("affection", "2.00", "10.00"),
    ],
)
def test_an_effect_says_what_was_before_and_after(story, head_office, key, before, after) -> None:
    found = shown(story, head_office, key)
    assert (found.before.figure.split()[0], found.after.figure.split()[0]) == (before, after)
    assert found.turn == "better"
    elsewhere = shown(story, head_office, key, story.org.project_two)
    assert elsewhere.turn == "unknown"
    assert not elsewhere.chart.has_data


@pytest.mark.django_db
def test_a_chart_shows_the_figures_of_its_months(story, head_office) -> None:
    found = shown(story, head_office, "quality")
    assert next(iter(found.chart.categories)) == "2025-08"
    assert list(found.chart.categories)[-1] == "2026-07"
    former, later = found.chart.series
    assert former.values[3] == 6
    assert later.values[8] == 2
    assert all(value is None for value in [*former.values[MONTHS:], *later.values[:MONTHS]])
    month = Period(dt.date(2025, 11, 1), dt.date(2025, 12, 1))
    place = Place(ScopeKind.PROJECT, story.project.pk)
    assert read_kpi("defects_per_home", Asking(month, place, NOW)).value == former.values[3]


@pytest.mark.django_db
@pytest.mark.spec("ANA-56")
def test_the_page_draws_six_charts_with_their_tables(story, client_for, head_office) -> None:
    asked = {"place": f"project-{story.project.pk}", "day": DAY.isoformat()}
    page = client_for(head_office).get(PAGE, asked)
    body = page.content.decode()
    assert page.status_code == 200
    options = re.findall(r'id="chart-effect-(\w+)-option"[^>]*>(.*?)</script>', body, re.DOTALL)
    assert {key for key, _text in options} >= {"design", "quality", "reputation", "affection"}
    assert body.count("<figure") == 6
    assert all(json.loads(text)["option"]["series"] for _key, text in options)
    assert "analytics/kpis/defects_per_home/?" in body


@pytest.mark.django_db
def test_the_page_costs_the_same_however_many_rows(
    story, client_for, head_office, django_assert_max_num_queries
) -> None:
    browser = client_for(head_office)
    asked = {"place": f"project-{story.project.pk}", "day": DAY.isoformat()}
    browser.get(PAGE, asked)
    for _n in range(2):
        with django_assert_max_num_queries(6 * (2 * MONTHS + 2) * 2 + 20):
            browser.get(PAGE, asked)
        for _row in range(20):
            story.answer(at=AFTER, recommends=9, rating=9)


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2999-01-01", "1999-01-01", "x"])
def test_days_that_cannot_be_are_refused(story, client_for, head_office, day: str) -> None:
    assert client_for(head_office).get(PAGE, {"day": day}).status_code == 422


@pytest.mark.django_db
def test_nobody_sees_another_region(story, client_for, executive) -> None:
    asked = {"place": f"project-{story.org.project_three.pk}"}
    assert client_for(executive).get(PAGE, asked).status_code == 404


def test_months_lie_on_both_sides_of_the_day() -> None:
    months = months_around(dt.date(2026, 1, 31))
    assert len(months) == 2 * MONTHS
    assert months[0] == (dt.date(2025, 7, 1), dt.date(2025, 8, 1))
    assert months[MONTHS] == (dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    assert months[-1] == (dt.date(2026, 6, 1), dt.date(2026, 7, 1))


@pytest.mark.parametrize(
    ("before", "after", "good", "expected"),
    [
        (D(1), D(2), "up", "better"),
        (D(1), D(2), "down", "worse"),
        (D(2), D(1), "down", "better"),
        (D(2), D(2), "up", "same"),
        (None, D(2), "up", "unknown"),
        (D(0), None, "down", "unknown"),
    ],
)
def test_a_turn_is_judged_by_the_direction_of_the_figure(before, after, good, expected) -> None:
    assert turn(before, after, good=good) == expected


def test_a_turn_within_chance_is_none() -> None:
    assert turn(D(1), D(2), good="up", is_chance=True) == "chance"
    assert turn(None, D(2), good="up", is_chance=True) == "unknown"
