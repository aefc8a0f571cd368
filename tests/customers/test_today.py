"""The day of a consultant: what is lost first stands on top; any length costs the same."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.calendars.rules.working_time import SHANGHAI
from customers.models import LeadClock, Task
from customers.selectors.today import today
from customers.services.clocks import meet, start_clocks
from customers.services.tasks import complete_task
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lead_received(consultant, received_at, **customer):
    lead = LeadFactory(
        customer=CustomerFactory(owner=consultant, **customer),
        received_at=received_at,
        enquiry="想看三房",
    )
    start_clocks(lead=lead, started_at=received_at, now=received_at)
    return lead


def sections(day):
    return [(section.key, [row.customer_name for row in section.rows]) for section in day.sections]


def test_sections_stand_in_the_order_of_what_is_lost_first(consultant, now):
    owner = {"owner": consultant}
    TaskFactory(customer=CustomerFactory(name="今天", **owner), due_at=now + HOUR)
    TaskFactory(customer=CustomerFactory(name="到访", **owner), due_at=now + HOUR, kind="visit")
    TaskFactory(customer=CustomerFactory(name="逾期", **owner), due_at=now - DAY)
    TaskFactory(customer=CustomerFactory(name="明天", **owner), due_at=now + DAY)
    CustomerFactory(name="生日", birthday=date(1990, 5, 22), **owner)
    CustomerFactory(name="下月生日", birthday=date(1990, 6, 22), **owner)
    lead_received(consultant, now - 20 * HOUR, name="新线索")
    lead_received(consultant, now - 2 * HOUR, name="更新的线索")
    lead_received(consultant, now - 25 * HOUR, name="超时线索")
    day = today(user=consultant, now=now)
    assert sections(day) == [
        ("breached", ["超时线索"]),
        ("new_leads", ["新线索", "更新的线索"]),
        ("overdue", ["逾期"]),
        ("due_today", ["今天"]),
        ("visits", ["到访"]),
        ("birthdays", ["生日"]),
    ]
    assert (day.total, day.done, day.date) == (6, 0, date(2026, 5, 20))


def test_a_row_says_why_how_long_and_what_to_do(consultant, now):
    lead = lead_received(consultant, now - 18 * HOUR, name="徐一鸣", phone="+8615400001402")
    (row,) = today(user=consultant, now=now).sections[0].rows
    assert (row.customer_name, row.why, row.action) == ("徐一鸣", "想看三房", "call")
    assert row.phone.replace("\N{NO-BREAK SPACE}", " ") == "154 **** 1402"
    assert (row.due_at, row.left, row.fraction) == (now + 6 * HOUR, 6 * HOUR, 0.75)
    assert (row.tone, row.is_over, row.lead_id) == ("amber", False, lead.pk)


def test_a_missed_limit_counts_at_once_though_no_sweep_has_run(consultant, now):
    lead_received(consultant, now - DAY - timedelta(seconds=1))
    day = today(user=consultant, now=now)
    assert [section.key for section in day.sections] == ["breached"]
    assert day.sections[0].rows[0].left == -timedelta(seconds=1)
    assert day.sections[0].rows[0].tone == "red"


def test_a_lead_stands_once_where_it_is_most_pressing(consultant, now):
    lead_received(consultant, now - 8 * DAY)
    day = today(user=consultant, now=now)
    assert [(section.key, section.count) for section in day.sections] == [("breached", 1)]


def test_what_is_done_counts_and_can_be_seen(consultant, now):
    task = TaskFactory(customer=CustomerFactory(owner=consultant), due_at=now + HOUR)
    TaskFactory(customer=CustomerFactory(owner=consultant), due_at=now + HOUR)
    lead = lead_received(consultant, now - HOUR)
    meet(lead=lead, kind="first_touch", at=now)
    complete_task(task=task, actor=consultant, now=now)
    day = today(user=consultant, now=now)
    assert (day.total, day.done) == (3, 2)
    assert [done.pk for done in day.done_tasks] == [task.pk]
    tomorrow = today(user=consultant, now=now + DAY)
    assert tomorrow.done == 0


def test_the_day_ends_at_midnight_in_beijing(consultant, now):
    midnight = datetime(2026, 5, 21, 0, 0, tzinfo=SHANGHAI)
    for due_at in (midnight - timedelta(seconds=1), midnight):
        TaskFactory(customer=CustomerFactory(owner=consultant), due_at=due_at)
    assert today(user=consultant, now=now).total == 1


def test_other_peoples_work_is_not_mine(consultant, consultant_b, now):
    lead_received(consultant_b, now - HOUR)
    TaskFactory(customer=CustomerFactory(owner=consultant_b), due_at=now)
    CustomerFactory(owner=consultant_b, birthday=date(1990, 5, 20))
    day = today(user=consultant, now=now)
    assert (list(day.sections), day.total, day.done) == ([], 0, 0)


def test_provisional_due_times_say_so(consultant, now):
    lead = lead_received(consultant, now - HOUR)
    LeadClock.objects.filter(lead=lead).update(is_provisional=True)
    assert today(user=consultant, now=now).sections[0].rows[0].is_provisional


def test_one_row_costs_as_many_queries_as_twenty(consultant, now):
    def queries(number):
        for _ in range(number):
            lead_received(consultant, now - HOUR)
            lead_received(consultant, now - 2 * DAY)
            for due_at in (now - HOUR, now + HOUR):
                TaskFactory(
                    customer=CustomerFactory(owner=consultant, birthday=date(1990, 5, 20)),
                    due_at=due_at,
                )
        with CaptureQueriesContext(connection) as seen:
            day = today(user=consultant, now=now)
        return day.total, len(seen)

    total, first = queries(1)
    assert total == 4
    total, second = queries(19)
    assert total == 80
    assert second == first


def test_a_long_list_is_cut_but_counted(consultant, now):
    customer = CustomerFactory(owner=consultant)
    Task.objects.bulk_create(
        Task(title=f"第{n}件", customer=customer, owner=consultant, due_at=now, source="manual")
        for n in range(60)
    )
    (section,) = today(user=consultant, now=now).sections
    assert (len(section.rows), section.count) == (50, 60)


@pytest.mark.parametrize(
    ("born", "year", "expected"),
    [
        (date(2000, 2, 29), 2026, date(2026, 2, 28)),
        (date(2000, 2, 29), 2028, date(2028, 2, 29)),
        (date(1990, 1, 1), 2026, date(2027, 1, 1)),
    ],
)
def test_birthdays_on_leap_days_and_over_new_year(born, year, expected):
    from customers.rules.birthdays import days_of, next_birthday

    start = expected - timedelta(days=2)
    birthday = next_birthday(born, start)
    assert (birthday.on, birthday.age) == (expected, expected.year - born.year)
    assert (born.month, born.day) in days_of(start, 7)
