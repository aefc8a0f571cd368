"""The explorer: slice, dice, drill, roll up; every figure opens its rows (ANA-53)."""

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from analytics.warehouse.rules.measures import MEASURES
from analytics.warehouse.selectors import cube
from tests.analytics.warehouse.world import Chance

pytestmark = pytest.mark.django_db
PAGE = "/analytics/cubes/"
WIDE = {"start": "2025-01-01", "until": "2026-05-20"}


@pytest.fixture
def browser(client_for, head_office) -> Any:
    return client_for(head_office)


def figures(page: Any) -> list[tuple[str, str]]:
    """Return address and text of every figure of the table."""
    body = page.content.decode()
    found = re.findall(r'href="(/analytics/cubes/rows/[^"]*)">([^<]*)</a>', body)
    return [(unescape(url), text) for url, text in found]


def count_of(page: Any) -> int:
    return int(re.search(r'id="count">(\d+)<', page.content.decode()).group(1))


@pytest.mark.spec("ANA-53")
def test_every_figure_of_the_table_opens_as_many_rows(cubed: Chance, browser) -> None:
    page = browser.get(PAGE, WIDE | {"measure": "talks", "rows": "project", "columns": "channel"})
    assert page.status_code == 200
    found = figures(page)
    assert len(found) > 8
    for url, text in found:
        assert count_of(browser.get(url)) == int(text.replace(",", "")), url
    assert found[-1][1] == str(cube("talks").total)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_shown_with_the_total_of_the_cube(cubed, browser, measure) -> None:
    page = browser.get(PAGE, WIDE | {"measure": measure, "rows": "month", "columns": ""})
    total = cube(measure).total
    digits = 2 if MEASURES[measure].unit == "points" else 0
    assert figures(page)[-1][1] == f"{total:,.{digits}f}"


def test_headings_drill_down_and_the_filter_can_be_taken_out_again(cubed, browser) -> None:
    asked = WIDE | {"measure": "talks", "rows": "region", "columns": "year"}
    page = browser.get(PAGE, asked).content.decode()
    east = unescape(re.search(r'<th role="rowheader" scope="row"><a href="([^"]*)">华东', page)[1])
    inside = browser.get(PAGE + east)
    assert "云栖里" in inside.content.decode()
    assert "滨海湾" not in re.search(r"<tbody.*</tbody>", inside.content.decode(), re.DOTALL)[0]
    year = unescape(re.search(r'class="num"><a href="([^"]*)">2025</a>', page)[1])
    quarters = browser.get(PAGE + year).content.decode()
    assert "2025 Q4" in quarters.replace("年", " ") or "Q4" in quarters
    out = unescape(re.search(r'class="btn btn-s" href="([^"]*)"', quarters)[1])
    assert "year=" not in out


def test_a_filter_narrows_table_and_rows(cubed, browser) -> None:
    asked = WIDE | {"measure": "visits", "rows": "grade", "columns": "", "channel": "visit"}
    found = figures(browser.get(PAGE, asked))
    expected = cube("visits", (), {"channel": "visit"}).total
    assert found[-1][1] == str(expected)
    assert count_of(browser.get(found[-1][0])) == expected
    blank = browser.get(PAGE, asked | {"grade": "-"})
    ungraded = cube("visits", (), {"channel": "visit", "grade": ""}).total
    assert figures(blank)[-1][1] == str(ungraded)


def test_rows_page_by_page_to_the_end(cubed, browser) -> None:
    url = reverse("analytics:cube-rows")
    page = browser.get(url, WIDE | {"measure": "talks", "rows": "project", "columns": ""})
    shown = page.content.decode().count('role="rowheader"')
    pages = 1
    while following := re.search(r'rel="next" href="([^"]*)"', page.content.decode()):
        page = browser.get(url + unescape(following[1]))
        shown += page.content.decode().count('role="rowheader"')
        pages += 1
    assert pages > 2
    assert shown == cube("talks").total


def test_each_person_sees_own_place_and_only_measures_of_their_rights(
    cubed, client_for, executive, marketing, finance
) -> None:
    asked = WIDE | {"measure": "talks", "rows": "project", "columns": ""}
    page = client_for(executive).get(PAGE, asked)
    assert "滨海湾" not in page.content.decode(), "nor among the projects to choose from"
    south = asked | {"project": str(cubed.org.project_three.pk)}
    assert client_for(executive).get(PAGE, south).status_code == 422
    assert client_for(executive).get(reverse("analytics:cube-rows"), south).status_code == 422
    offered = client_for(finance).get(PAGE).content.decode()
    assert 'value="signatures"' in offered
    for user, measure in ((marketing, "tickets"),):
        if not user.has_perm("service.view_tickets"):
            refused = client_for(user).get(PAGE, asked | {"measure": measure})
            assert refused.status_code == 422


@pytest.mark.parametrize(
    "bad",
    [
        {"measure": "moon"},
        {"rows": "moon"},
        {"start": "x"},
        {"start": "2026-05-20", "until": "2026-05-01"},
        {"start": "0001-01-01", "until": "2026-05-20"},
        {"rows": "month", "columns": "month"},
        {"project": "x"},
        {"consultant": "x"},
        {"month": "2026-13"},
    ],
)
def test_a_question_that_cannot_be_read_is_answered_with_marked_fields(browser, bad) -> None:
    for url in (PAGE, reverse("analytics:cube-rows")):
        page = browser.get(url, WIDE | {"measure": "talks", "rows": "project", "columns": ""} | bad)
        assert page.status_code == 422
        assert "<form" in page.content.decode() or "error" in page.content.decode()


def test_before_the_first_run_the_page_says_so(org, browser) -> None:
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "banner-amber" in page.content.decode()


def test_consultants_have_no_explorer(org, client_for, consultant) -> None:
    assert client_for(consultant).get(PAGE).status_code == 403


def test_the_table_costs_the_same_few_statements_however_many_rows(
    cubed, browser, django_assert_max_num_queries
) -> None:
    browser.get(PAGE)
    for rows in ("year", "day", "consultant"):
        with django_assert_max_num_queries(16):
            browser.get(PAGE, WIDE | {"measure": "talks", "rows": rows, "columns": "project"})
    with django_assert_max_num_queries(16):
        browser.get(
            reverse("analytics:cube-rows"),
            WIDE | {"measure": "talks", "rows": "project", "columns": ""},
        )
