"""Leads, talks and tasks through the API."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from customers.models import Interaction, Lead, LeadEvent
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

STEPS = ["contacted", "qualified", "visited", "subscribed", "signed"]


@pytest.fixture
def lead(consultant):
    return LeadFactory(customer=CustomerFactory(owner=consultant))


def move(program, user, lead, to, **more):
    return program(user).post(f"leads/{lead.pk}/move/", {"to": to, **more})


@pytest.mark.spec("CUS-34")
def test_lead_goes_through_its_states_to_the_contract(program, consultant, lead):
    assert lead.state == "assigned"
    for step in STEPS:
        answer = move(program, consultant, lead, step)
        assert answer.status_code == 200
        assert answer.json()["state"] == step
    steps = LeadEvent.objects.filter(lead=lead, kind="state").order_by("pk")
    assert list(steps.values_list("to_value", flat=True)) == STEPS


@pytest.mark.spec("CUS-34")
@pytest.mark.parametrize(
    ("state", "to"),
    [
        ("assigned", "signed"),
        ("assigned", "subscribed"),
        ("signed", "contacted"),
        ("lost", "signed"),
    ],
)
def test_steps_that_the_table_lacks_are_refused(program, consultant, lead, state, to):
    Lead.objects.filter(pk=lead.pk).update(
        state=state, lost_reason="price" if state == "lost" else ""
    )
    answer = move(program, consultant, lead, to)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:anju:problem:lead-move"
    assert Lead.objects.get().state == state


@pytest.mark.spec("CUS-34")
def test_no_lead_is_lost_without_a_reason(program, consultant, lead):
    for reason in ("", "   "):
        answer = move(program, consultant, lead, "lost", reason=reason)
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["reason"]
    assert Lead.objects.get().state == "assigned"
    with pytest.raises(DatabaseError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(state="lost", lost_reason="")
    answer = move(program, consultant, lead, "lost", reason="价格太高")
    assert answer.status_code == 200
    assert answer.json()["lost_reason"] != ""


@pytest.mark.spec("CUS-34")
def test_source_of_a_lead_cannot_be_changed(program, consultant, lead):
    caller = program(consultant)
    assert caller.patch(f"leads/{lead.pk}/", {"source": "website"}).status_code == 405
    move(program, consultant, lead, "contacted", source="website", campaign="x")
    assert Lead.objects.get().source == "walk_in"
    with pytest.raises(DatabaseError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(source="website")


def test_time_limits_of_a_lead_are_listed(program, consultant):
    body = {"name": "欧阳文静", "phone": "13800000000"}
    made = program(consultant).post("customers/", body)
    assert made.status_code == 201
    lead = Lead.objects.get()
    clocks = program(consultant).get(f"leads/{lead.pk}/clocks/").json()
    assert sorted(clock["kind"] for clock in clocks) == ["closure", "first_touch", "follow_up"]


def test_talk_is_logged_and_plans_the_next_step(program, consultant, lead):
    due = timezone.now() + timedelta(days=2)
    answer = program(consultant).post(
        "interactions/",
        {
            "customer": lead.customer_id,
            "channel": "phone",
            "result": "reached",
            "content": "想看样板间",
            "next_step": "回电",
            "next_at": due.isoformat(),
        },
    )
    assert answer.status_code == 201
    made = Interaction.objects.get()
    assert (made.author, made.lead) == (consultant, lead)
    tasks = program(consultant).get("tasks/", {"customer": lead.customer_id}).json()["results"]
    assert [task["title"] for task in tasks] == ["回电"]
    assert Lead.objects.get().state == "contacted"


def test_talk_with_a_next_contact_in_the_past_is_400_and_logs_nothing(program, consultant, lead):
    body = {"customer": lead.customer_id, "channel": "phone", "result": "reached"}
    past = {"content": "x", "next_step": "y", "next_at": "2020-01-01T00:00:00Z"}
    answer = program(consultant).post("interactions/", body | past)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["next_at"]
    assert Interaction.objects.count() == 0


def test_task_is_done_once(program, consultant, lead):
    task = TaskFactory(customer=lead.customer)
    caller = program(consultant)
    assert caller.post(f"tasks/{task.pk}/done/", {"outcome": "已约"}).json()["state"] == "done"
    again = caller.post(f"tasks/{task.pk}/done/", {})
    assert again.status_code == 409
    assert again.json()["type"] == "urn:anju:problem:stale"
    assert caller.post(f"tasks/{task.pk}/reopen/").json()["state"] == "open"


def test_task_is_put_off_to_the_future_only(program, consultant, lead):
    task = TaskFactory(customer=lead.customer)
    caller = program(consultant)
    answer = caller.post(f"tasks/{task.pk}/postpone/", {"due_at": "2020-01-01T00:00:00Z"})
    assert answer.status_code == 400
    due = timezone.now() + timedelta(days=1)
    answer = caller.post(f"tasks/{task.pk}/postpone/", {"due_at": due.isoformat()})
    assert answer.status_code == 200
    task.refresh_from_db()
    assert task.due_at == due
