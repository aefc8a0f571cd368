"""The rows of clocks, follow-up and jobs, proven through pages and the periodic jobs themselves."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.core.serializers import serialize
from django.urls import reverse
from django.utils import timezone

from crm_site.calendars.rules.working_time import SHANGHAI
from crm_site.outbox.models import Message, Notification
from crm_site.outbox.tasks import deliver_messages
from crm_site.policies.services import approve, propose, submit
from crm_site.policies.shapes import to_json
from customers.clock_policies import LEAD_CLOCKS, LeadClockPolicy
from customers.models import Customer, Interaction, LeadClock, LeadClockEffect, Task
from customers.rules.axes import Channel, Result
from customers.rules.followups import Limit, Urgency
from customers.services.clocks import start_clocks
from customers.services.interactions import InteractionEntry, log_interaction
from customers.tasks import assign_unowned, sweep_reminders
from tests.factories import CustomerFactory, LeadFactory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def at(monkeypatch):
    """Return a function that stops the clock at a moment, for pages and jobs alike."""

    def stop(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return stop


@pytest.fixture
def staff(consultant, supervisor, executive):
    return consultant, supervisor, executive


@pytest.fixture
def lead(staff, now):
    lead = LeadFactory(customer=CustomerFactory(name="王浩然", owner=staff[0]), received_at=now)
    start_clocks(lead=lead, started_at=now, now=now)
    return lead


def post_talk(client, lead, **more):
    data = {
        "channel": "phone",
        "result": "reached",
        "content": "想看三房，周末可以来",
        "intent": "",
        "mood": "",
        "next_step": "",
        "next_at": "",
    } | more
    return client.post(reverse("customers:interaction-add", args=[lead.customer_id]), data)


def local(moment):
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def run_jobs():
    sweep_reminders.apply().get()
    deliver_messages.apply().get()


def clock(lead, kind="first_touch"):
    return LeadClock.objects.get(lead=lead, kind=kind)


def told(user):
    return list(
        Notification.objects.filter(recipient=user)
        .order_by("pk")
        .values_list("message__kind", flat=True)
    )


@pytest.mark.spec("CUS-39")
@pytest.mark.parametrize(
    ("after", "in_time"),
    [(timedelta(hours=23, minutes=59), True), (timedelta(hours=24, minutes=1), False)],
    ids=["23:59 passes", "24:01 is breached"],
)
@pytest.mark.parametrize("swept", [True, False], ids=["swept", "sweep late"])
def test_a_first_answer_is_in_time_until_24_hours(
    lead, staff, client_for, at, after, in_time, swept
):
    consultant, supervisor, _executive = staff
    client = client_for(consultant)
    at(lead.received_at + after)
    if swept:
        run_jobs()
    response = post_talk(client, lead)
    assert response.status_code in (200, 302)
    run_jobs()
    row = clock(lead)
    assert row.state == "met"
    assert row.breached_at == (None if in_time else lead.received_at + DAY)
    assert told(supervisor) == ([] if in_time or not swept else ["clock.breached"])


@pytest.mark.spec("CUS-39")
def test_a_machines_reply_alone_is_still_a_breach_and_the_supervisor_is_told(lead, staff, at):
    _consultant, supervisor, executive = staff
    reply = InteractionEntry(
        channel=Channel.SMS,
        result=Result.INFORMED,
        content="您的咨询已收到",
        next_step="顾问将与您联系",
        is_automatic=True,
    )
    log_interaction(customer=lead.customer, entry=reply, actor=None, now=lead.received_at + MINUTE)
    at(lead.received_at + DAY)
    run_jobs()
    assert (clock(lead).state, told(supervisor)) == ("running", [])
    at(lead.received_at + DAY + MINUTE)
    run_jobs()
    assert (clock(lead).state, told(supervisor)) == ("breached", ["clock.breached"])
    assert clock(lead).breached_at == lead.received_at + DAY
    assert told(executive) == []


@pytest.mark.spec("CUS-40")
def test_the_job_flags_a_missing_follow_up_at_three_days_and_a_minute(lead, staff, at):
    at(lead.received_at + 3 * DAY)
    run_jobs()
    assert clock(lead, "follow_up").state == "running"
    at(lead.received_at + 3 * DAY + MINUTE)
    run_jobs()
    assert clock(lead, "follow_up").state == "breached"
    assert "clock.breached" in told(staff[1])


@pytest.mark.spec("CUS-40")
def test_a_logged_talk_with_a_next_step_stops_the_follow_up(lead, staff, client_for, at):
    client = client_for(staff[0])
    moment = at(lead.received_at + 2 * DAY)
    post_talk(client, lead)
    assert clock(lead, "follow_up").state == "running"
    post_talk(client, lead, next_step="发测算表", next_at=local(moment + 5 * DAY))
    assert (clock(lead, "follow_up").state, clock(lead, "follow_up").met_at) == ("met", moment)
    at(lead.received_at + 3 * DAY + MINUTE)
    run_jobs()
    assert clock(lead, "follow_up").breached_at is None
    assert not LeadClockEffect.objects.filter(clock__kind="follow_up", step="breach").exists()


def test_a_missed_closure_appears_in_the_report_of_the_team(lead, staff, client_for, at):
    at(lead.received_at + 7 * DAY + MINUTE)
    run_jobs()
    response = client_for(staff[1]).get(reverse("customers:team"))
    report = {row.kind: row for row in response.context["team"].limits}
    assert (report["closure"].ended, report["closure"].missed, report["closure"].open) == (1, 1, 1)
    assert "王浩然" in response.content.decode()


@pytest.mark.spec("CUS-42")
def test_open_cases_keep_the_version_they_started_with(lead, staff, head_office, now, at):
    _consultant, _supervisor, executive = staff
    shorter = LeadClockPolicy(
        limits=(Limit("first_touch", 120), *LeadClockPolicy().limits[1:]),
        reminder_percents=(50, 100),
    )
    draft = propose(
        key=LEAD_CLOCKS,
        payload=to_json(shorter),
        valid_from=None,
        reason="更快首触",
        author=executive,
        now=now,
    )
    submit(version_id=draft.pk, author=executive, now=now)
    approve(version_id=draft.pk, approver=head_office, now=now + MINUTE)
    later = LeadFactory(customer=lead.customer, received_at=now + HOUR)
    start_clocks(lead=later, started_at=now + HOUR, now=now + HOUR)
    assert (clock(lead).policy_version, clock(lead).due_at) == (1, now + DAY)
    assert (clock(later).policy_version, clock(later).due_at) == (2, now + 3 * HOUR)
    at(now + 3 * HOUR + MINUTE)
    run_jobs()
    assert (clock(lead).state, clock(later).state) == ("running", "breached")
    assert set(clock(later).effects.values_list("step", flat=True)) == {
        "remind-50",
        "remind-100",
        "breach",
    }


@pytest.mark.spec("CUS-42")
def test_each_step_is_told_once_up_the_line(lead, staff, at):
    LeadClock.objects.exclude(kind="first_touch").delete()
    for minutes in range(0, 30 * 60, 15):
        at(lead.received_at + minutes * MINUTE)
        run_jobs()
        run_jobs()
    steps = list(LeadClockEffect.objects.values_list("step", flat=True))
    assert sorted(steps) == ["breach", "escalate-2", "remind-100", "remind-50", "remind-80"]
    consultant, supervisor, executive = staff
    assert told(consultant) == ["clock.reminder", "clock.reminder"]
    assert told(supervisor) == ["clock.breached"]
    assert told(executive) == ["clock.escalated"]


@pytest.mark.spec("CUS-44")
def test_there_is_no_log_without_a_result(lead, staff, client_for, at):
    client = client_for(staff[0])
    at(lead.received_at + HOUR)
    assert post_talk(client, lead, result="").status_code == 422
    assert (Interaction.objects.count(), clock(lead).state) == (0, "running")
    assert post_talk(client, lead).status_code in (200, 302)
    assert Interaction.objects.get().result == "reached"


@pytest.mark.spec("CUS-44")
def test_a_planned_contact_reminds_on_its_day_and_then_is_listed_as_overdue(
    lead, staff, client_for, at
):
    consultant, supervisor, _executive = staff
    client = client_for(consultant)
    moment = at(lead.received_at + HOUR)
    due = datetime(2026, 5, 22, 15, 0, tzinfo=SHANGHAI)
    assert moment < due
    post_talk(client, lead, next_step="发按揭测算表", next_at=local(due))
    task = Task.objects.get(title="发按揭测算表")
    assert (task.owner, task.due_at) == (consultant, due)
    at(datetime(2026, 5, 22, 9, 0, tzinfo=SHANGHAI))
    run_jobs()
    assert told(consultant).count("task.reminder") == 1
    at(due + MINUTE)
    run_jobs()
    assert told(consultant).count("task.overdue") == 1
    watcher = client_for(supervisor)
    query = {"view": "all", "due": "overdue", "owner": consultant.pk}
    page = watcher.get(reverse("customers:customer-list"), query).content.decode()
    assert "王浩然" in page
    CustomerFactory(name="没有逾期", owner=consultant)
    assert "没有逾期" not in watcher.get(reverse("customers:customer-list"), query).content.decode()


@pytest.mark.spec("CUS-49")
def test_the_job_leaves_no_customer_with_an_enquiry_unowned(
    org, staff, consultant_b, client_for, now, at
):
    at(now)
    for _ in range(6):
        customer = CustomerFactory(project=org.project_one, region=org.region_east)
        LeadFactory(customer=customer, received_at=now)
    pool = client_for(staff[1])
    assert assign_unowned.apply().get() == 6
    assert Customer.objects.in_pool().count() == 0
    owners = set(Customer.objects.values_list("owner__username", flat=True))
    assert owners <= {"consultant", "consultant_b"}
    assert pool.get(reverse("customers:pool")).status_code == 200
    assert assign_unowned.apply().get() == 0


@pytest.mark.spec("PLT-43")
def test_a_limit_in_working_time_runs_across_spring_festival(staff, at):
    """The sales office closes from New Year's Eve to the third day: 16 to 19 February 2026."""
    received_at = at(datetime(2026, 2, 15, 17, 0, tzinfo=SHANGHAI))
    lead = LeadFactory(customer=CustomerFactory(owner=staff[0]), received_at=received_at)
    start_clocks(lead=lead, started_at=received_at, now=received_at, urgency=Urgency.URGENT)
    due = datetime(2026, 2, 20, 10, 0, tzinfo=SHANGHAI)  # an hour before, an hour after
    for moment in (received_at + DAY, datetime(2026, 2, 19, 12, 0, tzinfo=SHANGHAI), due):
        at(moment)
        run_jobs()
        assert clock(lead, "response").state == "running"
    at(due + MINUTE)
    run_jobs()
    row = clock(lead, "response")
    assert (row.state, row.breached_at) == ("breached", due)
    assert clock(lead).breached_at == received_at + DAY  # the outer promise is natural time


