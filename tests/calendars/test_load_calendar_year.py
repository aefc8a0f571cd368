import json
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm_site.calendars.models import CalendarYear
from crm_site.calendars.services import recompute_open_clocks
from tests.calendars.desks import at

# The Spring Festival of 2027 as it could be announced: 5 to 11 February off, two days made up.
SPRING_FESTIVAL = [
    *({"name": "春节", "date": f"2027-02-{day:02}", "isOffDay": True} for day in range(5, 12)),
    {"name": "春节", "date": "2027-01-30", "isOffDay": False},
    {"name": "春节", "date": "2027-02-13", "isOffDay": False},
]


@pytest.fixture
def notice(tmp_path):
    """Return a function that writes a file and gives its path."""

    def write(content):
        path = tmp_path / "2027.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def run(path):
    out = StringIO()
    call_command("load_calendar_year", str(path), stdout=out)
    return out.getvalue().splitlines()


def test_a_limit_across_the_spring_festival_is_right_once_the_year_is_loaded(
    notice, sample_clock, start_clock, signed_up
):
    signed_up.append(partial(recompute_open_clocks, sample_clock))
    row = start_clock(at("2027-02-04 17:00"), 12)
    assert (row.due_at, row.is_provisional) == (at("2027-02-08 11:30"), True)
    assert run(notice({"year": 2027, "days": SPRING_FESTIVAL})) == [
        "Official year 2027 version 1 is in force (source 2027.json): "
        "5 weekdays off, 2 weekend days worked.",
        "Open clocks recomputed: 1",
    ]
    row.refresh_from_db()
    # One hour on 4 February, eight on the 12th, three on Saturday the 13th, which is made up.
    assert (row.due_at, row.is_provisional) == (at("2027-02-13 11:30"), False)


@pytest.mark.django_db
def test_loading_the_same_file_again_says_that_nothing_changed(notice, signed_up):
    path = notice({"year": 2027, "days": SPRING_FESTIVAL})
    run(path)
    assert run(path) == [
        "Official year 2027 is unchanged: version 1, source 2027.json.",
        "Open clocks recomputed: 0",
    ]
    assert CalendarYear.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("no json", "cannot be read as JSON"),
        ([], '"year" and "days" is expected'),
        ({"year": "2027", "days": []}, '"year" and "days" is expected'),
        ({"year": 2027, "days": ["2027-01-01"]}, "every day must be an object"),
        ({"year": 2027, "days": []}, "not announced yet"),
    ],
)
def test_a_file_that_is_no_year_is_refused_and_nothing_is_stored(notice, content, reason):
    with pytest.raises(CommandError, match=reason):
        run(notice(content))
    assert CalendarYear.objects.count() == 0


@pytest.mark.django_db
def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.json")
