"""Flows through time: begin, wait, ask, act, stop once answered (MKT-38)."""

from datetime import timedelta

import pytest

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.models import Customer, Meeting, MeetingGuest, StageEvent, Task
from marketing.messaging.errors import MessagingError
from marketing.messaging.models import FlowAct, FlowRun
from marketing.messaging.services.flows import (
    FlowDraft,
    StepDraft,
    switch_off,
    switch_on,
    walk,
    write_flow,
)
from marketing.messaging.services.replies import read_replies, stop_answered
from marketing.messaging.services.starting import start_runs, starts_of
from tests.factories import InteractionFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def make_flow(marketing, make_text, org, now):
    text = make_text(body="{name}，欢迎再来{project}。", name="回访")

    def make(trigger="stage", stage="deciding", steps=None, is_on=True, **values):
        steps = steps or [
            StepDraft(kind="message", template=text, channel="sms"),
            StepDraft(kind="wait", hours=48),
            StepDraft(kind="condition", condition="not_visited"),
            StepDraft(kind="task", words="请客户再来"),
        ]
        draft = FlowDraft(
            name="到访后",
            trigger=trigger,
            stage=stage,
            steps=steps,
            project=org.project_one,
            **values,
        )
        flow = write_flow(draft=draft, actor=marketing, now=now)
        return switch_on(flow=flow, actor=marketing, now=now) if is_on else flow

    make.text = text
    return make


def reach(customer, stage, at):
    Customer.objects.filter(pk=customer.pk).update(buying_stage=stage, stage_since=at)
    StageEvent.objects.create(customer=customer, from_stage="watching", to_stage=stage, at=at)


def tick(now):
    """What the job does at a moment."""
    read_replies(now=now)
    stop_answered(now=now)
    started = start_runs(now=now)
    walk(now=now)
    deliver_due(now=now)
    return started


def shape(run):
    run.refresh_from_db()
    return run.state, run.ending, run.position


@pytest.mark.spec("MKT-38")
def test_a_flow_runs_through_time_and_stops_after_an_answer(people, make_flow, consultant, now):
    flow = make_flow()
    silent, answering = people[:2]
    reach(silent, "deciding", now + HOUR)
    reach(answering, "deciding", now + HOUR)
    assert tick(now + HOUR / 2) == 0
    assert tick(now + 2 * HOUR) == 2
    assert tick(now + 3 * HOUR) == 0  # the same event begins nothing twice
    assert Message.objects.filter(state="sent").count() == 2
    runs = {run.customer_id: run for run in FlowRun.objects.filter(flow=flow)}
    assert shape(runs[silent.pk]) == ("running", "", 3)
    said = InteractionFactory(
        customer=answering, channel="wechat", result="reached", author=consultant, at=now + 5 * HOUR
    )
    type(said).objects.filter(pk=said.pk).update(created_at=now + 5 * HOUR)
    tick(now + 6 * HOUR)
    assert shape(runs[answering.pk]) == ("stopped", "replied", 3)
    tick(now + 49 * HOUR)
    assert not Task.objects.filter(source="flow").exists()  # an hour short of the wait
    tick(now + 50 * HOUR + HOUR)
    assert shape(runs[silent.pk]) == ("done", "finished", 5)
    task = Task.objects.get(source="flow")
    assert (task.customer, task.owner, task.title) == (silent, consultant, "请客户再来")
    tick(now + 5 * DAY)
    assert Task.objects.filter(source="flow").count() == 1
    assert FlowAct.objects.filter(run=runs[silent.pk]).count() == 4
    assert FlowAct.objects.filter(run=runs[answering.pk]).count() == 2
    assert Message.objects.filter(addressee_kind="customer").count() == 2


def test_a_message_in_the_queue_is_called_off_by_an_answer(people, make_flow, consultant, now):
    make_flow()
    reach(people[0], "deciding", now + HOUR)
    start_runs(now=now + HOUR)
    walk(now=now + HOUR)
    assert Message.objects.get().state == "waiting"
    said = InteractionFactory(
        customer=people[0], channel="sms", result="reached", author=consultant, at=now + 2 * HOUR
    )
    type(said).objects.filter(pk=said.pk).update(created_at=now + 2 * HOUR)
    read_replies(now=now + 2 * HOUR)
    assert deliver_due(now=now + 3 * HOUR).sent == 0
    assert Message.objects.get().reason == "called_off"


