"""Meetings and visits: planned, held, called off, their actions open until done (CUS-59)."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Interaction, Meeting, MeetingGuest, Task
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
LOCAL = "%Y-%m-%dT%H:%M"


def local(moment):
    return timezone.localtime(moment).strftime(LOCAL)


def plan_form(owner, *customers, **more):
    start = timezone.now() + timedelta(days=1)
    values = {
        "kind": "visit",
        "title": "上门拜访",
        "starts_at": local(start),
        "ends_at": local(start + timedelta(hours=1)),
        "place": "客户家中",
        "owner": owner.pk,
        "guests": [customer.pk for customer in customers],
    }
    return values | more


def meeting_of(owner, *customers, hours=-3, **more):
    start = timezone.now() + timedelta(hours=hours)
    values = {"kind": "visit", "title": "上门拜访", "starts_at": start}
    values |= {"ends_at": start + timedelta(hours=1), "owner": owner} | more
    meeting = Meeting.objects.create(**values)
    for customer in customers:
        MeetingGuest.objects.create(meeting=meeting, customer=customer)
    return meeting


def hold_form(*attended, actions=(), **more):
    lines = {"act-TOTAL_FORMS": str(max(1, len(actions))), "act-INITIAL_FORMS": "0"}
    for n, (title, owner, due_at) in enumerate(actions):
        lines |= {f"act-{n}-title": title, f"act-{n}-owner": owner.pk}
        lines[f"act-{n}-due_at"] = local(due_at)
    values = {"attended": [customer.pk for customer in attended], "minutes_text": "谈了车位"}
    return values | {"result": "满意"} | lines | more


@pytest.mark.spec("CUS-59")
def test_an_open_action_shows_in_the_list_of_its_owner_until_done(
    client_for, consultant, supervisor
):
    came, stayed = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant)
    client = client_for(consultant)
    url = reverse("customers:meeting-add")
    assert came.name in client.get(f"{url}?customer={came.pk}").content.decode()
    assert client.post(url, plan_form(consultant, came, stayed)).status_code == 302
    meeting = Meeting.objects.get()
    assert set(meeting.guests.values_list("customer", flat=True)) == {came.pk, stayed.pk}
    hold = reverse("customers:meeting-hold", args=[meeting.pk])
    assert client.post(hold, hold_form(came)).status_code == 422  # it has not begun
    begun = timezone.now() - timedelta(hours=1)
    Meeting.objects.update(starts_at=begun, ends_at=begun + timedelta(minutes=30))
    due = timezone.now() + timedelta(days=2)
    form = hold_form(came, actions=[("发车位报价", consultant, due)])
    assert (
        "act-0-title"
        in client.get(reverse("customers:meeting-detail", args=[meeting.pk])).content.decode()
    )
    assert client.post(hold, form).status_code == 302
    assert client.post(hold, form).status_code == 409
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes_text, meeting.result) == ("held", "谈了车位", "满意")
    assert dict(meeting.guests.values_list("customer", "attended")) == {
        came.pk: True,
        stayed.pk: False,
    }
    talk = Interaction.objects.get()
    assert (talk.customer, talk.channel, talk.author) == (came, "home_visit", consultant)
    task = Task.objects.get()
    assert (task.owner, task.subject_kind, task.subject_id) == (
        consultant,
        "meeting",
        str(meeting.pk),
    )
    tasks, record = reverse("customers:task-list"), task.customer.get_absolute_url()
    for page in (tasks, record):
        assert "发车位报价" in client.get(page).content.decode()
    assert client.post(reverse("customers:task-done", args=[task.pk])).status_code == 302
    assert client.get(tasks).context["rows"] == []
    items = client.get(record).context["open_items"]
    assert "发车位报价" not in [item.title for item in items]


def test_a_bad_plan_writes_nothing(client_for, consultant, consultant_c):
    customer = CustomerFactory(owner=consultant)
    hidden = CustomerFactory(owner=consultant_c)
    client, url = client_for(consultant), reverse("customers:meeting-add")
    past = local(timezone.now() - timedelta(days=1))
    for change in (
        {"guests": []},
        {"guests": [hidden.pk]},
        {"title": ""},
        {"starts_at": past},
        {"ends_at": past},
        {"owner": consultant_c.pk},
    ):
        assert client.post(url, plan_form(consultant, customer) | change).status_code == 422
    assert Meeting.objects.count() == 0


def test_a_meeting_is_changed_or_called_off_until_it_was_held(client_for, consultant):
    customer, other = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant)
    meeting = meeting_of(consultant, customer, hours=20)
    client = client_for(consultant)
    edit = reverse("customers:meeting-edit", args=[meeting.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, plan_form(consultant, other, title="改期")).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, [g.customer for g in meeting.guests.all()]) == ("改期", [other])
    cancel = reverse("customers:meeting-cancel", args=[meeting.pk])
    assert client.post(cancel, {"reason": ""}).status_code == 422
    assert client.post(cancel, {"reason": "客户出差"}).status_code == 302
    assert client.post(cancel, {"reason": "客户出差"}).status_code == 409
    assert client.post(edit, plan_form(consultant, other)).status_code == 409
    meeting.refresh_from_db()
    assert (meeting.state, meeting.result) == ("cancelled", "客户出差")


def test_wrong_minutes_write_nothing(client_for, consultant):
    customer = CustomerFactory(owner=consultant)
    stranger = CustomerFactory(owner=consultant)
    meeting = meeting_of(consultant, customer)
    client, url = client_for(consultant), reverse("customers:meeting-hold", args=[meeting.pk])
    past = timezone.now() - timedelta(days=1)
    for form in (
        hold_form(customer, minutes_text=""),
        hold_form(stranger),
        hold_form(customer, actions=[("补件", consultant, past)]),
    ):
        assert client.post(url, form).status_code == 422
    meeting.refresh_from_db()
    assert (meeting.state, Task.objects.count(), Interaction.objects.count()) == ("planned", 0, 0)


def test_of_a_guest_one_does_not_see_nothing_is_written(client_for, consultant, consultant_c):
    came, stayed = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant)
    hidden = CustomerFactory(owner=consultant_c)
    meeting = meeting_of(consultant, came, stayed, hidden)
    url = reverse("customers:meeting-hold", args=[meeting.pk])
    assert client_for(consultant).post(url, hold_form(came)).status_code == 302
    assert dict(meeting.guests.values_list("customer", "attended")) == {
        came.pk: True,
        stayed.pk: False,
        hidden.pk: None,
    }


@pytest.mark.parametrize("has_hidden", [True, False])
def test_an_action_without_a_guest_in_sight_is_of_no_customer(
    client_for, consultant, consultant_c, has_hidden
):
    guests = [CustomerFactory(owner=consultant_c)] if has_hidden else []
    on_page, by_program = meeting_of(consultant, *guests), meeting_of(consultant, *guests)
    client, due = client_for(consultant), timezone.now() + timedelta(days=2)
    url = reverse("customers:meeting-hold", args=[on_page.pk])
    form = hold_form(actions=[("修门", consultant, due)])
    assert client.post(url, form).status_code == 302
    held = {"minutes_text": "看过", "actions": [{"title": "修灯", "due_at": due.isoformat()}]}
    path = f"/api/v1/meetings/{by_program.pk}/hold/"
    assert client.post(path, held, "application/json").status_code == 200
    made = Task.objects.order_by("pk").values_list("title", "customer", "subject_id")
    assert list(made) == [
        ("修门", None, str(on_page.pk)),
        ("修灯", None, str(by_program.pk)),
    ]


def test_week_and_month_show_ones_own_or_what_one_may_see(
    client_for, consultant, consultant_b, consultant_c, supervisor
):
    noon = timezone.make_aware(datetime.combine(timezone.localdate(), time(12)))
    span = {"starts_at": noon, "ends_at": noon + timedelta(hours=1)}
    mine = CustomerFactory(owner=consultant)
    meeting_of(consultant, mine, title="我的会", **span)
    meeting_of(consultant_b, CustomerFactory(owner=consultant_b), title="同事会", **span)
    meeting_of(consultant_c, CustomerFactory(owner=consultant_c), title="外组会", **span)
    url = reverse("customers:meeting-list")
    for view in ("week", "month"):
        own = client_for(consultant).get(url, {"view": view}).content.decode()
        assert ("我的会" in own, "同事会" in own) == (True, False)
        team = client_for(supervisor).get(url, {"view": view, "who": "team"}).content.decode()
        assert ("我的会" in team, "同事会" in team, "外组会" in team) == (True, True, False)
    for day in ("2026-02-30", "never", "9999-12-31", "0001-01-01"):
        assert client_for(consultant).get(url, {"day": day, "view": "month"}).status_code == 200
    hidden = Meeting.objects.get(title="外组会")
    detail = reverse("customers:meeting-detail", args=[hidden.pk])
    assert client_for(consultant).get(detail).status_code == 404


def test_the_calendar_asks_as_often_for_one_as_for_twenty(
    client_for, consultant, django_assert_max_num_queries
):
    client, url = client_for(consultant), reverse("customers:meeting-list")
    meeting_of(consultant, CustomerFactory(owner=consultant), hours=0)
    client.get(url)
    with django_assert_max_num_queries(40) as few:
        client.get(url)
    for _n in range(19):
        meeting_of(consultant, CustomerFactory(owner=consultant), hours=0)
    with django_assert_max_num_queries(40) as many:
        client.get(url)
    assert len(few) == len(many)
