"""Contract dates bring the actions of the programme, each once and at its time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from customers.models import CustomerGrade, Playbook, PlaybookRun, Task
from customers.purchase.hooks import follow_up
from customers.purchase.rules import Step
from customers.rules.playbooks import months_after
from customers.services.tasks import complete_task
from customers.tasks import sweep_playbooks
from service.care.forms_of_record import DEFAULTS, INSPECTION, LIVING, SALES_SERVICE
from service.care.models import CareAction, CareItem, CareStep
from service.care.registers import FINDINGS
from service.care.services.starting import ensure_programme, follow
from service.care.tasks import call_owners, tend_care
from tests.factories import CustomerFactory
from tests.service.care.conftest import owned
from tests.tools import ENGLISH, text_of

pytestmark = pytest.mark.django_db


def items(**filters) -> list[tuple[str, object]]:
    rows = CareItem.objects.filter(**filters).order_by("due_at", "pk")
    return [(row.action.key, row.due_at) for row in rows]


def fill(client, item, **answers) -> None:
    """Fill in the record form of an item through its pages."""
    begun = client.post(f"/care/items/{item.pk}/record/")
    assert begun.status_code == 302, begun.content.decode()[-2000:]
    path = begun.headers["Location"]
    base = client.get(path).context["form"].edit_base
    typed = {f"q-{key}": value for key, value in answers.items()}
    done = client.post(path, {**typed, "edit_base": base, "complete": "1"})
    assert done.status_code == 302
    assert "check" not in done.headers["Location"]


@pytest.mark.spec("SVC-68")
def test_contract_dates_bring_exactly_the_expected_tasks(
    unit, owner, seller, specialist, pages
) -> None:
    now = timezone.now()
    handed = now - timedelta(days=2)
    purchase = owned(unit, owner, seller, signed=now - timedelta(days=400), handed=handed)
    assert tend_care()["started"] == 3
    local = timezone.localtime(handed)
    assert items(purchase=purchase) == [
        ("care-living", months_after(local, 3)),
        ("care-further", months_after(local, 12)),
        ("care-inspection", months_after(local, 12)),
    ]
    assert tend_care()["started"] == 0
    assert CareStep.objects.count() == 8
    sweep_playbooks()
    tasks = Task.objects.filter(customer=owner, source="playbook")
    assert not tasks.exists()  # made a week before they are due
    shown = text_of(pages(specialist), "/care/")
    assert all(step.name in shown for step in CareStep.objects.all())
    living = CareAction.objects.get(key="care-living")
    listed = text_of(pages(specialist), f"/care/items/?action={living.pk}&state=due")
    assert owner.name in listed
    late = text_of(pages(specialist), f"/care/items/?action={living.pk}&state=overdue")
    assert owner.name not in late
    assert pages(seller).get("/care/").status_code == 403


@pytest.mark.spec("SVC-74")
def test_a_signature_brings_the_callback_after_seven_days(
    unit, owner, seller, specialist, service_manager, pages
) -> None:
    now = timezone.now()
    purchase = owned(unit, owner, seller, signed=now)
    for _ in range(2):  # what the service of the signature calls
        follow_up(purchase, Step.SIGN, actor=seller, now=now)
    sweep_playbooks()
    item = CareItem.objects.get()
    task = Task.objects.get(source=item.source, source_id=item.source_id)
    assert (item.action.key, task.due_at, task.owner) == (
        "care-sales-service",
        now + timedelta(days=7),
        specialist,
    )
    refused = pages(specialist).post(f"/care/items/{item.pk}/done/", headers=ENGLISH)
    assert refused.status_code == 409
    assert "record form first" in refused.content.decode()
    fill(pages(specialist), item, q1="9", q2="8", q3="10", q4="")
    done = pages(specialist).post(f"/care/items/{item.pk}/done/", {"outcome": "满意"})
    assert done.status_code == 302
    other = owned(
        unit.building.units.exclude(pk=unit.pk).first(),
        CustomerFactory(owner=seller),
        seller,
        signed=now - timedelta(days=6),
    )
    tend_care()
    CareItem.objects.filter(purchase=other).update(due_at=now - timedelta(hours=1))
    page = text_of(pages(service_manager), "/care/callbacks/")
    assert "50%" in page  # one done, one overdue
    report = text_of(pages(service_manager), f"/care/reports/{item.action_id}/")
    assert "mean 9" in report


@pytest.mark.spec("SVC-85")
def test_three_months_after_the_move_the_owner_is_asked_and_the_report_builds_itself(
    make_units, seller, specialist, pages
) -> None:
    now = timezone.now()
    handed = months_after(timezone.localtime(now), -3) + timedelta(days=1)
    for place, home in enumerate(make_units(3)):
        owned(
            home,
            CustomerFactory(owner=seller, name=f"业主{place}"),
            seller,
            signed=handed,
            handed=handed,
        )
    tend_care()
    sweep_playbooks()
    rows = list(CareItem.objects.filter(action__form=LIVING).order_by("pk"))
    assert [row.due_at for row in rows] == [months_after(handed, 3)] * 3
    tasks = Task.objects.filter(source_id__in=[row.source_id for row in rows])
    assert [task.due_at for task in tasks] == [months_after(handed, 3)] * 3
    for row, points in zip(rows[:2], ("6", "9"), strict=True):
        fill(pages(specialist), row, q1=points, q2="8", q3="7", q4="5", q5="加一盏灯")
    assert tend_care()["finished"] == 2
    assert tasks.filter(state="done").count() == 2
    assert tend_care()["finished"] == 0
    page = text_of(pages(specialist), f"/care/reports/{rows[0].action_id}/")
    assert "mean 7.5" in page
    assert "2 answers" in page
    assert "加一盏灯" not in page


@pytest.mark.spec("SVC-86")
def test_a_ninth_step_needs_no_code_and_makes_its_task(
    unit, owner, seller, specialist, executive, pages
) -> None:
    now = timezone.now()
    purchase = owned(
        unit, owner, seller, signed=now - timedelta(days=30), handed=now - timedelta(days=1)
    )
    boss = pages(executive)
    form = {
        "name": "五年回访",
        "trigger": "purchase:handed_over",
        "is_active": "on",
        "step-TOTAL_FORMS": "1",
        "step-INITIAL_FORMS": "0",
        "step-0-title": "入住两个月，登门看望",
        "step-0-offset_months": "2",
        "step-0-offset_hours": "0",
        "step-0-basis": "natural",
        "step-0-role": "specialist",
        "step-0-task_kind": "visit",
    }
    added = boss.post("/playbooks/add/", form)
    assert added.status_code == 302, added.content.decode()[-2000:]
    playbook = Playbook.objects.get(name="五年回访")
    boss.get("/care/")
    step = {"number": "9", "name": "久久相伴", "purpose": ""}
    assert boss.post("/care/steps/add/", {**step, "number": "8"}).status_code == 422
    assert boss.post("/care/steps/add/", step).status_code == 302
    nine = CareStep.objects.get(number=9)
    action = {"step": nine.pk, "name": "登门看望", "playbook": playbook.pk, "form": ""}
    assert pages(specialist).post("/care/actions/add/", action).status_code == 403
    assert boss.post("/care/actions/add/", action).status_code == 302
    tend_care()
    item = CareItem.objects.get(action__step=nine)
    assert item.purchase == purchase
    assert item.due_at == months_after(timezone.localtime(purchase.handed_over_at), 2)
    PlaybookRun.objects.filter(playbook=playbook).update(
        started_at=now - timedelta(days=60), next_step_at=now
    )
    sweep_playbooks()
    task = Task.objects.get(source=item.source, source_id=item.source_id)
    assert (task.title, task.kind) == ("入住两个月，登门看望", "visit")
    assert "久久相伴" in text_of(pages(specialist), "/care/")


@pytest.mark.spec("SVC-88")
def test_a_year_after_the_handover_the_home_is_inspected_and_findings_stay_open(
    unit, owner, seller, specialist, service_manager, pages
) -> None:
    now = timezone.now()
    handed = months_after(timezone.localtime(now), -12) + timedelta(days=3)
    owned(unit, owner, seller, signed=handed, handed=handed)
    tend_care()
    sweep_playbooks()
    item = CareItem.objects.get(action__form=INSPECTION)
    task = Task.objects.get(source_id=item.source_id)
    assert (task.due_at, task.kind) == (months_after(handed, 12), "visit")
    for title in ("厨房渗水", "窗扇松动"):
        add_entry(
            register=FINDINGS,
            draft=EntryDraft(title=title, values={"trade": "water"}, subject_id=item.pk),
            actor=specialist,
            now=now,
        )
    page = text_of(pages(specialist), f"/care/items/{item.pk}/")
    assert "厨房渗水" in page
    assert "2 open" in page
    entry = RegisterEntry.objects.get(title="窗扇松动")
    closed = pages(specialist).post(
        f"/registers/entries/{entry.pk}/close/",
        {"outcome": "corrected", "evidence": "复查合格"},
    )
    assert closed.status_code == 302, closed.content.decode()[-1500:]
    assert "1 open" in text_of(pages(specialist), f"/care/items/{item.pk}/")
    report = text_of(pages(service_manager), f"/care/reports/{item.action_id}/")
    assert "Open findings</dt><dd><a" in report
    assert ">1</a>" in report


@pytest.mark.spec("SVC-65")
def test_owners_are_called_as_often_as_their_grade_asks(
    make_units, seller, specialist, pages
) -> None:
    now = timezone.now()
    signed = months_after(timezone.localtime(now), -4)
    people = {}
    for grade, home in zip(("A", "B", "C"), make_units(3), strict=True):
        people[grade] = CustomerFactory(owner=seller, name=f"{grade}级业主")
        CustomerGrade.objects.create(
            customer=people[grade],
            grade=grade,
            score=50,
            points=[50],
            policy_version=1,
            graded_at=now,
        )
        owned(home, people[grade], seller, signed=signed)
    assert call_owners() == 1  # quarterly: only the A
    assert call_owners() == 0
    assert CareItem.objects.get().customer == people["A"]
    for grade, months in (("B", 7), ("C", 13)):
        people[grade].purchases.update(signed_at=months_after(timezone.localtime(now), -months))
    assert call_owners() == 2
    tend_care()
    PlaybookRun.objects.update(started_at=now - timedelta(days=9), next_step_at=now)
    sweep_playbooks()
    item = CareItem.objects.get(customer=people["A"], action__key="care-regular")
    task = Task.objects.get(source_id=item.source_id)
    complete_task(task=task, actor=specialist, now=now)
    page = text_of(pages(specialist), "/care/callbacks/")
    rows = [line for line in page.split("<tr") if "grade=A" in line]
    assert "100%" in rows[0]
    assert "--" in next(line for line in page.split("<tr") if "grade=B" in line)


def test_what_was_due_goes_with_the_purchase(unit, owner, seller, specialist, pages) -> None:
    now = timezone.now()
    purchase = owned(unit, owner, seller, signed=now)
    follow(purchase, Step.SIGN, seller, now)
    sweep_playbooks()
    follow(purchase, Step.UNSIGN, seller, now)
    assert Task.objects.get().state == "cancelled"
    item = CareItem.objects.with_state(now).get()
    assert item.state == "dropped"


def test_long_gone_contracts_bring_nothing_late(unit, owner, seller) -> None:
    now = timezone.now()
    owned(unit, owner, seller, signed=now - timedelta(days=900), handed=now - timedelta(days=200))
    tend_care()
    assert [key for key, _due in items()] == ["care-further", "care-inspection"]


def test_tasks_of_other_parts_count_in_their_step(project, specialist, pages) -> None:
    ensure_programme()
    now = timezone.now()
    Task.objects.create(
        title="交付风险检查",
        owner=specialist,
        due_at=now - timedelta(days=1),
        source="launch",
        source_id=f"{project.pk}:risk:20260501",
        subject_kind="project",
        subject_id=str(project.pk),
    )
    assert tend_care()["mirrored"] == 1
    assert tend_care()["mirrored"] == 0
    item = CareItem.objects.with_state(now).get()
    assert (item.action.key, item.project, item.state) == ("launch-risk", project, "overdue")


def test_the_pages_ask_as_often_for_one_as_for_twenty(
    make_units, seller, specialist, pages
) -> None:
    homes = make_units(20)
    now = timezone.now()

    def add(home) -> None:
        owned(home, CustomerFactory(owner=seller), seller, signed=now, handed=now)

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert pages(specialist).get(path).status_code == 200
        return len(queries)

    add(homes[0])
    tend_care()
    living = CareAction.objects.get(key="care-living")
    paths = ("/care/", f"/care/items/?action={living.pk}", "/care/callbacks/")
    before = [asked(path) for path in paths] and [asked(path) for path in paths]
    for home in homes[1:]:
        add(home)
    tend_care()
    assert [asked(path) for path in paths] == before


def test_every_form_of_the_programme_exists() -> None:
    ensure_programme()
    forms = set(CareAction.objects.exclude(form="").values_list("form", flat=True))
    assert forms == {default.key for default in DEFAULTS}
    assert SALES_SERVICE in forms
