"""Lead time by process with the share of each department (ANA-34)."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest

from analytics.kpis.kinds import COMPANY, Asking, Period
from analytics.kpis.process_kpis import PROCESSES
from analytics.kpis.services.reading import read_kpi
from analytics.warehouse.processes import cases, lead_time
from analytics.warehouse.rules.processes import Taken, by_department, shares
from tests.analytics.warehouse.stories import Story
from tests.factories import NOW

D = Decimal
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MAY = Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))
PAGE = "/analytics/processes/"


@pytest.fixture
def story(org) -> Story:
    return Story(org)


def found(key: str) -> Any:
    return lead_time(PROCESSES[key], Asking(MAY, COMPANY, NOW))


def split(key: str) -> list[tuple[str, float, str]]:
    """Return department, mean and percent of each part."""
    return [
        (part.key, round(float(share.mean), 4), str(share.percent))
        for part, share in zip(PROCESSES[key].parts, found(key).parts, strict=True)
    ]


@pytest.mark.django_db
@pytest.mark.spec("ANA-34")
def test_each_process_is_split_between_those_who_had_it(story: Story) -> None:
    story.answered(received=NOW - 40 * HOUR, given=1, met=4)
    story.answered(received=NOW - 40 * HOUR, given=3, met=12)
    assert split("enquiry") == [("given", 2.0, "25.0"), ("answered", 6.0, "75.0")]
    story.delivery(
        due_on=dt.date(2026, 5, 10),
        signed=NOW - 400 * DAY,
        walked_at=NOW - 100 * DAY,
        invited_at=NOW - 40 * DAY,
        taken_at=NOW,
    )
    # the end of the period is now: what happens at this very moment is not in it
    assert found("contract").cases == 0


@pytest.mark.django_db
@pytest.mark.spec("ANA-34")
def test_contract_and_defects_name_engineering_centre_and_property(story: Story) -> None:
    story.delivery(
        due_on=dt.date(2026, 5, 10),
        signed=NOW - 401 * DAY,
        walked_at=NOW - 101 * DAY,
        invited_at=NOW - 41 * DAY,
        taken_at=NOW - DAY,
    )
    parts = split("contract")
    assert parts == [("walked", 300.0, "75.0"), ("invited", 60.0, "15.0"), ("taken", 40.0, "10.0")]
    home = story.delivery()
    story.defect(home, found_at=NOW - 10 * DAY, repaired_at=NOW - 4 * DAY, closed_at=NOW - 2 * DAY)
    assert split("defect") == [("repaired", 6.0, "75.0"), ("checked", 2.0, "25.0")]
    story.repair(
        opened_at=NOW - 11 * DAY,
        accepted_at=NOW - DAY,
        dispatch=NOW - 10 * DAY,
        repair=NOW - 3 * DAY,
    )
    sent, repaired, accepted = split("repair")
    assert (sent, repaired, accepted) == (
        ("sent", 1.0, "10.0"),
        ("repaired", 7.0, "70.0"),
        ("accepted", 2.0, "20.0"),
    )
    departments = {str(one.label): str(one.percent) for one in found("repair").departments}
    assert sorted(departments.values()) == ["30.0", "70.0"], "the centre has two of the parts"


@pytest.mark.django_db
def test_moments_out_of_order_or_missing_still_add_up(story: Story) -> None:
    home = story.delivery()
    story.defect(home, found_at=NOW - 8 * DAY, closed_at=NOW - 4 * DAY)
    story.defect(home, found_at=NOW - 8 * DAY, repaired_at=NOW - 20 * DAY, closed_at=NOW - 4 * DAY)
    story.defect(home, found_at=NOW - 8 * DAY, repaired_at=NOW - DAY, closed_at=NOW - 4 * DAY)
    page = cases(PROCESSES["defect"], Asking(MAY, COMPANY, NOW), after=None)
    assert [sum(line.parts) for line in page.lines] == [line.whole for line in page.lines]
    assert all(part >= 0 for line in page.lines for part in line.parts)
    assert [line.parts[0] for line in page.lines] == [4, 0, 0]


@pytest.mark.django_db
def test_median_and_cases_are_those_of_the_kpi(story: Story) -> None:
    for met in (2, 5, 9):
        story.answered(received=NOW - 40 * HOUR, given=1, met=met)
    reading = read_kpi("process_enquiry_hours", Asking(MAY, COMPANY, NOW))
    assert reading.value == D(5)
    assert found("enquiry").median == 5
    assert found("enquiry").cases == reading.n == 3


@pytest.mark.django_db
@pytest.mark.spec("ANA-34")
def test_the_page_shows_shares_of_departments_and_opens_the_cases(
    story: Story, client_for, head_office
) -> None:
    for _n in range(3):
        story.answered(received=NOW - 40 * HOUR, given=1, met=4)
    browser = client_for(head_office)
    page = browser.get(PAGE, {"period": "2026-05"}).content.decode()
    assert re.findall(r'part-share">([\d.]+) %', page) == ["25.0", "75.0"]
    assert sum(D(each) for each in re.findall(r'department-share">([\d.]+) %', page)) == 100
    rows = browser.get(f"{PAGE}enquiry/", {"period": "2026-05"})
    assert re.search(r'id="count">3<', rows.content.decode())
    assert browser.get(f"{PAGE}nothing/").status_code == 404
    assert browser.get(PAGE, {"period": "x"}).status_code == 422


@pytest.mark.django_db
def test_rows_follow_rights_and_place(story: Story, client_for, engineering, executive) -> None:
    story.answered(received=NOW - 40 * HOUR, given=1, met=4)
    # engineering sees no customers, so no enquiries
    assert client_for(engineering).get(PAGE, {"period": "2026-05"}).status_code == 403
    assert client_for(engineering).get(f"{PAGE}enquiry/").status_code == 403
    south = f"region-{story.org.region_south.pk}"
    assert client_for(executive).get(PAGE, {"place": south}).status_code == 404


@pytest.mark.django_db
def test_the_pages_cost_few_statements_at_one_and_twenty_rows(
    story: Story, client_for, head_office, django_assert_max_num_queries
) -> None:
    browser = client_for(head_office)
    browser.get(PAGE)
    for _n in range(2):
        for url in (PAGE, f"{PAGE}enquiry/"):
            with django_assert_max_num_queries(16):
                browser.get(url, {"period": "2026-05"})
        for _row in range(20):
            story.answered(received=NOW - 40 * HOUR, given=1, met=4)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([1, 1, 1], ["33.4", "33.3", "33.3"]),
        ([0, 5], ["0.0", "100.0"]),
        ([0, 0], [None, None]),
        ([], []),
        ([1, 2, 4], ["14.3", "28.6", "57.1"]),
    ],
)
def test_shares_add_up_to_exactly_a_hundred(parts: list[int], expected: list[str]) -> None:
    got = shares([D(each) for each in parts])
    assert [each if each is None else str(each) for each in got] == expected
    if any(parts):
        assert sum(each for each in got if each) == 100


def test_departments_are_put_together_longest_first() -> None:
    taken = [Taken("a", "x", D(1)), Taken("b", "y", D(5)), Taken("c", "x", D(2))]
    assert by_department(taken) == [("y", D(5)), ("x", D(3))]
