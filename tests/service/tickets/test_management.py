"""Classes, officers, the matrix, the report, the record tab, care cases of our own."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.outbox.models import Message
from crm_site.policies.errors import FieldError
from crm_site.policies.models import PolicyVersion
from service.tickets.division import Division, Process
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket, TicketCategory
from service.tickets.services.opening import open_ticket
from service.tickets.services.tree import install_usual_tree, usual_lines
from service.tickets.tasks import escalate_silent_transfers, report_callbacks
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory
from tests.service.tickets.test_way import CLASS, GOOD, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def usual(db) -> None:
    install_usual_tree()


def received(client, org, **values) -> Ticket:
    """Receive a ticket by the form and return it."""
    form = {"project": org.project_one.pk, "channel": "phone", "stage": "after_sale"}
    answer = client.post("/tickets/add/", {**form, **values})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return Ticket.objects.latest("pk")


@pytest.mark.spec("SVC-01")
def test_each_kind_of_inquiry_has_its_answer_queue_and_limit(org, cast, desk, usual, now) -> None:
    kinds = TicketCategory.objects.filter(kind="inquiry", axis="object")
    assert {row.code for row in kinds} == {
        *("policy", "product", "price", "layout", "handover-date", "after-sales", "other")
    }
    agent = desk("agent")
    for row in kinds:
        ticket = received(agent, org, kind="inquiry", subject="咨询", category=row.pk)
        assert (ticket.department, ticket.urgency) == (row.queue, row.urgency)
        hours = {"routine": 2, "urgent": 1}[row.urgency]
        assert ticket.step_due_at == ticket.opened_at + timedelta(hours=hours)
        response = ticket.clocks.get(kind="response")
        assert response.limit_minutes == {"routine": 240, "urgent": 120}[row.urgency]
        page = agent.get(f"/tickets/{ticket.pk}/step/reply/").content.decode()
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
        row = f'<th scope="row">{words}</th><td>1</td><td>1</td><td>1</td>'
        assert row in page, words
    month = f"{complaint.opened_at:%Y-%m}"
    past = desk("head_office").get(f"/tickets/report/?month={month}").content.decode()
    assert f'<th scope="row">{quality.name}</th>' not in past


@pytest.mark.spec("SVC-31")
def test_what_was_not_called_back_is_listed_and_the_month_is_reported(
    complaint, take, quality, desk, cast, monkeypatch
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
    third = TicketFactory(customer=complaint.customer, state="replied")
    day = timezone.now().replace(day=15, hour=4)
    Ticket.objects.filter(kind="complaint").update(told_at=day, closed_at=day)
    assert third.state == "replied"
    page = agent.get("/tickets/report/").content.decode()
    facts = page[page.index("calls-h") : page.index("late-h")]
    # three were told: two called back, both solved, one of them pleased
    assert [words.strip() for words in re.findall(r"<dd>(.*?)</dd>", facts)] == [
        *("3", "2 (67%)", "2", "1 (50%)")
    ]
    after = (day.replace(day=1) + timedelta(days=40)).replace(day=1, hour=0)
    monkeypatch.setattr(timezone, "now", lambda: after)
    for _twice in range(2):
        assert report_callbacks() == 2
    told = Message.objects.get(kind="ticket.month_report", recipient=cast["service_manager"])
    assert told.params == {
        "month": f"{day:%Y-%m}",
        "told": 3,
        "called": 2,
        "solved": 2,
        "satisfied": 1,
        "late": 1,
    }


def test_the_officer_is_set_and_the_report_says_how_many_were_called_back(
    org, cast, desk, take, complaint, quality
) -> None:
    name = {"project": org.project_one.pk, "duty": "complaint", "user": cast["specialist"].pk}
    assert desk("service_manager").post("/tickets/officers/", name).status_code == 302
    said = {"name": "林小雨", "phone": "138 0013 8000", "subject": "漏水", "body": "厨房漏水"}
    said |= {"kind": "complaint", "project": org.project_one.pk, "key": "officer-0001"}
    assert Client().post("/contact/", said).status_code == 200
    ticket = Ticket.objects.get(channel="web")
    assert ticket.first_responder == cast["specialist"]
    take(ticket, "take", who="specialist")
    walk(complaint, take, quality, until="replied")
    walk(ticket, take, quality, until="callback")
    take(ticket, "callback", who="specialist", **GOOD)
    page = desk("specialist").get("/tickets/report/").content.decode()
    facts = page[page.index("calls-h") : page.index("late-h")]
    assert "<dd>2</dd>" in facts  # told a solution
    assert "<dd>1 (50%)</dd>" in facts  # called back


@pytest.mark.spec("SVC-30")
def test_a_project_without_an_officer_fails_the_check(org, cast, desk) -> None:
    boss = desk("service_manager")
    page = boss.get("/tickets/officers/").content.decode()
    address = f"?project={org.project_one.pk}&amp;duty=complaint"
    assert address in page
    form = {"project": org.project_one.pk, "duty": "complaint", "user": cast["finance"].pk}
    assert boss.post("/tickets/officers/", form).status_code == 422
    form["user"] = cast["specialist"].pk
    assert boss.post("/tickets/officers/", form).status_code == 302
    assert address not in boss.get("/tickets/officers/").content.decode()
    said = {"name": "林小雨", "phone": "138 0013 8000", "subject": "漏水", "body": "厨房漏水"}
    said |= {"kind": "complaint", "project": org.project_one.pk, "key": "officer-0001"}
    assert Client().post("/contact/", said).status_code == 200
    assert Ticket.objects.get().first_responder == cast["specialist"]
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
def test_each_process_has_one_lead_and_the_router_uses_it(org, cast, desk) -> None:
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
        Division({key: share for key, share in shares.items() if key != "move_in"})
    agent, boss, url = desk("agent"), desk("executive"), "/policies/service.division/"
    assert received(agent, org, kind="suggestion", subject="绿化").department == "property"
    assert received(agent, org, kind="complaint", subject="渗漏").department == "service_centre"
    form = boss.get(f"{url}propose/").context["form"]
    data = {leaf.name: form[leaf.name].initial or "" for leaf in form.leaves}
    data |= {"reason": "社区移交客户会", "valid_from": ""}
    twice = boss.post(f"{url}propose/", data | {"shares.living.assist": data["shares.living.lead"]})
    assert twice.status_code == 422  # who leads a process does not assist in it too
    assert boss.post(f"{url}propose/", data | {"shares.living.lead": "club"}).status_code == 302
    row = PolicyVersion.objects.get(key="service.division", state="draft")
    version = f"{url}versions/{row.version}/"
    assert boss.post(f"{version}submit/").status_code == 302
    assert desk("head_office").post(f"{version}approve/").status_code == 302
    assert received(agent, org, kind="suggestion", subject="绿化").department == "club"
    assert received(agent, org, kind="complaint", subject="渗漏").department == "service_centre"


@pytest.mark.spec("SVC-16")
def test_a_problem_of_the_sales_site_and_its_report(
    org, complaint, take, desk, usual, cast
) -> None:
    site = TicketCategory.objects.get(kind="complaint", code="site")
    assert site.process == "on_site"
    data = {"category": site.pk, "urgency": "urgent", "severity": "normal"}
    assert take(complaint, "classify", who="consultant", **data).status_code == 302
    assert take(complaint, "take", who="consultant").status_code == 302
    assert take(complaint, "investigate", who="consultant").status_code == 302
    assert take(complaint, "plan", who="consultant", plan="更换指示牌").status_code == 302
    stamped = complaint.events.exclude(to_state="").values_list("to_state", "actor")
    path = ("classified", "assigned", "investigating", "plan_agreed")
    assert list(stamped) == [(state, cast["consultant"].pk) for state in path]
    other = TicketFactory(customer=complaint.customer)  # no problem of a sales office
    Ticket.objects.update(opened_at=timezone.now())
    page = desk("supervisor").get("/tickets/report/").content.decode()
    head = f'<th scope="row">{complaint.project.name}</th>'
    assert other.project == complaint.project
    assert f"{head}<td>2</td><td>2</td><td>0</td>" in page  # complaints of the project
    assert f"{head}<td>1</td><td>1</td><td>0</td>" in page  # of its sales office


@pytest.mark.spec("SVC-41")
def test_the_flag_does_not_lower_the_service(org, cast, desk) -> None:
    agent = desk("agent")
    one, two = (received(agent, org, kind="complaint", subject="漏水") for _number in range(2))
    address = f"/tickets/{two.pk}/edit/"
    page = agent.get(address).content.decode()
    base = page.split('name="edit_base" value="')[1].split('"')[0]
    facts = {"subject": two.subject, "stage": two.stage, "edit_base": base, "is_demanding": "on"}
    assert agent.post(address, facts).status_code == 302
    two.refresh_from_db()
    assert two.is_demanding
    for name in ("rank", "urgency", "department", "first_responder", "state"):
        assert getattr(one, name) == getattr(two, name)
    assert one.step_due_at - one.opened_at == two.step_due_at - two.opened_at
    limits = [
        list(each.clocks.order_by("kind").values_list("kind", "state", "limit_minutes"))
        for each in (one, two)
    ]
    assert limits[0] == limits[1] != []
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
