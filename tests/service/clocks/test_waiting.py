"""Waiting times per step, and how fast repairs are answered."""

import statistics

import pytest
from django.urls import reverse
from django.utils import translation

from crm_site.common.display import duration
from crm_site.outbox.models import Message
from service.clocks.models import SlowResponse
from service.clocks.policies import TimelinessPolicy
from service.clocks.tasks import watch_repair_responses
from tests.service.clocks.life import HOUR, MINUTE, moment
from tests.service.clocks.policy import put_in_force
from tests.service.factories import CategoryFactory

pytestmark = pytest.mark.django_db
PAGE = "service:ticket-waiting"


@pytest.fixture
def reader(client_for, service_manager, clock_at):
    clock_at("05-28 12:00")
    return client_for(service_manager)


def ninth(spans):
    """The 90th percentile as PostgreSQL's percentile_cont counts it, by hand."""
    spans = sorted(spans)
    place = 0.9 * (len(spans) - 1)
    low = int(place)
    high = min(low + 1, len(spans) - 1)
    return spans[low] + (spans[high] - spans[low]) * (place - low)


@pytest.mark.spec("SVC-64")
def test_each_step_shows_its_median_and_its_90th_percentile(life, reader):
    stays = {"received": [], "classified": []}
    for number in range(1, 8):
        it = life("05-04 10:00")
        first, second = number * HOUR, number * number * MINUTE
        it.move(moment("05-04 10:00") + first, "classified")
        it.event(moment("05-04 10:00") + first, "noted")  # changes no state: ends no stay
        it.move(moment("05-04 10:00") + first + second, "assigned")
        stays["received"].append(first)
        stays["classified"].append(second)
    page = reader.get(reverse(PAGE))
    rows = {row.key: row for row in page.context["steps"]}
    for state, spans in stays.items():
        assert rows[state].count == 7
        assert rows[state].median == statistics.median(spans)
        assert abs(rows[state].ninth - ninth(spans)) < MINUTE / 60
    assert (rows["assigned"].count, rows["assigned"].now_in_it) == (0, 7)
    text = page.content.decode()
    with translation.override("zh-hans"):
        assert duration(4 * HOUR) in text
        assert duration(rows["received"].ninth) in text


def test_waiting_for_the_customer_is_a_step_of_its_own(life, reader):
    it = life("05-04 10:00")
    it.wait("05-04 12:00")
    it.hear("05-06 12:00")
    it.move("05-06 13:00", "classified")
    rows = {row.key: row for row in reader.get(reverse(PAGE)).context["steps"]}
    assert rows["waiting"].median == 48 * HOUR
    assert rows["received"].count == 2  # before the wait and after it


def test_a_stay_counts_in_the_month_it_ended_and_where_one_may_see_it(life, reader, org):
    life("04-29 10:00").move("05-01 10:00", "classified")
    life("04-29 10:00").move("04-30 10:00", "classified")
    life("05-04 10:00", project=org.project_three).move("05-05 10:00", "classified")
    rows = {row.key: row for row in reader.get(reverse(PAGE)).context["steps"]}
    assert (rows["received"].count, rows["received"].median) == (1, 48 * HOUR)


@pytest.fixture
def repairs(life):
    """Repairs of two classes: taps answered within the hour, lifts after nine to eleven."""
    taps = CategoryFactory(kind="repair", name="水龙头")
    lifts = CategoryFactory(kind="repair", name="电梯")
    for number in (1, 2, 3):
        it = life("05-20 08:00", kind="repair", category=taps)
        it.event(moment("05-20 08:00") + number * 10 * MINUTE, "told")
        it = life("05-20 08:00", kind="repair", category=lifts)
        it.event(moment("05-20 08:00") + (8 + number) * HOUR, "told")
    return taps, lifts


@pytest.mark.spec("SVC-100")
def test_the_median_answer_to_repairs_is_shown_by_kind_and_slow_ones_alert(
    repairs, reader, service_manager
):
    page = reader.get(reverse(PAGE))
    waits = {row.label: row for row in page.context["classes"]}
    assert waits["水龙头"].median == 20 * MINUTE
    assert (waits["水龙头"].is_slow, waits["电梯"].is_slow) == (False, True)
    assert waits["电梯"].median == 10 * HOUR
    spans = [10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 9 * HOUR, 10 * HOUR, 11 * HOUR]
    whole = statistics.median(spans)
    assert page.context["repairs"].median == whole
    assert 'id="repair-median"' in page.content.decode()
    assert "tag-red" in page.content.decode()
    assert watch_repair_responses() == 1
    assert watch_repair_responses() == 0  # once a month, however often the job runs
    message = Message.objects.get(kind="ticket_clock.slow_response")
    assert message.recipient == service_manager
    assert message.params["category"] == "电梯"
    alert = SlowResponse.objects.get()
    assert (alert.median_minutes, alert.responses) == (600, 3)


def test_two_answers_are_too_few_for_an_alert_and_the_limit_is_a_policy(
    life, reader, service_manager, executive
):
    lifts = CategoryFactory(kind="repair", name="电梯")
    for _number in range(2):
        it = life("05-20 08:00", kind="repair", category=lifts)
        it.event("05-20 18:00", "told")
    assert watch_repair_responses() == 0
    put_in_force(TimelinessPolicy(slow_least=2), approver=executive)
    assert watch_repair_responses() == 1


def test_a_next_month_alerts_again(repairs, reader, service_manager, clock_at):
    assert watch_repair_responses() == 1
    clock_at("06-02 09:00")
    assert watch_repair_responses() == 1


def test_without_tickets_the_page_says_so(reader, executive):
    page = reader.get(reverse(PAGE)).content.decode()
    assert "--" in page


def test_twenty_tickets_cost_no_more_queries_than_one(life, reader):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (1, 19):
        for _each in range(number):
            life("05-04 10:00").move("05-05 10:00", "classified")
        reader.get(reverse(PAGE))
        with CaptureQueriesContext(connection) as asked:
            reader.get(reverse(PAGE))
        counts.append(len(asked))
    assert counts[0] == counts[1]
