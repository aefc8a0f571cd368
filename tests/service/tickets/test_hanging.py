"""What hangs on a ticket: transfers, sub-tasks, directives, merges, splits, links, files."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm_site.outbox.models import Message
from service.tickets.models import Ticket, TicketLink, TicketPaper, TicketTransfer
from service.tickets.services.transferring import ANSWER_WITHIN
from service.tickets.tasks import escalate_silent_transfers
from tests.service.factories import TicketFactory
from tests.service.tickets.test_way import GOOD, walk

pytestmark = pytest.mark.django_db
SOON = "2036-01-05T12:00"


@pytest.mark.spec("SVC-03")
def test_a_transfer_stands_only_when_it_is_accepted(complaint, desk, cast) -> None:
    give = {"taker": cast["specialist"].pk, "reason": "属于工程问题"}
    assert desk("agent").post(f"/tickets/{complaint.pk}/transfer/", give).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.handler, complaint.responsible) == (None, cast["agent"])
    offer = TicketTransfer.objects.get()
    address = f"/ticket-transfers/{offer.pk}/"
    assert desk("service_manager").post(address, {"answer": "accept"}).status_code == 409
    for who in ("agent", "specialist"):
        assert "属于工程问题" in desk(who).get(f"/tickets/{complaint.pk}/").content.decode()
    twice = desk("agent").post(f"/tickets/{complaint.pk}/transfer/", give)
    assert twice.status_code == 422
    assert desk("specialist").post(address, {"answer": "accept"}).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.handler, complaint.first_responder) == (cast["specialist"], cast["agent"])
    assert desk("specialist").post(address, {"answer": "accept"}).status_code == 302
    assert complaint.events.filter(kind="transfer_accepted").count() == 1


def test_a_refused_offer_needs_a_reason_and_changes_nothing(complaint, desk, cast) -> None:
    give = {"taker": cast["specialist"].pk, "reason": "休假"}
    desk("agent").post(f"/tickets/{complaint.pk}/transfer/", give)
    address = f"/ticket-transfers/{TicketTransfer.objects.get().pk}/"
    assert desk("specialist").post(address, {"answer": "refuse"}).status_code == 409
    answer = desk("specialist").post(address, {"answer": "refuse", "note": "不在职责内"})
    assert answer.status_code == 302
    complaint.refresh_from_db()
    assert complaint.responsible == cast["agent"]


@pytest.mark.spec("SVC-06")
def test_a_silent_receiver_is_passed_up_and_the_clock_goes_on(org, desk, cast) -> None:
    form = {"kind": "complaint", "project": org.project_one.pk, "subject": "厨房漏水"}
    form |= {"channel": "phone", "stage": "after_sale"}
    assert desk("agent").post("/tickets/add/", form).status_code == 302
    complaint = Ticket.objects.get()
    before = {row.kind: (row.due_at, row.state) for row in complaint.clocks.all()}
    limit = complaint.step_due_at
    give = {"taker": cast["specialist"].pk, "reason": "属于工程问题"}
    desk("agent").post(f"/tickets/{complaint.pk}/transfer/", give)
    assert escalate_silent_transfers() == 0
    past = timezone.now() - ANSWER_WITHIN - timedelta(minutes=1)
    offer = TicketTransfer.objects.get()
    assert offer.due_at == offer.asked_at + ANSWER_WITHIN
    TicketTransfer.objects.update(asked_at=past, due_at=past + ANSWER_WITHIN)
    assert escalate_silent_transfers() == 1
    assert escalate_silent_transfers() == 0
    told = Message.objects.filter(kind="ticket.transfer_silent")
    assert [row.recipient for row in told] == [cast["service_manager"]]
    complaint.refresh_from_db()
    assert (complaint.step_due_at, complaint.handler) == (limit, None)
    assert complaint.events.filter(kind="transfer_escalated").count() == 1
    accepted = desk("specialist").post(f"/ticket-transfers/{offer.pk}/", {"answer": "accept"})
    assert accepted.status_code == 302
    assert {row.kind: (row.due_at, row.state) for row in complaint.clocks.all()} == before
    assert len(before) == 4


@pytest.mark.spec("SVC-33")
def test_the_parent_waits_for_its_sub_tasks(complaint, desk, take, quality, cast) -> None:
    task = {
        "title": "核查排水管",
        "department": "engineering",
        "owner": cast["engineering"].pk,
        "due_at": SOON,
    }
    assert desk("agent").post(f"/tickets/{complaint.pk}/tasks/", task).status_code == 302
    given = complaint.tasks.get()
    assert Message.objects.filter(kind="ticket.task_given").get().recipient == cast["engineering"]
    walk(complaint, take, quality, until="callback")
    take(complaint, "callback", **GOOD)
    assert take(complaint, "close").status_code == 422
    address = f"/ticket-tasks/{given.pk}/"
    assert desk("engineering").post(address, {"result": ""}).status_code == 422
    assert desk("engineering").post(address, {"result": "已疏通"}).status_code == 302
    assert take(complaint, "close").status_code == 302
    given.refresh_from_db()
    assert (given.state, given.ended_by) == ("done", cast["engineering"])


@pytest.mark.spec("SVC-34")
def test_head_office_directs_and_does_not_edit(complaint, desk, take, quality, cast) -> None:
    head = desk("head_office")
    assert head.get(f"/tickets/{complaint.pk}/").status_code == 200
    doors = ("edit/", "step/classify/", "step/note/", "transfer/", "tasks/", "merge/", "papers/")
    for door in doors:
        assert head.post(f"/tickets/{complaint.pk}/{door}", {"note": "x"}).status_code == 403, door
    order = {"text": "三日内给出方案", "due_at": SOON}
    assert desk("agent").post(f"/tickets/{complaint.pk}/direct/", order).status_code == 403
    assert head.post(f"/tickets/{complaint.pk}/direct/", order).status_code == 302
    told = Message.objects.filter(kind="ticket.directed")
    assert {row.recipient for row in told} == {cast["agent"], cast["service_manager"]}
    walk(complaint, take, quality, until="callback")
    take(complaint, "callback", **GOOD)
    assert take(complaint, "close").status_code == 422
    directive = complaint.directives.get()
    address = f"/ticket-directives/{directive.pk}/"
    assert head.post(address, {"answer": "好"}).status_code == 403
    assert desk("agent").post(address, {"answer": "方案已报"}).status_code == 302
    assert desk("agent").post(address, {"answer": "再报"}).status_code == 422
    assert take(complaint, "close").status_code == 302
    directive.refresh_from_db()
    assert directive.answer == "方案已报"


def test_a_merge_happens_once_and_can_be_taken_back(complaint, desk) -> None:
    double = TicketFactory(customer=complaint.customer)
    boss = desk("service_manager")
    for _again in range(2):
        answer = boss.post(f"/tickets/{double.pk}/merge/", {"number": complaint.number})
        assert answer.status_code in {302, 422}
    double.refresh_from_db()
    assert (double.state, double.merged_into) == ("merged", complaint)
    assert double.events.filter(kind="merged").count() == 1
    assert double.number in boss.get(f"/tickets/{complaint.pk}/").content.decode()
    assert complaint.number in boss.get(f"/tickets/{double.pk}/").content.decode()
    assert list(Ticket.objects.standing()) == [complaint]
    assert boss.post(f"/tickets/{double.pk}/unmerge/").status_code == 302
    assert boss.post(f"/tickets/{double.pk}/unmerge/").status_code == 302
    double.refresh_from_db()
    assert (double.state, double.merged_into) == ("received", None)
    assert double.events.filter(kind="unmerged").count() == 1
    assert desk("agent").post(f"/tickets/{double.pk}/merge/", {}).status_code == 403


def test_no_merge_into_itself_or_into_a_closed_one(complaint, desk) -> None:
    closed = TicketFactory(customer=complaint.customer, state="closed")
    boss = desk("service_manager")
    for number in (complaint.number, closed.number, "T000"):
        answer = boss.post(f"/tickets/{complaint.pk}/merge/", {"number": number})
        assert answer.status_code == 422
    complaint.refresh_from_db()
    assert complaint.state == "received"


def test_split_and_link(complaint, desk, cast) -> None:
    part = {"kind": "repair", "subject": "阳台门下沉"}
    assert desk("agent").post(f"/tickets/{complaint.pk}/split/", part).status_code == 302
    other = Ticket.objects.get(kind="repair")
    assert (other.customer, other.first_responder) == (complaint.customer, cast["agent"])
    assert TicketLink.objects.get().kind == "split"
    third = TicketFactory(customer=complaint.customer)
    for _again in range(2):
        desk("agent").post(f"/tickets/{complaint.pk}/link/", {"number": third.number})
    row = TicketLink.objects.get(kind="related")
    assert desk("agent").post(f"/ticket-links/{row.pk}/").status_code == 302
    assert not TicketLink.objects.filter(kind="related").exists()


def test_files_are_kept_once_and_scripts_are_refused(complaint, desk) -> None:
    address = f"/tickets/{complaint.pk}/papers/"

    def send(name: str, data: bytes) -> int:
        upload = SimpleUploadedFile(name, data)
        return desk("agent").post(address, {"file": upload, "label": "现场"}).status_code

    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    assert send("a.svg", svg) == 422
    assert send("a.pdf", b"<html>") == 422
    assert send("brief.pdf", b"%PDF-1.4 x") == 302
    assert send("again.pdf", b"%PDF-1.4 x") == 302
    paper = TicketPaper.objects.get()
    got = desk("agent").get(f"/ticket-papers/{paper.pk}/")
    assert got.content == b"%PDF-1.4 x"
    assert "attachment" in got.headers["Content-Disposition"]
    assert desk("consultant_c").get(f"/ticket-papers/{paper.pk}/").status_code == 404
