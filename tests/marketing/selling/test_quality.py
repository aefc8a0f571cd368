"""Honest selling, competence, sales offices: findings, training, corrections (MKT-63 to 65)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_site.common.refusals import NotAllowedError
from crm_site.questionnaires.models import AnswerSheet
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import close_entry
from customers.models import Task
from marketing.selling.models import SalesOffice, SellingCheck
from marketing.selling.registers import FINDINGS
from marketing.selling.selectors.quality import competences, office_rows, quality_of
from marketing.selling.services import checking
from tests.conftest import make_user
from tests.factories import CustomerFactory, InteractionFactory, UserFactory
from tests.launch.steps import answers
from tests.marketing.selling.sheets import fill
from tests.tools import ENGLISH

D = Decimal
pytestmark = pytest.mark.django_db
PRODUCT, POLICY = "selling-test-product", "selling-test-policy"
FINANCE, NEGOTIATION = "selling-test-finance", "selling-test-negotiation"


@pytest.fixture
def supervisor(org):
    return make_user(org, "supervisor")


def visit(person, actor, now, days=1) -> SellingCheck:
    day = now.date() - timedelta(days=days)
    draft = checking.MysteryDraft(person=person, happened_on=day, note="周末到访")
    return checking.plan_mystery(draft=draft, actor=actor, now=now)


def through_the_pages(client, key, subject, *, wrong=0) -> AnswerSheet:
    """Fill a form in as a person does."""
    client.post(f"/questionnaires/{key}/begin/", {"subject": str(subject)} if subject else {})
    sheet = AnswerSheet.objects.latest("pk")
    url = f"/questionnaires/sheets/{sheet.pk}/fill/"
    data = {f"q-{code}": value for code, value in answers(key, wrong=wrong).items()}
    data["edit_base"] = client.get(url).context["form"].edit_base
    assert client.post(url, data | {"complete": "1"}).status_code == 302
    sheet.refresh_from_db()
    assert sheet.is_complete
    return sheet


@pytest.mark.spec("MKT-63")
def test_a_finding_of_a_mystery_visit_lowers_the_quality_score(
    planner, lin, client_for, now
) -> None:
    browser = client_for(planner)
    form = {"person": lin.pk, "happened_on": "2026-05-10", "note": "周末到访"}
    assert browser.post("/selling-checks/mystery/", form).status_code == 302
    check = SellingCheck.objects.get()
    page = browser.get(check.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "Fill in the form" in page
    through_the_pages(browser, "mystery-customer", check.pk, wrong=1)
    check.refresh_from_db()
    assert (check.state, check.score) == ("done", D("85.7"))  # 6 of 7 in order
    entry = RegisterEntry.objects.of(FINDINGS).get()
    assert (entry.subject_id, entry.values["severity"]) == (check.pk, "medium")
    at = check.done_at + timedelta(minutes=1)
    assert quality_of([lin.pk], at) == {lin.pk: (D("80.7"), 1)}  # 5 for the finding
    own = client_for(lin).get("/competence/own/", headers=ENGLISH).content.decode()
    assert "80.7" in own
    assert entry.title in own
    close_entry(entry=entry, outcome="withdrawn", evidence="记录有出入", actor=planner, now=at)
    assert quality_of([lin.pk], at) == {lin.pk: (D("85.7"), 0)}


@pytest.mark.spec("MKT-63")
def test_calls_and_chats_are_drawn_once_and_checked(planner, lin, chen, client_for, now) -> None:
    customer = CustomerFactory(owner=lin)
    april = now - timedelta(days=25)
    talks = [
        InteractionFactory(customer=customer, channel=channel, at=april, author=lin)
        for channel in ("phone", "wechat", "phone", "wechat", "note", "visit")
    ]
    InteractionFactory(customer=customer, channel="phone", at=now, author=chen)  # of this month
    assert checking.draw_checks(now=now) == 2
    assert checking.draw_checks(now=now) == 0
    rows = list(SellingCheck.objects.order_by("pk"))
    assert {row.person_id for row in rows} == {lin.pk}
    assert {row.talk_id for row in rows} <= {talk.pk for talk in talks[:4]}
    assert {row.month_on for row in rows} == {date(2026, 4, 1)}
    kinds = {"phone": "call", "wechat": "chat"}
    assert all(row.kind == kinds[row.talk.channel] for row in rows)
    page = client_for(planner).get(rows[0].get_absolute_url(), headers=ENGLISH).content.decode()
    assert rows[0].talk.content in page
    fill("honest-selling-check", planner, now, subject=rows[0].pk)
    assert quality_of([lin.pk], now)[lin.pk] == (D("100.0"), 0)
    struck = checking.strike_check(check=rows[1], reason="录音损坏", actor=planner, now=now)
    assert struck.state == "void"


def test_only_who_checks_selling_judges_a_check(planner, chief, lin, org, now) -> None:
    check = visit(lin, planner, now)
    head = make_user(org, "head_office")
    with pytest.raises(NotAllowedError):
        fill("mystery-customer", head, now, subject=check.pk, wrong=1)
    check.refresh_from_db()
    assert check.state == "open"
    with pytest.raises(NotAllowedError):
        visit(lin, lin, now)


@pytest.mark.spec("MKT-64")
def test_a_failed_test_gives_a_training_task_and_a_passed_one_ends_it(
    lin, planner, client_for, now
) -> None:
    browser = client_for(lin)
    assert "Do the test" in browser.get("/competence/own/", headers=ENGLISH).content.decode()
    failed = through_the_pages(browser, PRODUCT, None, wrong=2)
    assert failed.score == 60
    task = Task.objects.get(owner=lin, source="selling-training")
    assert task.state == "open"
    assert task.due_at > failed.completed_at
    assert "60" in task.title
    through_the_pages(browser, PRODUCT, None, wrong=3)
    assert Task.objects.filter(owner=lin, source="selling-training").count() == 1
    page = client_for(planner).get("/competence/", headers=ENGLISH).content.decode()
    assert "In training" in page
    through_the_pages(browser, PRODUCT, None, wrong=1)
    task.refresh_from_db()
    assert task.state == "done"
    for key in (POLICY, FINANCE, NEGOTIATION):
        fill(key, lin, now)
    row = competences([lin], now + timedelta(days=1))[0]
    assert (row.level, row.training) == ("qualified", 0)


@pytest.mark.spec("MKT-64")
def test_tests_are_due_again_and_the_task_comes_once(lin, now) -> None:
    fill(PRODUCT, lin, now - timedelta(days=200))
    fill(POLICY, lin, now - timedelta(days=20))
    checking.plan_retests(now=now)
    checking.plan_retests(now=now)
    task = Task.objects.get(source="selling-retest")
    assert (task.owner, task.state) == (lin, "open")
    fill(PRODUCT, lin, now)
    task.refresh_from_db()
    assert task.state == "done"


def test_lost_for_lack_of_skill_stands_beside_competence(lin, project, now) -> None:
    from analytics.churn.models import ChurnLoss, ChurnLossReason

    for reason in ("unskilled", "price_high"):
        loss = ChurnLoss.objects.create(
            customer=CustomerFactory(owner=lin),
            on=now.date(),
            rule="gave_up",
            stage="deciding",
            project=project,
            consultant=lin,
            main_reason=reason,
            scene="x",
            source="lead:1",
            recorded_at=now,
        )
        ChurnLossReason.objects.create(loss=loss, reason=reason)
    assert competences([lin], now)[0].lost == 1


@pytest.mark.spec("MKT-65")
def test_a_failed_item_makes_a_correction_task_and_scores_have_a_trend(
    planner, supervisor, project, client_for, now
) -> None:
    browser = client_for(planner)
    form = {"project": project.pk, "name": "城市展厅", "address": "文三路 1 号"}
    form |= {"keeper": supervisor.pk, "is_open": "on"}
    assert browser.post("/sales-offices/add/", form).status_code == 302
    office = SalesOffice.objects.get()
    twice = browser.post("/sales-offices/add/", form, headers=ENGLISH)
    assert twice.status_code == 422
    through_the_pages(browser, "sales-office-inspection", office.pk, wrong=2)
    tasks = list(Task.objects.filter(source="office-inspection").order_by("pk"))
    assert len(tasks) == 2
    assert {(task.owner, task.subject_id, task.state) for task in tasks} == {
        (supervisor, str(office.pk), "open")
    }
    through_the_pages(browser, "sales-office-inspection", office.pk)
    row = office_rows([office])[0]
    assert [score for _at, score, _sheet in row.scores] == [D("77.8"), D("100.0")]
    assert (row.change, row.open_tasks) == (D("22.2"), 2)
    page = browser.get(office.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "77.8%" in page
    assert tasks[0].title in page


@pytest.mark.parametrize("n", [1, 20])
@pytest.mark.parametrize("url", ["/competence/", "/sales-offices/", "/selling-checks/"])
def test_lists_ask_as_often_for_one_row_as_for_many(
    project, planner, supervisor, org, client_for, n, url, now, django_assert_max_num_queries
) -> None:
    for place in range(n):
        person = UserFactory(node=org.team_a)
        visit(person, planner, now)
        draft = checking.OfficeDraft(
            project=project, name=f"展厅{place}", address="", keeper=supervisor
        )
        checking.keep_office(office=None, draft=draft, actor=planner, now=now)
    browser = client_for(planner)
    browser.get(url)
    with django_assert_max_num_queries(20):
        assert browser.get(url).status_code == 200
