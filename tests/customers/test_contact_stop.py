"""A customer who withdraws ``contact`` is planned to be spoken to by nobody (PLT-06, A-36)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from customers.models import Interaction, Meeting, Playbook, Task, TaskEvent, UpkeepPlan
from customers.rules.axes import Channel, Result, TaskKind
from customers.rules.consent import Purpose
from customers.services import contact_stop
from customers.services import tasks as making
from customers.services.consents import record_consent
from customers.services.handing_over import hand_over
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.playbooks import start_playbook, sweep_playbooks
from customers.services.tasks import TaskEntry, create_task
from customers.services.upkeep import save_plan
from customers.tasks import sweep_reminders
from tests.factories import CustomerFactory, TaskFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
REFUSED = "The customer withdrew the consent to be contacted."
REFUSED_ZH = "客户已撤回联系同意，不能安排联系。"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def customer(consultant):
    return CustomerFactory(name="王浩然", owner=consultant)


def withdraw(customer, *, given=False):
    return record_consent(
        customer=customer,
        purpose=Purpose.CONTACT,
        is_given=given,
        channel=Channel.PHONE,
        actor=None,
        now=timezone.now(),
    )


def entry(customer, **more):
    values = {"title": "致电", "due_at": timezone.now() + DAY, "kind": TaskKind.CALL}
    return TaskEntry(customer=customer, owner=customer.owner, **values | more)


def make(customer, **more):
    return create_task(entry=entry(customer, **more), actor=customer.owner, now=timezone.now())


def planned(customer):
    return set(Task.objects.open().filter(customer=customer).values_list("title", flat=True))


@pytest.mark.spec("PLT-06")
@pytest.mark.check("A-36")
def test_a_withdrawal_on_the_page_cancels_what_was_planned_and_refuses_more(
    client_for, consultant, customer
) -> None:
    other = CustomerFactory(owner=consultant)
    for one in (customer, other):
        for kind in TaskKind:
            make(one, title=kind.value, kind=kind)
    page = client_for(consultant)
    said = {"purpose": "contact", "is_given": "no", "channel": "phone"}
    answer = page.post(reverse("customers:consent-record", args=[customer.pk]), said)
    assert answer.status_code == 302
    assert planned(customer) == {"other"}
    assert planned(other) == {kind.value for kind in TaskKind}
    notes = TaskEvent.objects.filter(kind="cancelled").values_list("note", "actor")
    assert list(notes) == [(contact_stop.STOPPED, consultant.pk)] * 3
    form = {"title": "再打一次", "kind": "call", "customer": customer.pk, "owner": consultant.pk}
    form["due_at"] = timezone.localtime(timezone.now() + DAY).strftime("%Y-%m-%dT%H:%M")
    refused = page.post(reverse("customers:task-add"), form, headers=ENGLISH)
    assert refused.status_code == 422
    assert REFUSED in refused.content.decode()
    talk = {"channel": "phone", "result": "reached", "content": "客户来电", "customer": customer.pk}
    next_at = {"next_at": (timezone.now() + DAY).isoformat()}
    answer = page.post("/api/v1/interactions/", talk | next_at, "application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["next_at"])
    assert Interaction.objects.count() == 0
    assert page.post("/api/v1/interactions/", talk, "application/json").status_code == 201
    assert planned(customer) == {"other"}
    assert page.post(reverse("customers:task-add"), form | {"kind": "other"}).status_code == 302
    assert planned(customer) == {"other", "再打一次"}


@pytest.mark.check("A-36")
def test_without_the_stop_the_same_calls_are_planned(customer, monkeypatch) -> None:
    """The control: with the guard off a task is made for somebody who said no."""
    withdraw(customer)
    with pytest.raises(ValidationError, match=REFUSED_ZH):
        make(customer)
    assert planned(customer) == set()
    monkeypatch.setattr(making, "require_contact", lambda *_args, **_more: None)
    make(customer)
    assert planned(customer) == {"致电"}


def test_a_consent_given_again_lets_them_be_planned_and_never_asked_is_no_refusal(customer) -> None:
    make(customer, title="一")
    withdraw(customer)
    withdraw(customer, given=True)
    make(customer, title="二")
    assert planned(customer) == {"二"}
    make(CustomerFactory(owner=customer.owner))


@pytest.mark.check("A-36")
def test_what_was_made_meanwhile_is_cancelled_by_the_next_run_before_it_reminds(customer) -> None:
    withdraw(customer)
    late = TaskFactory(customer=customer, kind="call", due_at=timezone.now() + HOUR)
    late.next_step_at = timezone.now() - HOUR
    late.save()
    answer = TaskFactory(customer=customer, kind="call", source="response", source_id="1")
    kept = TaskFactory(customer=CustomerFactory(owner=customer.owner), kind="call")
    counts = sweep_reminders()
    assert counts["stopped"] == 1
    states = {pk: Task.objects.get(pk=pk).state for pk in (late.pk, answer.pk, kept.pk)}
    assert states == {late.pk: "cancelled", answer.pk: "open", kept.pk: "open"}
    assert "stopped" not in sweep_reminders()


def test_a_playbook_strikes_the_calls_and_goes_on_with_the_rest(customer) -> None:
    now = timezone.now()
    steps = [
        {"key": key, "title": key, "offset_hours": 24, "role": "owner", "task_kind": kind}
        for key, kind in (("call", "call"), ("paper", "other"))
    ]
    book = Playbook.objects.create(key="own", name="自定", trigger="manual", steps=steps)
    withdraw(customer)
    run = start_playbook(
        playbook=book, customer=customer, lead=None, occurrence="x", actor=None, now=now
    )
    sweep_playbooks(now=now + DAY)
    assert planned(customer) == {"paper"}
    assert Task.objects.get(source_id=f"{run.pk}:call").state == "cancelled"
    sweep_playbooks(now=now + 2 * DAY)
    assert TaskEvent.objects.filter(task__source_id=f"{run.pk}:call").count() == 1


@pytest.mark.parametrize(("kind", "left"), [("other", {"then"}), ("call", set())])
def test_a_struck_gate_opens_at_once_and_calls_alone_end_the_run(customer, kind, left) -> None:
    now = timezone.now()
    one = {"offset_hours": 24, "role": "owner"}
    steps = [
        one | {"key": "ask", "title": "ask", "task_kind": "call", "gate": True},
        one | {"key": "then", "title": "then", "task_kind": kind},
    ]
    book = Playbook.objects.create(key="own", name="自定", trigger="manual", steps=steps)
    withdraw(customer)
    run = start_playbook(
        playbook=book, customer=customer, lead=None, occurrence="x", actor=None, now=now
    )
    assert run.next_step_at == now
    sweep_playbooks(now=now)
    assert planned(customer) == left
    run.refresh_from_db()
    assert (run.next_step_at, run.ended_at) == (None, None if left else now)


def test_a_hand_over_introduces_nobody_to_who_refuses(
    customer, consultant, consultant_b, supervisor
) -> None:
    other = CustomerFactory(owner=consultant)
    withdraw(customer)
    hand_over(
        leaver=consultant,
        plan={consultant_b.pk: 2},
        reason="离职",
        actor=supervisor,
        now=timezone.now(),
    )
    asked = Task.objects.filter(source="handover").values_list("customer", flat=True)
    assert list(asked) == [other.pk]


def test_regular_care_stops_and_no_new_plan_is_made(customer, consultant) -> None:
    now = timezone.now()
    values = {
        "title": "关怀",
        "customer": customer,
        "person": consultant,
        "place": "会所",
        "area": "",
        "time_of_day": now.time(),
        "minutes": 30,
        "every_days": 7,
        "starts_on": timezone.localdate() + DAY,
        "ends_on": None,
        "is_active": True,
    }
    plan = save_plan(plan=UpkeepPlan(), values=values, actor=consultant, now=now)
    assert Meeting.objects.filter(plan=plan, state="planned").exists()
    withdraw(customer)
    assert set(Meeting.objects.values_list("state", flat=True)) == {"cancelled"}
    with pytest.raises(ValidationError, match=REFUSED_ZH):
        save_plan(plan=UpkeepPlan(), values=values, actor=consultant, now=now)
    assert UpkeepPlan.objects.count() == 1
    save_plan(plan=plan, values=values | {"is_active": False}, actor=consultant, now=now)


def test_visits_made_meanwhile_are_cancelled_by_the_next_run(customer, consultant) -> None:
    now = timezone.now()
    other = CustomerFactory(owner=consultant)
    plans = {"place": "会所", "area": "", "time_of_day": now.time(), "every_days": 7}
    plans |= {"person": consultant, "starts_on": timezone.localdate()}
    visit = {"kind": "upkeep", "owner": consultant, "title": "关怀"}
    withdraw(customer)
    late, over, kept = (
        Meeting.objects.create(
            plan=UpkeepPlan.objects.create(title="关怀", customer=whom, **plans),
            starts_at=now + after,
            ends_at=now + after + HOUR,
            **visit,
        )
        for whom, after in ((customer, DAY), (customer, -HOUR), (other, DAY))
    )
    assert contact_stop.stop_refused(now=now) == 1
    states = {row.pk: (row.state, row.result) for row in Meeting.objects.all()}
    assert states == {
        late.pk: ("cancelled", REFUSED_ZH),
        over.pk: ("planned", ""),
        kept.pk: ("planned", ""),
    }
    assert contact_stop.stop_refused(now=now) == 0


def test_a_call_done_is_not_reopened_for_who_refuses(client_for, consultant, customer) -> None:
    done = {"state": "done", "done_at": timezone.now(), "owner": consultant}
    call = TaskFactory(customer=customer, kind="call", **done)
    answer = TaskFactory(customer=customer, kind="call", source="response", source_id="1", **done)
    withdraw(customer)
    client = client_for(consultant)
    page = client.post(reverse("customers:task-reopen", args=[call.pk]), headers=ENGLISH)
    assert page.status_code == 409
    assert REFUSED in page.content.decode()
    sent = client.post(f"/api/v1/tasks/{call.pk}/reopen/", {}, "application/json")
    assert (sent.status_code, list(sent.json()["errors"])) == (400, ["customer"])
    assert Task.objects.get(pk=call.pk).state == "done"
    assert not TaskEvent.objects.filter(task=call).exists()
    making.reopen_task(task=answer, actor=consultant, now=timezone.now())
    assert answer.state == "open"


def test_a_talk_the_customer_began_is_written_down(customer, consultant) -> None:
    withdraw(customer)
    talk = InteractionEntry(channel=Channel.PHONE, result=Result.REACHED, content="客户来电")
    log_interaction(customer=customer, entry=talk, actor=consultant, now=timezone.now())
    said = Interaction.objects.get()
    assert (said.customer, said.content) == (customer, "客户来电")
    assert planned(customer) == set()
