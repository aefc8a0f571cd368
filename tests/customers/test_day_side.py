"""Beside the day's work: schedule, own month, news; every figure counts what its list shows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import LeadEvent, Meeting, MeetingGuest, NewsItem
from customers.rules.days import start_of_month
from customers.selectors.agenda import side
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory, TaskFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def meeting(owner, starts_at, **fields):
    values = {"kind": "visit", "title": "看样板间", "place": "3栋", "ends_at": starts_at + HOUR}
    return Meeting.objects.create(owner=owner, starts_at=starts_at, **{**values, **fields})


def titles(found):
    return [(f"{timezone.localtime(row.at):%H:%M}", row.title) for row in found.agenda]


def test_meetings_and_timed_tasks_stand_in_the_order_of_the_day(consultant, consultant_b, now):
    customer = CustomerFactory(owner=consultant, name="赵敏仪")
    hidden = CustomerFactory(owner=consultant_b, name="别人")
    visit = meeting(consultant, now + 3 * HOUR)
    for guest in (customer, hidden):
        MeetingGuest.objects.create(meeting=visit, customer=guest)
    meeting(consultant, now - 2 * HOUR, title="晨会", kind="meeting", place="")
    meeting(consultant, now + 4 * HOUR, title="取消了", state="cancelled")
    meeting(consultant, now + timedelta(days=1), title="明天")
    meeting(consultant_b, now + HOUR, title="同事的")
    TaskFactory(customer=customer, owner=consultant, title="发测算表", due_at=now + HOUR)
    TaskFactory(customer=customer, owner=consultant, title="算了", due_at=now, state="cancelled")
    TaskFactory(customer=hidden, owner=consultant_b, title="不是我的", due_at=now + HOUR)
    found = side(consultant, now)
    assert titles(found) == [
        ("08:32", "晨会"),
        ("10:32", ""),
        ("11:32", "发测算表"),
        ("13:32", "看样板间"),
    ]
    assert [row.is_past for row in found.agenda] == [True, False, False, False]
    assert (found.agenda[3].note, found.entries) == ("到访 · 3栋 · 赵敏仪", 3)
    assert found.agenda[3].url == f"/meetings/{visit.pk}/"
    assert found.agenda[2].url == f"/customers/{customer.pk}/"


def test_an_empty_day_has_no_mark_of_now(consultant, now):
    assert (side(consultant, now).agenda, side(consultant, now).entries) == ([], 0)


@pytest.fixture
def month(consultant, consultant_b):
    """Customers of this month and of before, by what happened; moments of the real clock."""
    now = timezone.now()
    before = start_of_month(now) - HOUR
    made = {
        name: CustomerFactory(owner=consultant, name=name)
        for name in ("新", "谈", "访", "签", "旧")
    }
    for name in ("谈", "访", "签", "旧"):
        type(made[name]).objects.filter(pk=made[name].pk).update(created_at=before)
    InteractionFactory(customer=made["谈"], at=now, channel="phone", result="reached")
    InteractionFactory(customer=made["谈"], at=now, channel="phone", result="reached")
    InteractionFactory(customer=made["访"], at=now, channel="visit", result="visited")
    InteractionFactory(customer=made["旧"], at=before, channel="visit", result="visited")
    InteractionFactory(customer=made["旧"], at=now, channel="note", result="informed")
    InteractionFactory(customer=made["旧"], at=now, channel="sms", is_automatic=True)
    for name, at in (("签", now), ("旧", before)):
        lead = LeadFactory(customer=made[name], owner=consultant, state="signed")
        LeadEvent.objects.create(lead=lead, kind="state", to_value="signed", at=at)
    InteractionFactory(customer=CustomerFactory(owner=consultant_b), at=now)
    return made


def test_each_figure_of_the_month_counts_the_rows_of_its_list(consultant, client_for, month):
    found = side(consultant, timezone.now())
    figures = [(figure.count, figure.url) for _label, figure in found.month]
    wanted = [{"新"}, {"谈", "访"}, {"访"}, {"签"}]
    assert [count for count, _url in figures] == [1, 2, 1, 1]
    client = client_for(consultant)
    page = client.get("/").content.decode()
    for (count, url), names in zip(figures, wanted, strict=True):
        assert url.replace("&", "&amp;") in page
        rows = client.get(url).context["rows"]
        assert ({row.name for row in rows}, len(rows)) == (names, count)


def test_who_owns_no_customers_has_no_month(service_manager, now):
    assert side(service_manager, now).month == []


def test_news_still_to_tell_is_one_line_with_its_list(consultant, client_for, monkeypatch, now):
    from customers.models import Customer
    from customers.selectors import agenda

    project = consultant.node.project_id
    CustomerFactory.create_batch(2, owner=consultant, project_id=project)
    assert side(consultant, now).news is None
    old, new = (
        NewsItem.objects.create(
            title=title, body="…", project_id=project, published_at=now - ago * HOUR
        )
        for title, ago in (("学区落定", 2), ("二期开盘", 1))
    )
    everybody = Customer.objects.filter(owner=consultant)
    nobody = everybody.none()
    monkeypatch.setattr(agenda, "not_told", lambda news, *, now: everybody)
    line = side(consultant, now).news
    assert (line.title, line.count, line.more) == ("二期开盘", 2, 1)
    assert line.url == f"/news/{new.pk}/not-told/"
    monkeypatch.setattr(
        agenda, "not_told", lambda news, *, now: everybody if news == old else nobody
    )
    assert side(consultant, now).news.title == "学区落定"
    NewsItem.objects.update(published_at=timezone.now())
    page = client_for(consultant).get("/", headers={"accept-language": "en"}).content.decode()
    assert "2 customers not yet told: 学区落定" in page


def test_any_length_costs_the_same(consultant, now):
    def queries(number):
        for _each in range(number):
            customer = CustomerFactory(owner=consultant)
            TaskFactory(customer=customer, owner=consultant, due_at=now + HOUR)
            MeetingGuest.objects.create(meeting=meeting(consultant, now), customer=customer)
            InteractionFactory(customer=customer, at=now)
        with CaptureQueriesContext(connection) as captured:
            found = side(consultant, now)
        return found.entries, len(captured)

    assert queries(1) == (2, 5)
    assert queries(12) == (26, 5)


def test_a_finished_task_renews_what_stands_beside(consultant, client_for):
    task = TaskFactory(
        customer=CustomerFactory(owner=consultant), owner=consultant, due_at=timezone.now() + HOUR
    )
    client = client_for(consultant)
    whole = client.get("/").content.decode()
    assert whole.count('id="day-side"') == 1
    assert "hx-swap-oob" not in whole
    headers = {"HX-Request": "true", "HX-Target": "work"}
    answer = client.post(f"/tasks/{task.pk}/done/", {"idempotency_key": "k"}, headers=headers)
    part = answer.content.decode()
    assert part.count('id="day-side" hx-swap-oob="true"') == 1
