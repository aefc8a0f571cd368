"""The proof of a ticket's limits: the working shown, versions, every change; and known answers."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.calendars.models import WorkCalendar
from crm_site.calendars.rules.states import Basis
from crm_site.calendars.services import load_calendar_year
from service.clocks.models import TicketClock
from service.clocks.policies import TicketClockPolicy
from service.clocks.rules.limits import TicketLimit
from service.clocks.selectors.nearest import with_nearest_clock
from service.clocks.selectors.panel import cards_of
from service.tickets.models import Ticket
from tests.golden.known_answers import known_answers
from tests.golden.test_sla_cn import moment as golden_moment
from tests.golden.test_sla_cn import windows
from tests.service.clocks.life import DAY, HOUR, MINUTE, moment
from tests.service.clocks.policy import put_in_force

pytestmark = pytest.mark.django_db


def page_of(client, it):
    return client.get(reverse("service:ticket-clocks", args=[it.ticket.pk]))


@pytest.mark.spec("BEY-02")
def test_the_working_is_shown_with_pauses_versions_and_every_change(
    life, client_for, agent, clock_at
):
    """Friday before the Spring Festival, with a wait: what counted, and that it adds up."""
    it = life("2026-02-13 16:30")
    row = it.clock("response")
    assert row.due_at == moment("2026-02-14 11:00")
    clock_at("2026-02-13 17:00")
    page = page_of(client_for(agent), it)
    text = page.content.decode()
    card = next(card for card in page.context["cards"] if card.row.kind == "response")
    shown = [
        (span.start.strftime("%H:%M"), span.end.strftime("%H:%M"), span.length)
        for day in card.days
        for span in day.spans
    ]
    assert shown == [("16:30", "18:00", 90 * MINUTE), ("08:30", "11:00", 150 * MINUTE)]
    assert (card.elapsed, card.remaining, card.percent) == (30 * MINUTE, 210 * MINUTE, 12)
    assert card.counted == card.limit == 4 * HOUR
    assert card.is_proved
    assert "16:30–18:00" in text
    assert "08:30–11:00" in text
    assert "2026-02-14 11:00" in text


@pytest.mark.spec("BEY-02")
@pytest.mark.check("A-57")
def test_a_wait_over_the_spring_festival_is_counted_in_business_time(
    life, executive, client_for, agent, clock_at
):
    """Closed from 15 to 23 February: nine days off cost the limit nothing, work before it does."""
    limits = (
        TicketLimit("first_touch", 60),
        TicketLimit("follow_up", 60),
        TicketLimit("closure", 24 * 60, Basis.WORKING),
    )
    put_in_force(TicketClockPolicy(limits=limits), since="2026-01-01 00:00", approver=executive)
    it = life("2026-02-13 16:00")
    assert it.clock().due_at == moment("2026-02-25 16:00")
    it.wait("2026-02-14 17:00")  # a make-up Saturday: one hour of work left that day
    it.hear("2026-02-24 09:30")  # the first day after it: one hour of work passed
    row = it.clock()
    assert row.due_at == moment("2026-02-25 18:00")
    clock_at("2026-02-24 10:00")
    page = page_of(client_for(agent), it)
    card = next(card for card in page.context["cards"] if card.row == row)
    assert "2026-02-25 18:00" in page.content.decode()
    assert card.counted == 24 * HOUR
    assert [day.day.day for day in card.days] == [13, 14, 24, 25]
    assert [entry.kind for entry in card.trail] == ["started", "paused", "resumed"]


@pytest.mark.spec("BEY-02")
def test_seasonal_hours_of_the_hotline_decide_its_limits(
    life, executive, client_for, agent, clock_at
):
    """The line is staffed to 17:30 in winter and to 18:00 from May to September."""
    limits = (
        *TicketClockPolicy().limits,
        TicketLimit("response", 60, Basis.WORKING, channel="phone", calendar="hotline"),
    )
    limits = tuple(line for line in limits if not (line.clock == "response" and line.urgency))
    put_in_force(TicketClockPolicy(limits=limits), since="2026-01-01 00:00", approver=executive)
    winter, summer = life("01-14 17:00"), life("07-15 17:00")
    assert winter.clock("response").due_at == moment("01-15 09:30")
    assert summer.clock("response").due_at == moment("07-15 18:00")
    assert summer.clock("response").calendar_key == "hotline"
    for it, due in ((winter, "2026-01-15 09:30"), (summer, "2026-07-15 18:00")):
        clock_at(it.ticket.opened_at)
        text = page_of(client_for(agent), it).content.decode()
        assert due in text


def test_the_calendar_edited_after_closing_judges_nothing_again(life, client_for, agent, clock_at):
    it = life("2026-05-20 16:30")
    it.event("2026-05-20 17:30", "told")
    before = it.clock("response").due_at
    days = [{"date": "2026-05-21", "isOffDay": True}]
    load_calendar_year(year=2026, days=days, source="更正", now=moment("2026-05-22 09:00"))
    assert it.clock("response").due_at == before
    clock_at("2026-05-22 10:00")
    page = page_of(client_for(agent), it)
    card = next(card for card in page.context["cards"] if card.row.kind == "response")
    assert (card.is_proved, card.is_calendar_newer) == (False, True)


@pytest.mark.check("A-57")
def test_a_calendar_edited_mid_flight_moves_the_open_limits(life):
    it = life("2026-05-20 16:30")
    assert it.clock("response").due_at == moment("2026-05-21 11:00")
    days = [{"date": "2026-05-21", "isOffDay": True}]
    load_calendar_year(year=2026, days=days, source="更正", now=moment("2026-05-20 17:00"))
    assert it.clock("response").due_at == moment("2026-05-22 11:00")


def test_an_answer_noted_on_the_page_stops_the_first_answer(life, client_for, agent, clock_at):
    it = life()
    clock_at("05-20 11:00")
    client = client_for(agent)
    url = reverse("service:ticket-clock-answer", args=[it.ticket.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"note": ""}).status_code == 422
    assert client.post(url, {"note": "已告知客户安排师傅"}).status_code == 302
    assert it.states()["first_touch"] == it.states()["response"] == "met"
    assert it.states()["follow_up"] == "running"
    answer = {"note": "师傅已看过", "next_step": "周五更换水管"}
    assert client.post(url, answer).status_code == 302
    assert it.states()["follow_up"] == "met"
    assert it.clock("first_touch").entries.last().actor == agent
    clock_at("05-22 11:00")
    it.move("05-22 11:00", "closed")
    refused = client_for(agent).post(url, {"note": "再次告知"})
    assert refused.status_code == 422
    assert "reopen" in refused.content.decode() or "重新" in refused.content.decode()


def test_a_ticket_out_of_reach_has_no_clocks(life, org, client_for, agent, consultant):
    it = life(project=org.project_three)
    for name in ("service:ticket-clocks", "service:ticket-clock-answer"):
        url = reverse(name, args=[it.ticket.pk])
        assert client_for(consultant).get(url).status_code == 404
    head = life()
    url = reverse("service:ticket-clock-answer", args=[head.ticket.pk])
    assert client_for(consultant).get(url).status_code == 404


@pytest.mark.spec("SVC-04")
def test_the_panel_stands_on_the_page_of_the_ticket(life, client_for, agent, clock_at):
    it = life()
    clock_at("05-20 11:00")
    text = client_for(agent).get(it.ticket.get_absolute_url()).content.decode()
    assert 'id="panel-clocks"' in text
    assert reverse("service:ticket-clocks", args=[it.ticket.pk]) in text


def test_a_ticket_without_limits_says_why(life, executive, client_for, agent, clock_at):
    put_in_force(TicketClockPolicy(enforce_from=moment("06-01 00:00")), approver=executive)
    it = life()
    clock_at("05-20 11:00")
    assert page_of(client_for(agent), it).context["cards"] == []
    assert client_for(agent).get(it.ticket.get_absolute_url()).status_code == 200


def test_the_nearest_clock_of_a_list_is_one_query(life, django_assert_num_queries):
    first, second = life(), life("05-19 10:32")
    second.event("05-19 11:00", "told")
    second.move("05-19 12:00", "closed")
    with django_assert_num_queries(1):
        rows = {row.pk: row for row in with_nearest_clock(Ticket.objects.all())}
    row = rows[first.ticket.pk]
    assert (row.clock_kind, row.clock_state) == ("response", "running")
    assert row.clock_due_at == moment("05-20 16:02")
    assert rows[second.ticket.pk].clock_kind is None


def clock(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"


def check_golden(case, life, executive, page_at):
    given, expected = case["input"], case["expected"]
    hours = [[clock(w.opens), clock(w.closes)] for w in windows(given["working_hours"])]
    plan = {"hours": {"workday": hours}}
    WorkCalendar.objects.create(key="service_desk", name="坐席", plan=plan)
    minutes = given["sla_business_hours"] * 60
    limits = (
        TicketLimit("first_touch", minutes),
        TicketLimit("follow_up", minutes),
        TicketLimit("closure", minutes, Basis.WORKING),
    )
    put_in_force(TicketClockPolicy(limits=limits), since="2024-01-01 00:00", approver=executive)
    it = life(golden_moment(given["logged_at"]))
    row, due = it.clock(), golden_moment(expected["due_at"])
    assert row.due_at == due
    page = page_at(it, due)
    assert f"{timezone.localtime(due):%Y-%m-%d %H:%M}" in page.content.decode()
    card = next(card for card in page.context["cards"] if card.row == row)
    assert card.counted / MINUTE == expected["business_minutes_between"]
    assert card.is_proved
    natural = it.clock("first_touch").due_at
    assert natural == golden_moment(expected["natural_hours_due"])


@pytest.mark.spec("SVC-04")
@pytest.mark.check("A-57")
@pytest.mark.parametrize(
    ("check", "name", "case"), known_answers("sla_cn", {"cases": check_golden})
)
def test_a_ticket_ends_at_the_known_answer(
    check, name, case, life, executive, client_for, agent, clock_at
):
    def page_at(it, when):
        clock_at(when)
        return page_of(client_for(agent), it)

    check(case, life, executive, page_at)


def test_closing_a_round_keeps_its_proof(life):
    it = life()
    it.move("05-22 10:32", "closed")
    it.move("05-24 10:32", "reopened")
    cards = cards_of(it.ticket, moment("05-25 10:32"))
    closures = [card for card in cards if card.row.kind == "closure"]
    assert [(card.row.round, card.tone, card.elapsed) for card in closures] == [
        (0, "green", 2 * DAY),
        (1, "", DAY),
    ]
    assert TicketClock.objects.filter(ticket=it.ticket).count() == len(cards)
    assert all(isinstance(card.remaining, dt.timedelta) for card in cards)


def test_the_api_tells_the_limits_of_ones_area_and_that_one_is_provisional(
    life, org, client_for, service_manager, clock_at
):
    it = life("2027-01-04 10:00")
    life("2027-01-04 10:00", project=org.project_three)
    clock_at("2027-01-04 11:00")
    client = client_for(service_manager)
    found = client.get("/api/v1/ticket-clocks/", {"kind": "response"}).json()["results"]
    assert [(row["ticket"], row["is_provisional"], row["state"]) for row in found] == [
        (it.ticket.pk, True, "running")
    ]
    due = {"due_before": "2027-01-06T00:00:00+08:00", "ticket": it.ticket.pk}
    assert len(client.get("/api/v1/ticket-clocks/", due).json()["results"]) == 2
    elsewhere = TicketClock.objects.exclude(ticket=it.ticket).first()
    assert client.get(f"/api/v1/ticket-clocks/{elsewhere.pk}/").status_code == 404
    assert client.get(f"/api/v1/ticket-clocks/{it.clock().pk}/").status_code == 200
