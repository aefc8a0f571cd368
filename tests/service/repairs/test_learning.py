"""Defects that come back become lessons; answers to requests are read by the next project."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from crm_site.common.refusals import StaleError
from crm_site.outbox.models import Message
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import close_entry
from crm_site.registers.services.reminders import BREACHED, sweep
from customers.handover.rules import Risk, RiskArea
from customers.handover.services import batches
from customers.models import Layout, UnitDefect, UnitDelivery
from customers.property.gates import launch_blockers
from service.repairs import improvements, learning
from service.repairs.errors import RepairRefusedError
from service.repairs.lessons import deal_with, lines_for
from service.repairs.models import BuiltBy, Contractor, Lesson, LessonCheck
from service.repairs.policies import LEARNING
from service.repairs.tasks import learn_from_defects
from tests.conftest import make_user
from tests.service.factories import CategoryFactory, TicketFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(home, specialist, now):
    """Record defects of a trade, some of which failed a re-check."""
    unit = home("0909")
    today = timezone.localdate(now)
    batch = batches.plan_batch(
        project=unit.project,
        plan=batches.BatchPlan(
            name="首批", planned_on=today + timedelta(30), risks=dict.fromkeys(RiskArea, Risk.LOW)
        ),
        actor=specialist,
        now=now,
        today=today,
    )
    batches.add_units(batch=batch, units=[unit], actor=specialist, now=now)
    delivery = UnitDelivery.objects.get(unit=unit)

    def act(trade: str, *, cases: int, back: int) -> None:
        UnitDefect.objects.bulk_create(
            UnitDefect(
                delivery=delivery,
                room="kitchen",
                trade=trade,
                severity="minor",
                text=f"{trade} {number}",
                failures=1 if number < back else 0,
                found_by=specialist,
                found_at=now,
            )
            for number in range(cases)
        )

    return act


@pytest.mark.spec("BEY-11")
def test_defects_beyond_chance_stop_the_launch_of_the_next_project(
    client, found, project, contractor, manager, builder, org, now
) -> None:
    BuiltBy.objects.create(project=project, trade="sealing", contractor=contractor)
    found("sealing", cases=40, back=20)
    found("walls", cases=200, back=10)
    found("power", cases=5, back=5)  # too few cases to say anything
    assert learn_from_defects() == 2  # the trade and its contractor
    lesson = Lesson.objects.get(dimension="trade")
    assert (lesson.value, lesson.hits, lesson.cases) == ("sealing", 20, 40)
    assert lesson.low > lesson.base
    nxt = org.project_two
    today = timezone.localdate(now)
    assert any(lesson.label in words for words in launch_blockers(nxt, today=today))
    assert len(lines_for(nxt)) == 1  # the contractor does not build there
    Layout.objects.create(project=nxt, name="B", code="three-rooms")
    BuiltBy.objects.create(project=nxt, trade="sealing", contractor=contractor)
    assert len(lines_for(nxt)) == 2
    browser = sign_in(client, manager)
    url = f"/repairs/lessons/{nxt.pk}/"
    with translation.override("zh-hans"):
        label = str(lesson.label)
    assert label in browser.get(url).content.decode()
    data = {"lesson": f"lesson-{lesson.pk}", "note": ""}
    assert browser.post(f"{url}deal/", data).status_code == 409
    data["note"] = "卫生间改为双道防水,图纸 S-12"
    assert browser.post(f"{url}deal/", data).status_code == 302
    assert data["note"] in browser.get(url).content.decode()
    with pytest.raises(StaleError):
        deal_with(project=nxt, key=data["lesson"], note="又", actor=manager, now=now)
    blockers = " ".join(launch_blockers(nxt, today=today))
    assert lesson.label not in blockers
    assert contractor.name in blockers
    other = {"project": org.project_three, "note": "x", "actor": builder, "now": now}
    with pytest.raises(RepairRefusedError):
        deal_with(key="lesson-0", **other)
    UnitDefect.objects.filter(trade="sealing").update(failures=0)
    assert learn_from_defects() == 0
    assert [line for line in lines_for(nxt) if line.check is None] == []
    assert LessonCheck.objects.count() == 1


@pytest.mark.spec("BEY-11")
def test_each_figure_opens_as_many_rows_and_small_groups_are_marked(
    client, found, reported, rounds, manager
) -> None:
    found("sealing", cases=40, back=20)
    found("walls", cases=100, back=10)
    found("power", cases=5, back=5)
    rounds(reported(), accepted=False)
    rounds(reported())
    browser = sign_in(client, manager)
    page = browser.get("/repairs/learning/")
    rows = {row["group"].value: row for row in page.context["groups"]}
    assert rows["sealing"]["group"].stands_out
    assert (rows["power"]["group"].is_small, rows["power"]["group"].stands_out) == (True, False)
    assert (rows["sealing"]["rate"], rows["sealing"]["low"]) == (50.0, 35.2)
    assert rows["sealing"]["base"] == round(100 * 15 / 105, 1)
    for value, row in rows.items():
        share = row["group"].share
        cases = browser.get(f"/repairs/learning/rows/?{row['query']}").context
        back = browser.get(f"/repairs/learning/rows/?{row['back_query']}").context
        assert (cases["total"], back["total"]) == (share.cases, share.hits), value
    page = browser.get("/repairs/learning/?source=repairs&dimension=layout")
    [row] = page.context["groups"]
    assert (row["group"].value, row["group"].share.hits) == ("three-rooms", 1)
    back = browser.get(f"/repairs/learning/rows/?{row['back_query']}").context
    assert [line["title"] for line in back["rows"]] == ["卫生间漏水"]
    for bad in ("source=x", "dimension=x", "source=repairs&dimension=contractor&value=x"):
        assert browser.get(f"/repairs/learning/?{bad}").status_code == 404


def test_the_page_of_learning_asks_as_often_for_one_as_for_many(client, found, manager) -> None:
    browser = sign_in(client, manager)
    found("sealing", cases=2, back=1)
    counts = []
    for trades in ((), ("walls", "floor", "doors", "water", "power")):
        for trade in trades:
            found(trade, cases=9, back=1)
        browser.get("/repairs/learning/")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/repairs/learning/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.spec("SVC-40")
def test_a_request_without_answer_escalates_and_an_answer_is_a_lesson_of_the_next_project(
    client, project, owner, manager, builder, org, now
) -> None:
    boss = make_user(org, "executive")
    cause = CategoryFactory(kind="complaint", axis="cause", name="防水做法")
    for _ in range(3):
        TicketFactory(customer=owner, project=project, cause=cause)
    TicketFactory(customer=owner, project=project, cause=cause, state="cancelled")
    browser = sign_in(client, manager)
    page = browser.get("/repairs/learning/?source=complaints")
    [row] = page.context["groups"]
    assert (row["label"], row["cases"]) == ("防水做法", 3)
    assert browser.get(f"/repairs/learning/rows/?{row['query']}").context["total"] == 3
    sheet = browser.get(f"/repairs/learning/ask/?{row['query']}")
    assert "防水做法" in sheet.context["form"].initial["found"]
    form = {
        "project": project.pk,
        "target": "design",
        "owner": builder.pk,
        "title": "卫生间防水改为双道",
        "found": sheet.context["form"].initial["found"],
    }
    far = make_user(org, "specialist")
    ask = f"/repairs/learning/ask/?{row['query']}"
    assert browser.post(ask, form | {"owner": far.pk}).status_code == 422
    answer = browser.post(ask, form)
    entry = RegisterEntry.objects.get(register=improvements.REGISTER)
    assert answer.headers["Location"] == f"/registers/entries/{entry.pk}/"
    days = (entry.due_at - timezone.now()).total_seconds() / 86400
    assert 13.9 < days < 14.1
    assert (entry.owner, entry.values["target"]) == (builder, "design")
    late = entry.due_at + timedelta(minutes=1)
    sweep(now=late)  # the reminder
    sweep(now=late)
    told = Message.objects.filter(kind=BREACHED).values_list("recipient", flat=True)
    assert set(told) == {builder.pk, manager.pk}
    assert boss.pk not in told
    nxt = org.project_two
    assert lines_for(nxt) == []
    close_entry(
        entry=entry, outcome="taken", evidence="自下一项目起双道防水", actor=builder, now=late
    )
    [line] = lines_for(nxt)
    assert "自下一项目起双道防水" in line.text
    assert any("卫生间防水改为双道" in words for words in launch_blockers(nxt, today=now.date()))
    assert lines_for(project) == []  # its own answer is no lesson to itself
    shown = browser.get(f"/repairs/lessons/{nxt.pk}/").content.decode()
    assert "自下一项目起双道防水" in shown


def test_a_request_needs_a_limit_and_the_policy_is_known(manager, project, builder, now) -> None:
    from django.core.exceptions import ValidationError

    from crm_site.registers.services import EntryDraft, add_entry

    draft = EntryDraft(title="x", values={"target": "design"}, subject_id=project.pk)
    with pytest.raises(ValidationError):
        add_entry(register=improvements.REGISTER, draft=draft, actor=manager, now=now)
    assert LEARNING == "repairs.learning"


def test_a_contractor_is_compared_by_what_it_built(found, project, now) -> None:
    first = Contractor.objects.create(name="甲", trades=["sealing"])
    second = Contractor.objects.create(name="乙", trades=["walls"])
    BuiltBy.objects.create(project=project, trade="sealing", contractor=first)
    BuiltBy.objects.create(project=project, trade="walls", contractor=second)
    found("sealing", cases=30, back=15)
    found("walls", cases=30, back=3)
    found("power", cases=10, back=0)
    cases = learning.cases_of("defects", lambda rows: rows)
    rows = learning.groups("defects", "contractor", cases=cases, fewest=20)
    assert [(row.label, row.share.hits, row.base.hits, row.base.cases) for row in rows] == [
        ("甲", 15, 3, 40),
        ("乙", 3, 15, 40),
    ]
    assert [row.stands_out for row in rows] == [True, False]
