"""Playbooks: entering a stage makes the tasks of its template (CUS-24)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from customers.models import Customer, Lead, Playbook, PlaybookRun, Task
from customers.rules.playbooks import StepFault, StepsError, read_steps
from customers.services.ownership import assign_customer
from customers.services.playbook_templates import builtin_playbooks, ensure_builtin_playbooks
from customers.services.playbooks import on_event, on_events, start_playbook, sweep_playbooks
from customers.services.tasks import complete_task
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def step(key="one", **more):
    values = {"key": key, "title": f"做 {key}", "offset_hours": 24, "role": "owner"}
    return values | {"task_kind": "call", "basis": "natural", "gate": False} | more


def playbook(*steps, trigger="manual", **more):
    return Playbook.objects.create(
        key=more.pop("key", "own"), name="自定", trigger=trigger, steps=list(steps), **more
    )


def start(book, customer, now, occurrence="x"):
    return start_playbook(
        playbook=book, customer=customer, lead=None, occurrence=occurrence, actor=None, now=now
    )


def titles(customer):
    return list(
        Task.objects.filter(customer=customer).order_by("due_at").values_list("title", flat=True)
    )


@pytest.mark.spec("CUS-24")
def test_each_part_of_the_way_makes_its_tasks_with_due_dates(
    org, client_for, consultant, supervisor
):
    assert ensure_builtin_playbooks() == len(builtin_playbooks()) >= 4
    assert ensure_builtin_playbooks() == 0
    client = client_for(consultant)
    before = timezone.now()
    entry = {"name": "王浩然", "phone": "13800138000", "source": "walk_in"}
    assert client.post(reverse("customers:customer-add"), entry).status_code == 302
    customer = Customer.objects.get(name="王浩然")
    welcome = PlaybookRun.objects.get(playbook__key="welcome", customer=customer)
    made = Task.objects.filter(source_id__startswith=f"{welcome.pk}:").order_by("due_at")
    assert [task.source_id.partition(":")[2] for task in made] == ["call", "send", "invite"]
    assert {task.owner for task in made} == {consultant}
    assert made[1].due_at - before < 2 * DAY + HOUR
    assert made[1].due_at > before + 47 * HOUR
    talk = {"channel": "phone", "result": "reached", "content": "想看三房"}
    assert (
        client.post(reverse("customers:interaction-add", args=[customer.pk]), talk).status_code
        == 302
    )
    assert Customer.objects.get(pk=customer.pk).buying_stage == "watching"
    intent = PlaybookRun.objects.get(playbook__key="intent", customer=customer)
    assert Task.objects.filter(source_id__startswith=f"{intent.pk}:").count() == 3
    page = client.get(reverse("customers:plans", args=[customer.pk])).content.decode()
    for task in Task.objects.filter(source="playbook", customer=customer):
        assert task.title in page
        assert task.due_at > before
    for key, trigger in (("resident", "stage:moved_in"), ("exit", "phase:churned")):
        on_event(event=trigger, customer=customer, occurrence="1", actor=None, now=before)
        run = PlaybookRun.objects.get(playbook__key=key)
        assert Task.objects.filter(source_id__startswith=f"{run.pk}:").count() == 1


@pytest.mark.spec("CUS-24")
def test_a_new_template_needs_no_new_code(client_for, executive, consultant, now):
    boss = client_for(executive)
    listed = boss.get(reverse("customers:playbook-list"), headers=ENGLISH)
    assert listed.status_code == 200
    assert Playbook.objects.count() == len(builtin_playbooks())
    form = {
        "name": "签约礼",
        "trigger": "stage:signing",
        "is_active": "on",
        "step-TOTAL_FORMS": "3",
        "step-INITIAL_FORMS": "0",
    }
    for n, (title, hours) in enumerate((("送鲜花", 24), ("回访", 72), ("", 24))):
        line = {"title": title, "offset_hours": hours, "basis": "natural"}
        line |= {"role": "owner", "task_kind": "visit"}
        form |= {f"step-{n}-{name}": value for name, value in line.items()}
    url = reverse("customers:playbook-add")
    assert boss.post(url, form | {"name": ""}).status_code == 422
    assert boss.post(url, form | {"step-0-offset_hours": "0"}).status_code == 422
    assert boss.post(url, form | {"step-0-title": "", "step-1-title": ""}).status_code == 422
    assert not Playbook.objects.filter(name="签约礼").exists()
    assert client_for(consultant).post(url, form).status_code == 403
    assert boss.post(url, form).status_code == 302
    made = Playbook.objects.get(name="签约礼")
    assert [one["key"] for one in made.steps] == ["step-1", "step-2"]
    assert AuditEvent.objects.filter(kind="playbook.changed").count() == 1
    Playbook.objects.exclude(pk=made.pk).update(is_active=False)
    customer = CustomerFactory(owner=consultant)
    on_event(event="stage:signing", customer=customer, occurrence="7", actor=None, now=now)
    tasks = Task.objects.filter(customer=customer).order_by("due_at")
    assert [(task.title, task.due_at - now, task.kind) for task in tasks] == [
        ("送鲜花", DAY, "visit"),
        ("回访", 3 * DAY, "visit"),
    ]


def test_saving_makes_a_version_and_runs_keep_their_steps(client_for, executive, consultant, now):
    book = playbook(step("one"))
    customer = CustomerFactory(owner=consultant)
    run = start(book, customer, now)
    form = {
        "name": "改名",
        "trigger": "manual",
        "is_active": "on",
        "version": "1",
        "step-TOTAL_FORMS": "1",
        "step-INITIAL_FORMS": "1",
        **{f"step-0-{name}": value for name, value in step("one", title="换了").items() if value},
    }
    url = reverse("customers:playbook-edit", args=[book.pk])
    client = client_for(executive)
    assert client.get(url).status_code == 200
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 409
    book.refresh_from_db()
    run.refresh_from_db()
    assert (book.version, book.name, book.steps[0]["title"]) == (2, "改名", "换了")
    assert (run.version, run.steps[0]["title"]) == (1, "做 one")


def test_an_event_told_twice_and_two_sweeps_make_each_task_once(consultant, now):
    playbook(step("one"), step("two", offset_hours=30 * 24), trigger="stage:watching")
    customer = CustomerFactory(owner=consultant)
    for _beat in range(2):
        on_event(event="stage:watching", customer=customer, occurrence="5", actor=None, now=now)
        on_events(event="stage:watching", customer_ids=[customer.pk], occurrence="5", now=now)
        sweep_playbooks(now=now)
    assert titles(customer) == ["做 one"]
    run = PlaybookRun.objects.get()
    assert run.next_step_at == now + 23 * DAY
    for _beat in range(2):
        sweep_playbooks(now=now + 24 * DAY)
    assert titles(customer) == ["做 one", "做 two"]
    assert Task.objects.last().due_at == now + 30 * DAY


def test_a_gate_holds_the_later_steps_and_the_last_task_ends_the_run(consultant, now):
    book = playbook(step("ask", gate=True), step("then", offset_hours=26))
    customer = CustomerFactory(owner=consultant)
    run = start(book, customer, now)
    sweep_playbooks(now=now + HOUR)
    assert titles(customer) == ["做 ask"]
    late = now + 3 * DAY
    complete_task(task=Task.objects.get(), actor=consultant, now=late)
    sweep_playbooks(now=late)
    then = Task.objects.get(title="做 then")
    assert then.due_at > late
    complete_task(task=then, actor=consultant, now=late + HOUR)
    sweep_playbooks(now=late + HOUR)
    run.refresh_from_db()
    assert run.ended_at == late + HOUR


def test_steps_of_a_customer_in_the_pool_wait_for_the_owner(org, consultant, supervisor, now):
    book = playbook(step("one"))
    customer = CustomerFactory(project=org.project_one, region_id=org.region_east.pk)
    start(book, customer, now)
    assert titles(customer) == []
    assign_customer(customer=customer, owner=consultant, actor=supervisor, reason="接手", now=now)
    sweep_playbooks(now=now)
    assert Task.objects.get().owner == consultant


def test_another_consultant_starts_the_handover_and_the_first_does_not(
    consultant, consultant_b, supervisor, now
):
    playbook(step("call"), trigger="owner:changed")
    customer = CustomerFactory(owner=consultant)
    assign_customer(customer=customer, owner=consultant_b, actor=supervisor, reason="换人", now=now)
    sweep_playbooks(now=now)
    assert Task.objects.get().owner == consultant_b
    pool = CustomerFactory(project=customer.project, region_id=customer.region_id)
    assign_customer(customer=pool, owner=consultant_b, actor=supervisor, reason="首次", now=now)
    assert PlaybookRun.objects.filter(customer=pool).count() == 0


def test_steps_go_to_their_roles(org, consultant, consultant_b, supervisor, specialist, now):
    roles = ("owner", "backup", "supervisor", "specialist")
    book = playbook(*(step(role, role=role) for role in roles))
    start(book, CustomerFactory(owner=consultant, backup=consultant_b), now)
    owners = {task.title: task.owner for task in Task.objects.all()}
    people = (consultant, consultant_b, supervisor, specialist)
    assert owners == {f"做 {role}": person for role, person in zip(roles, people, strict=True)}


def test_start_and_stop_by_hand_on_the_record(client_for, consultant, consultant_c):
    book = playbook(step("one"))
    customer = CustomerFactory(owner=consultant)
    client, url = client_for(consultant), reverse("customers:playbook-start", args=[customer.pk])
    assert client_for(consultant_c).post(url, {"playbook": book.pk}).status_code == 404
    assert client.post(url, {"playbook": "0"}).status_code == 422
    assert PlaybookRun.objects.count() == 0
    assert client.post(url, {"playbook": book.pk}).status_code == 302
    run = PlaybookRun.objects.get()
    stop = reverse("customers:run-stop", args=[run.pk])
    assert client.post(stop, {"reason": ""}).status_code == 422
    assert Task.objects.get().state == "open"
    assert client.post(stop, {"reason": "客户要求暂停"}).status_code == 302
    run.refresh_from_db()
    assert (run.stop_reason, run.ended_at is not None) == ("客户要求暂停", True)
    assert Task.objects.get().state == "cancelled"
    assert client.post(stop, {"reason": "再停"}).status_code == 409
    page = client.get(reverse("customers:plans", args=[customer.pk])).content.decode()
    assert "客户要求暂停" in page


def test_imported_history_starts_no_playbook(consultant, now):
    from customers.services.leads import Enquiry, capture_lead

    playbook(step("one"), trigger="lead:captured")
    customer = CustomerFactory(owner=consultant)
    enquiry = Enquiry(capture_point="import", import_job=None, external_id="a", external_source="x")
    from dataclasses import replace

    from customers.rules.axes import LeadState

    history = replace(enquiry, state=LeadState.CONTACTED, starts_clocks=False)
    capture_lead(customer=customer, enquiry=history, actor=None, now=now)
    assert (Lead.objects.count(), PlaybookRun.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": " "}, StepFault.TITLE),
        ({"offset_hours": 0}, StepFault.OFFSET),
        ({"offset_hours": True}, StepFault.OFFSET),
        ({"role": "nobody"}, StepFault.ROLE),
        ({"task_kind": "dance"}, StepFault.KIND),
        ({"basis": "lunar"}, StepFault.BASIS),
        ({"gate": "yes"}, StepFault.GATE),
        ({"key": "A B"}, StepFault.KEY),
    ],
)
def test_a_wrong_step_is_named(change, fault):
    with pytest.raises(StepsError) as refused:
        read_steps([step("fine"), step("two") | change])
    assert refused.value.faults == ((2, fault),)


def test_keys_are_unique_and_there_are_steps():
    for raw, faults in (
        ([step(), step()], ((2, StepFault.KEY_TWICE),)),
        ([], ((0, StepFault.NO_STEPS),)),
    ):
        with pytest.raises(StepsError) as refused:
            read_steps(raw)
        assert refused.value.faults == faults


def test_the_lead_of_the_event_is_kept(consultant, now):
    playbook(step("one"), trigger="lead:captured")
    lead = LeadFactory(customer=CustomerFactory(owner=consultant))
    on_event(
        event="lead:captured",
        customer=lead.customer,
        lead=lead,
        occurrence=f"lead:{lead.pk}",
        actor=None,
        now=now,
    )
    assert Task.objects.get().lead == lead
