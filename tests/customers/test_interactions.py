"""Logging a talk and what follows from it (CUS-39, CUS-40, CUS-44)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.audit.models import AuditEvent
from customers.models import Interaction, LeadClock, Task
from customers.rules.axes import Channel, Result
from customers.services.clocks import start_clocks
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.tasks import TaskEntry, create_task
from tests.factories import CustomerFactory, LeadFactory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lead(consultant, now):
    lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=now)
    start_clocks(lead=lead, started_at=now, now=now)
    return lead


def entry(**more):
    values = {"channel": Channel.PHONE, "result": Result.REACHED, "content": "想看三房"} | more
    return InteractionEntry(**values)


def log(lead, actor, logged_at, **more):
    return log_interaction(customer=lead.customer, entry=entry(**more), actor=actor, now=logged_at)


def states(lead):
    return {row.kind: (row.state, row.met_at) for row in LeadClock.objects.filter(lead=lead)}


def test_a_talk_without_next_step_stops_only_the_first_touch(lead, consultant, now):
    at = now + HOUR
    log(lead, consultant, at)
    assert states(lead) == {
        "first_touch": ("met", at),
        "follow_up": ("running", None),
        "closure": ("running", None),
    }
    lead.refresh_from_db()
    assert lead.state == "contacted"
    assert lead.stages["collect_need"]["by"] == consultant.pk
    lead.customer.refresh_from_db()
    assert lead.customer.last_contact_at == at


def test_content_and_next_step_make_it_a_substantive_follow_up(lead, consultant, now):
    at = now + HOUR
    log(lead, consultant, at, next_step="发测算表", next_at=now + DAY)
    assert states(lead) == {
        "first_touch": ("met", at),
        "follow_up": ("met", at),
        "closure": ("running", None),
    }


@pytest.mark.parametrize(
    "more",
    [
        {"is_automatic": True, "result": Result.INFORMED, "channel": Channel.SMS},
        {"result": Result.NO_ANSWER},
        {"channel": Channel.NOTE, "result": Result.INFORMED},
    ],
    ids=["a machine's acknowledgement", "nobody answered", "an internal note"],
)
def test_what_reaches_nobody_stops_nothing(lead, consultant, now, more):
    log(lead, consultant, now + HOUR, next_step="再打", next_at=now + DAY, **more)
    assert {state for state, _ in states(lead).values()} == {"running"}
    lead.refresh_from_db()
    assert (lead.state, lead.stages) == ("assigned", {})
    lead.customer.refresh_from_db()
    assert lead.customer.last_contact_at is None


def test_a_visit_moves_the_lead_to_visited(lead, consultant, now):
    log(lead, consultant, now + HOUR, channel=Channel.VISIT, result=Result.VISITED)
    lead.refresh_from_db()
    assert lead.state == "visited"


def test_a_lead_further_on_stays_where_it_is(lead, consultant, now):
    type(lead).objects.filter(pk=lead.pk).update(state="visited")
    log(lead, consultant, now + HOUR)
    lead.refresh_from_db()
    assert lead.state == "visited"


def test_a_talk_written_down_late_counts_from_when_it_was_logged(lead, consultant, now):
    log(lead, consultant, now + 25 * HOUR, at=now + HOUR)
    row = LeadClock.objects.get(lead=lead, kind="first_touch")
    assert (row.state, row.met_at, row.breached_at) == ("met", now + 25 * HOUR, now + DAY)
    assert Interaction.objects.get().at == now + HOUR


def test_the_next_contact_becomes_one_task_of_the_owner(lead, consultant, now):
    talk = log(lead, consultant, now, next_step="发测算表", next_at=now + DAY)
    task = Task.objects.get()
    assert (task.title, task.due_at, task.owner) == ("发测算表", now + DAY, consultant)
    assert (task.source, task.source_id, task.lead_id) == ("interaction", str(talk.pk), lead.pk)
    assert list(task.events.values_list("kind", "actor")) == [("created", consultant.pk)]
    assert task.next_step_at is not None


def test_a_booked_visit_becomes_a_visit_task(lead, consultant, now):
    log(lead, consultant, now, result=Result.VISIT_BOOKED, next_step="看房", next_at=now + DAY)
    assert Task.objects.get().kind == "visit"


def test_what_a_colleague_logs_becomes_a_task_of_the_owner(lead, consultant_b, consultant, now):
    log(lead, consultant_b, now, next_step="回电", next_at=now + DAY)
    assert Task.objects.get().owner == consultant


def test_a_talk_finishes_the_contact_tasks_that_were_due_today(lead, consultant, now):
    def task(due_at, kind="follow_up"):
        made = create_task(
            entry=TaskEntry(
                title="跟进", due_at=now + MINUTE, owner=consultant, customer=lead.customer
            ),
            actor=consultant,
            now=now,
        )
        Task.objects.filter(pk=made.pk).update(due_at=due_at, kind=kind)
        return made.pk

    overdue, later_today = task(now - DAY), task(now + 5 * HOUR)
    tomorrow, visit = task(now + DAY), task(now, kind="visit")
    with CaptureQueriesContext(connection) as seen:
        log(lead, consultant, now, next_step="再跟进", next_at=now + 2 * HOUR)
    looks = [one for one in seen if '"customers_task"."due_at" <' in one["sql"]]
    assert len(looks) == 1
    done = set(Task.objects.filter(state="done").values_list("pk", flat=True))
    assert done == {overdue, later_today}
    assert set(Task.objects.open().values_list("pk", flat=True)) > {tomorrow, visit}


def test_an_unanswered_call_finishes_nothing(lead, consultant, now):
    create_task(
        entry=TaskEntry(
            title="跟进", due_at=now + MINUTE, owner=consultant, customer=lead.customer
        ),
        actor=consultant,
        now=now,
    )
    log(lead, consultant, now + HOUR, result=Result.NO_ANSWER)
    assert Task.objects.open().count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"result": None}, "result"),
        ({"content": "  "}, "content"),
        ({"next_at": timedelta(0), "next_step": "x"}, "next_at"),
        ({"next_at": -DAY, "next_step": "x"}, "next_at"),
        ({"at": HOUR}, "at"),
    ],
)
def test_a_wrong_entry_is_refused_by_field_and_changes_nothing(lead, consultant, now, more, field):
    at = now + HOUR
    more = {k: at + v if isinstance(v, timedelta) else v for k, v in more.items()}
    with pytest.raises(ValidationError) as refused:
        log(lead, consultant, at, **more)
    assert list(refused.value.message_dict) == [field]
    assert (Interaction.objects.count(), Task.objects.count()) == (0, 0)
    assert {state for state, _ in states(lead).values()} == {"running"}


def test_the_trail_says_who_logged_and_not_what_was_said(lead, consultant, now):
    talk = log(lead, consultant, now)
    event = AuditEvent.objects.get(kind="interaction.logged")
    assert (event.actor_id, event.subject_id) == (consultant.pk, str(lead.customer_id))
    assert event.facts == {"interaction": talk.pk, "channel": "phone"}


def test_intent_and_last_contact_are_kept_up(lead, consultant, now):
    log(lead, consultant, now + DAY, intent=3)
    log(lead, consultant, now + DAY + HOUR, at=now)
    lead.customer.refresh_from_db()
    assert (lead.customer.intent, lead.customer.last_contact_at) == (3, now + DAY)


@pytest.mark.django_db(transaction=True)
def test_a_talk_and_the_loss_of_the_lead_at_once_never_deadlock(lead, consultant, now):
    import threading

    from django.db import connection

    from customers.rules.axes import LeadState
    from customers.services.leads import move_lead

    barrier, failures = threading.Barrier(4), []

    def run(work):
        try:
            barrier.wait(10)
            work()
        except Exception as error:
            failures.append(type(error).__name__)
        finally:
            connection.close()

    def lose():
        fresh = type(lead).objects.get(pk=lead.pk)
        move_lead(lead=fresh, to=LeadState.LOST, reason="已购他盘", actor=consultant, now=now)

    def talk():
        log(lead, consultant, now + HOUR)

    threads = [threading.Thread(target=run, args=[work]) for work in (lose, talk, talk, talk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert set(failures) <= {"StaleError"}  # the lead moved on between reading and losing it
    assert Interaction.objects.count() == 3
