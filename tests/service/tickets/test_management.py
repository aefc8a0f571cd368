"""Classes, officers, the matrix, the report, the record tab, care cases of our own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.policies.errors import FieldError
from service.tickets.division import Division, Process, Share
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket, TicketCategory
from service.tickets.services.opening import open_ticket
from service.tickets.services.tree import install_usual_tree, usual_lines
from service.tickets.tasks import escalate_silent_transfers
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory
from tests.service.tickets.test_way import CLASS, GOOD, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def usual(db) -> None:
    install_usual_tree()


def inquiry(org, code: str, **values) -> TicketDraft:
    category = TicketCategory.objects.get(kind="inquiry", code=code)
    return TicketDraft(
        kind="inquiry", project=org.project_one, subject="咨询", category=category, **values
    )


@pytest.mark.spec("SVC-01")
def test_each_kind_of_inquiry_has_its_answer_queue_and_limit(org, cast, desk, usual, now) -> None:
    kinds = TicketCategory.objects.filter(kind="inquiry", axis="object")
    assert {row.code for row in kinds} == {
        *("policy", "product", "price", "layout", "handover-date", "after-sales", "other")
    }
    for row in kinds:
        ticket = open_ticket(inquiry(org, row.code), actor=cast["agent"], now=now)
        assert ticket.department == row.queue
        hours = {"routine": 2, "urgent": 1}[row.urgency]
        assert ticket.step_due_at == now + timedelta(hours=hours)
        page = desk("agent").get(f"/tickets/{ticket.pk}/step/reply/").content.decode()
        assert row.answer in page
    queues = {row.queue for row in kinds}
    assert {"sales_office", "design", "engineering", "service_centre"} <= queues


def test_the_usual_tree_comes_once_and_own_changes_stay(desk) -> None:
    boss = desk("service_manager")
    assert boss.post("/tickets/classes/usual/").status_code == 302
    number = TicketCategory.objects.count()
    assert number == len(usual_lines())
    TicketCategory.objects.filter(kind="complaint", code="quality").update(name="工程")
    TicketCategory.objects.filter(kind="complaint", code="quality-leak").delete()
    boss.post("/tickets/classes/usual/")
    assert TicketCategory.objects.count() == number
    assert (
        TicketCategory.objects.get(kind="complaint", code="quality", axis="object").name == "工程"
    )
    leak = TicketCategory.objects.get(code="quality-leak")
    assert leak.parent.code == "quality"
    assert "渗漏" in boss.get("/tickets/classes/").content.decode()
    assert desk("agent").get("/tickets/classes/").status_code == 403


@pytest.mark.spec("SVC-07")
def test_a_class_without_a_process_is_refused(desk) -> None:
    boss = desk("service_manager")
    form = {
        "kind": "complaint",
        "axis": "object",
        "code": "noise",
        "name": "噪音",
        "queue": "property",
        "urgency": "routine",
        "is_active": "on",
    }
    refused = boss.post("/tickets/classes/add/", form)
    assert refused.status_code == 422
    assert "噪音" in refused.content.decode()
    assert boss.post("/tickets/classes/add/", {**form, "process": "standard"}).status_code == 302
    row = TicketCategory.objects.get()
    assert (row.code, row.process) == ("noise", "standard")
    edit = {**form, "process": "on_site", "name": "施工噪音", "code": "other"}
    address = f"/tickets/classes/{row.pk}/"
    page = boss.get(address).content.decode()
    base = page.split('name="edit_base" value="')[1].split('"')[0]
    assert boss.post(address, {**edit, "edit_base": base}).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.name, row.process) == ("noise", "施工噪音", "on_site")


@pytest.mark.spec("SVC-28")
def test_complaints_are_classed_and_reported_by_class(complaint, take, quality, desk, cast) -> None:
    assert take(complaint, "classify", **CLASS).status_code == 422
    cause = CategoryFactory(axis="cause", code="pipes", name="施工原因")
    data = {"category": quality.pk, "cause": cause.pk, **CLASS}
    assert take(complaint, "classify", **data).status_code == 302
    Ticket.objects.update(opened_at=timezone.now(), is_demanding=True)
    page = desk("head_office").get("/tickets/report/").content.decode()
    for words in (quality.name, cause.name, complaint.project.name):
        assert words in page
    month = f"{complaint.opened_at:%Y-%m}"
    past = desk("head_office").get(f"/tickets/report/?month={month}").content.decode()
    assert quality.name not in past
    assert desk("head_office").get("/tickets/report/?month=abc").status_code == 200


@pytest.mark.spec("SVC-31")
def test_what_was_not_called_back_is_listed_and_the_month_is_reported(
    complaint, take, quality, desk, cast
) -> None:
    old = timezone.now() - timedelta(days=9)
    closed = TicketFactory(
        customer=complaint.customer, state="closed", closed_at=old, told_at=old, opened_at=old
    )
    agent = desk("agent")
    assert closed.number in agent.get("/tickets/report/").content.decode()
    assert take(closed, "callback", **GOOD).status_code == 302
    assert closed.number not in agent.get("/tickets/report/").content.decode()
    walk(complaint, take, quality, until="callback")
    take(complaint, "callback", solved="yes", pleasant="2", kind="phone")
    page = agent.get("/tickets/report/").content.decode()
    told = 1 + (old.month == timezone.now().month)
    facts = page[page.index("calls-h") :]
    assert f"<dd>{told}</dd>" in facts
    satisfied = told - 1
    assert f"<dd>{satisfied} ({round(100 * satisfied / told)}%)</dd>" in facts


@pytest.mark.spec("SVC-30")
def test_a_project_without_an_officer_fails_the_check(org, cast, desk, now) -> None:
    boss = desk("service_manager")
    page = boss.get("/tickets/officers/").content.decode()
    address = f"?project={org.project_one.pk}&amp;duty=complaint"
    assert address in page
    form = {"project": org.project_one.pk, "duty": "complaint", "user": cast["finance"].pk}
    assert boss.post("/tickets/officers/", form).status_code == 422
    form["user"] = cast["specialist"].pk
    assert boss.post("/tickets/officers/", form).status_code == 302
    assert address not in boss.get("/tickets/officers/").content.decode()
    draft = TicketDraft(kind="complaint", project=org.project_one, subject="网上投诉")
    ticket = open_ticket(draft, actor=None, now=now)
    assert ticket.first_responder == cast["specialist"]
    cast["specialist"].is_active = False
    cast["specialist"].save()
    assert address in boss.get("/tickets/officers/").content.decode()


@pytest.mark.spec("SVC-35")
def test_a_low_rating_opens_a_care_case_once(complaint, take, quality, desk, cast) -> None:
    CategoryFactory(kind="care", code="low-rating", name="低分")
    walk(complaint, take, quality, until="callback")
    take(complaint, "callback", solved="yes", pleasant="3", kind="phone")
    assert not Ticket.objects.filter(kind="care").exists()
    take(complaint, "callback", solved="yes", pleasant="2", kind="phone")
    case = Ticket.objects.get(kind="care")
    assert (case.is_proactive, case.urgency, case.category.code) == (True, "urgent", "low-rating")
    assert (case.customer, case.first_responder) == (complaint.customer, cast["agent"])


def test_repeated_repairs_and_angry_words_open_care_cases(org, cast, now) -> None:
    draft = TicketDraft(
        kind="inquiry", project=org.project_one, subject="交付", body="太失望了, 准备维权"
    )
    open_ticket(draft, actor=cast["agent"], now=now)
    assert Ticket.objects.get(kind="care").source == "care.mood"


@pytest.mark.spec("PLT-27")
def test_each_process_has_one_lead_and_the_router_uses_it(org, cast, now, desk) -> None:
    shares = Division().shares
    assert set(shares) == set(Process)
    assert (shares["open_day"].lead, shares["open_day"].assist) == (
        "service_centre",
        ("property",),
    )
    assert (shares["move_in"].lead, shares["move_in"].assist) == ("property", ("service_centre",))
    assert shares["membership"].lead == "club"
    assert shares["warranty"].lead == "service_centre"
    with pytest.raises(FieldError):
        Division({**shares, "move_in": Share("property", ("property",))})
    with pytest.raises(FieldError):
        Division({key: share for key, share in shares.items() if key != "move_in"})
    draft = TicketDraft(kind="suggestion", project=org.project_one, subject="绿化")
    assert open_ticket(draft, actor=cast["agent"], now=now).department == "property"
    draft = TicketDraft(kind="complaint", project=org.project_one, subject="渗漏")
    assert open_ticket(draft, actor=cast["agent"], now=now).department == "service_centre"
    assert "service.division" in desk("executive").get("/policies/").content.decode()


@pytest.mark.spec("SVC-16")
def test_a_problem_of_the_sales_site_and_its_report(org, complaint, take, desk, usual) -> None:
    site = TicketCategory.objects.get(kind="complaint", code="site")
    assert site.process == "on_site"
    data = {"category": site.pk, "urgency": "urgent", "severity": "normal"}
    assert take(complaint, "classify", who="consultant", **data).status_code == 302
    assert take(complaint, "take", who="consultant").status_code == 302
    assert take(complaint, "investigate", who="consultant").status_code == 302
    assert take(complaint, "plan", who="consultant", plan="更换指示牌").status_code == 302
    Ticket.objects.update(opened_at=timezone.now())
    page = desk("supervisor").get("/tickets/report/").content.decode()
    assert page.count(complaint.project.name) >= 2


@pytest.mark.spec("SVC-41")
def test_the_flag_does_not_lower_the_service(org, cast, now, desk) -> None:
    plain = TicketDraft(kind="complaint", project=org.project_one, subject="漏水")
    flagged = TicketDraft(
        kind="complaint", project=org.project_one, subject="漏水", is_demanding=True
    )
    one = open_ticket(plain, actor=cast["agent"], now=now)
    two = open_ticket(flagged, actor=cast["agent"], now=now)
    for name in ("rank", "urgency", "step_due_at", "department", "first_responder", "state"):
        assert getattr(one, name) == getattr(two, name)
    Ticket.objects.update(opened_at=timezone.now())
    page = desk("agent").get("/tickets/report/").content.decode()
    row = page[page.index("云栖里</th>") :].split("</tr>")[0]
    assert "<td>2</td><td>2</td><td>1</td>" in row.replace("\n", "")
    listed = desk("agent").get("/tickets/?demanding=true").content.decode()
    assert two.number in listed
    assert one.number not in listed


def test_the_record_of_a_customer_has_its_tickets(complaint, desk) -> None:
    address = f"/customers/{complaint.customer_id}/service/"
    page = desk("consultant").get(address)
    assert complaint.number in page.content.decode()
    record = desk("consultant").get(f"/customers/{complaint.customer_id}/").content.decode()
    assert address in record
    assert desk("consultant_c").get(address).status_code == 404


def test_the_job_runs_twice_without_harm(complaint, cast) -> None:
    assert escalate_silent_transfers() == 0
    assert escalate_silent_transfers() == 0
    assert CustomerFactory() is not None