def everything():
    """Return all rows but the log of the runs, their seals, and how far readers of events came."""
    skipped = {"common.jobrun", "audit.auditseal", "sessions.session", "analytics.cubemark"}
    rows = []
    for model in apps.get_models():
        if model._meta.label_lower not in skipped and model._meta.managed:
            rows += model._default_manager.order_by("pk")
    return serialize("json", rows)


@pytest.mark.spec("PLT-42")
@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_each_job_run_twice_leaves_the_same_state(name, org, lead, staff, now, at):
    CustomerFactory(project=org.project_one, region=org.region_east)
    LeadFactory(
        customer=CustomerFactory(project=org.project_one, region=org.region_east), received_at=now
    )
    at(now + 4 * DAY)
    if name == "deliver-messages":
        sweep_reminders.apply().get()
    path = settings.CELERY_BEAT_SCHEDULE[name]["task"]
    module, function = path.rsplit(".", 1)
    task = getattr(import_module(module), function)
    task.apply().get()
    once = everything()
    task.apply().get()
    assert everything() == once


@pytest.mark.spec("PLT-42")
def test_after_an_outage_the_next_run_catches_up_without_a_flood(lead, staff, at):
    at(lead.received_at + 10 * DAY)
    run_jobs()
    assert set(LeadClock.objects.values_list("state", flat=True)) == {"breached"}
    assert LeadClockEffect.objects.count() == 15
    # per clock one message to each of three people, whatever number of steps passed
    assert [len(told(user)) for user in staff] == [3, 3, 3]
    run_jobs()
    assert Message.objects.count() == 9
