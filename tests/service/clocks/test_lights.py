"""How the nearest limit of a ticket stands in the list and on the board, and the lists by it."""

import re

import pytest

from service.clocks.rules.lights import Light, light_of
from service.clocks.services.sweeping import sweep_ticket_clocks
from tests.service.clocks.life import moment

pytestmark = pytest.mark.django_db
NOW = "05-20 12:00"
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)


@pytest.mark.parametrize(
    ("state", "due", "light"),
    [
        ("running", "05-20 11:59", Light.OVERDUE),
        ("breached", "05-19 11:59", Light.OVERDUE),
        ("running", "05-20 12:00", Light.TODAY),
        ("running", "05-20 23:59", Light.TODAY),
        ("running", "05-21 00:00", Light.AHEAD),
        ("paused", "05-19 12:00", Light.STILL),
    ],
)
def test_a_limit_is_overdue_due_today_ahead_or_stands_still(state, due, light):
    assert light_of(state, moment(due), moment(NOW)) is light


@pytest.fixture
def four(life):
    """One overdue, one due today, one with days left, one that waits for the customer."""
    late = life("05-11 09:00")
    sweep_ticket_clocks(now=moment("05-19 12:00"))
    today = life("05-20 11:00")  # the desk's own response is due in the afternoon
    ahead = life("05-19 16:00")
    ahead.event("05-19 16:30", "told")  # the closed loop is left, with a week
    still = life("05-20 10:00")
    still.wait("05-20 10:30")
    return {"overdue": late, "today": today, "ahead": ahead, "still": still}


def shown(page, it):
    return next(row for row in ROW.findall(page) if it.ticket.number in row)


WORDS = {
    "overdue": ("tag-red", ("逾期", "Overdue")),
    "today": ("tag-amber", ("今天到期", "Due today")),
    "ahead": ("tag-green", ("时限内", "In time")),
    "still": ("tag", ("暂停计时", "Stands still")),
}


def test_each_row_says_how_its_nearest_limit_stands(four, client_for, agent, clock_at):
    clock_at(NOW)
    page = client_for(agent).get("/tickets/").content.decode()
    for key, (tone, words) in WORDS.items():
        row = shown(page, four[key])
        cell = row[row.rindex("<td") :]
        assert tone in cell, key
        assert "<svg" in cell, key  # a shape beside the colour
        assert any(word in cell for word in words), key
    assert "data-left" in shown(page, four["today"])
    assert "data-left" not in shown(page, four["overdue"])
    board = client_for(agent).get("/tickets/board/").content.decode()
    for tone in ("tag-red", "tag-amber", "tag-green"):
        assert tone in board


def test_the_lists_of_what_is_due(four, client_for, agent, clock_at):
    clock_at(NOW)
    for it in four.values():
        type(it.ticket).objects.filter(pk=it.ticket.pk).update(step_due_at=None)

    def found(query):
        page = client_for(agent).get(f"/tickets/?{query}").content.decode()
        return {key for key, it in four.items() if it.ticket.number in page}

    assert found("due=late") == found("overdue=true") == {"overdue"}
    assert found("due=today") == {"today"}
    assert found("due=pressing") == {"overdue", "today"}
    assert client_for(agent).get("/tickets/?due=never").status_code == 422
    page = client_for(agent).get("/tickets/").content.decode()
    assert "?due=today" in page
    assert "?due=late" in page
    ordered = client_for(agent).get("/tickets/?order=due").content.decode()
    places = [ordered.index(four[key].ticket.number) for key in ("overdue", "today", "ahead")]
    assert places == sorted(places)
    assert places[-1] < ordered.index(four["still"].ticket.number)


def test_one_that_waits_is_late_only_if_it_was_before(life, client_for, agent, clock_at):
    """A limit that ran out before the wait is counted against the desk: its list shows it too."""
    late, waiting = life("05-11 09:00"), life("05-20 10:00")
    sweep_ticket_clocks(now=moment("05-20 10:00"))
    for it in (late, waiting):
        it.wait("05-20 10:30")
    clock_at("06-20 10:00")
    page = client_for(agent).get("/tickets/?due=late").content.decode()
    assert late.ticket.number in page
    assert waiting.ticket.number not in page
    late.ticket.refresh_from_db()
    waiting.ticket.refresh_from_db()
    assert late.ticket.due_at == moment("05-14 09:00")
    assert waiting.ticket.due_at is None
    red = client_for(agent).get(f"/tickets/{late.ticket.pk}/").content.decode()
    calm = client_for(agent).get(f"/tickets/{waiting.ticket.pk}/").content.decode()
    head = '<div class="rec-n">'
    assert "tag-red" in red.split(head)[1].split("</div>")[0]
    assert "tag-red" not in calm.split(head)[1].split("</div>")[0]