def test_a_condition_that_does_not_hold_ends_the_run(people, make_flow, consultant, now):
    flow = make_flow()
    reach(people[0], "deciding", now + HOUR)
    tick(now + HOUR)
    visit = InteractionFactory(
        customer=people[0], channel="phone", result="reached", author=consultant, at=now + 2 * HOUR
    )
    type(visit).objects.filter(pk=visit.pk).update(result="visited", created_at=now - 9 * DAY)
    tick(now + 50 * HOUR)
    run = FlowRun.objects.get(flow=flow)
    assert shape(run) == ("done", "condition", 3)
    assert not Task.objects.filter(source="flow").exists()


def test_a_withdrawal_ends_the_run(people, make_flow, agree, now):
    flow = make_flow()
    reach(people[0], "deciding", now + HOUR)
    tick(now + HOUR)
    agree(people[0], given=False, at=now + 2 * HOUR)
    tick(now + 50 * HOUR)
    assert shape(FlowRun.objects.get(flow=flow))[:2] == ("stopped", "withdrawn")


def test_an_appointment_begins_a_flow_once(people, make_flow, consultant, org, now):
    flow = make_flow(trigger="appointment", stage="")
    meeting = Meeting.objects.create(
        kind="visit",
        title="看房",
        owner=consultant,
        project=org.project_one,
        starts_at=now + 2 * DAY,
        ends_at=now + 2 * DAY + HOUR,
        created_at=now + HOUR,
    )
    MeetingGuest.objects.create(meeting=meeting, customer=people[0])
    assert [one.name for one in starts_of(flow, now=now + 2 * HOUR)] == ["客户0"]
    assert tick(now + 2 * HOUR) == 1
    assert tick(now + 3 * HOUR) == 0


def test_silence_begins_a_flow_once_per_silence(people, make_flow, now):
    flow = make_flow(trigger="dwell", stage="watching", days=14)
    quiet, fresh = people[:2]
    Customer.objects.update(buying_stage="preparing")
    rows = Customer.objects.filter(pk__in=[quiet.pk, fresh.pk])
    rows.update(buying_stage="watching", stage_since=now - 20 * DAY, last_contact_at=now - 15 * DAY)
    rows.filter(pk=fresh.pk).update(last_contact_at=now - 3 * DAY)
    assert [one.customer_id for one in starts_of(flow, now=now)] == [quiet.pk]
    assert tick(now) == 1
    assert tick(now + DAY) == 0


def test_a_birthday_begins_a_flow_once_a_year(people, make_flow, now):
    make_flow(trigger="birthday", stage="")
    Customer.objects.filter(pk=people[0].pk).update(birthday="1990-05-21")
    assert tick(now) == 0
    assert tick(now + DAY) == 1
    assert tick(now + DAY + 3 * HOUR) == 0


def test_what_happened_before_the_switch_begins_nothing(people, make_flow, now):
    reach(people[0], "deciding", now - HOUR)
    flow = make_flow(is_on=False)
    assert [one.name for one in starts_of(flow, now=now)] == ["客户0"]  # the preview shows it
    assert FlowRun.objects.count() == 0
    make_flow()
    assert tick(now + HOUR) == 0


@pytest.mark.parametrize(
    "steps",
    [
        [StepDraft(kind="wait", hours=3)],
        [StepDraft(kind="task", words="电话"), StepDraft(kind="wait", hours=3)],
    ],
)
def test_a_flow_without_an_end_that_acts_is_not_switched_on(make_flow, steps):
    with pytest.raises(MessagingError):
        make_flow(steps=steps)


def test_a_text_with_a_place_of_its_own_is_refused_by_name(make_flow, make_text):
    text = make_text(body="{name}，{event}")
    with pytest.raises(MessagingError, match="event"):
        make_flow(steps=[StepDraft(kind="message", template=text, channel="sms")])


def test_switched_off_everybody_on_the_way_stops(people, make_flow, marketing, now):
    flow = make_flow()
    reach(people[0], "deciding", now + HOUR)
    start_runs(now=now + HOUR)
    walk(now=now + HOUR)
    switch_off(flow=flow, actor=marketing, now=now + HOUR)
    assert deliver_due(now=now + 2 * HOUR).sent == 0
    assert shape(FlowRun.objects.get())[:2] == ("stopped", "switched_off")
    with pytest.raises(MessagingError):
        switch_off(flow=flow, actor=marketing, now=now)
