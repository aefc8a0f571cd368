"""Sub-tasks and directives have a time: who is late is told once, and finds the work in a list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.outbox.models import Message
from service.tickets.models import TicketDirective, TicketTask
from service.tickets.tasks import remind_late_work
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
SOON = "2036-01-05T12:00"


def told(kind):
    return {row.recipient.username for row in Message.objects.filter(kind=kind)}


@pytest.fixture
def given(complaint, desk, cast):
    task = {"title": "核查排水管", "department": "engineering", "due_at": SOON}
    task |= {"owner": cast["engineering"].pk}
    assert desk("agent").post(f"/tickets/{complaint.pk}/tasks/", task).status_code == 302
    return TicketTask.objects.get()


def make_late(model):
    model.objects.update(due_at=timezone.now() - timedelta(minutes=1))


def test_a_late_sub_task_is_told_once(given, desk):
    assert remind_late_work() == 0
    make_late(TicketTask)
    for _again in range(2):
        assert remind_late_work() == 1
    assert told("ticket.task_late") == {"engineering", "agent"}
    assert Message.objects.filter(kind="ticket.task_late").count() == 2
    desk("engineering").post(f"/ticket-tasks/{given.pk}/", {"result": "已疏通"})
    assert remind_late_work() == 0


def test_a_late_sub_task_of_nobody_goes_to_who_leads(given):
    TicketTask.objects.update(owner=None)
    make_late(TicketTask)
    remind_late_work()
    assert told("ticket.task_late") == {"agent", "service_manager"}


def test_a_late_directive_is_told_once_until_it_is_answered(complaint, desk):
    order = {"text": "三日内给出方案", "due_at": SOON}
    desk("head_office").post(f"/tickets/{complaint.pk}/direct/", order)
    make_late(TicketDirective)
    for _again in range(2):
        assert remind_late_work() == 1
    assert told("ticket.directive_late") == {"agent", "service_manager"}
    address = f"/ticket-directives/{TicketDirective.objects.get().pk}/"
    desk("agent").post(address, {"answer": "方案已报"})
    assert remind_late_work() == 0


def test_the_owner_of_a_sub_task_finds_it_and_opens_the_ticket(complaint, given, desk, cast):
    """A consultant with a sub-task was led to a page that said there was none."""
    other = TicketFactory(customer=complaint.customer)
    page = desk("engineering").get("/tickets/?my_tasks=true").content.decode()
    assert complaint.number in page
    assert other.number not in page
    TicketTask.objects.update(owner=cast["consultant_b"])
    helper = desk("consultant_b")
    assert helper.get(f"/tickets/{complaint.pk}/").status_code == 200
    assert helper.get(f"/tickets/{other.pk}/").status_code == 404
    done = helper.post(f"/ticket-tasks/{given.pk}/", {"result": "已联系"})
    assert helper.get(done.headers["Location"]).status_code == 200


def test_nobody_is_given_a_sub_task_who_cannot_open_it(complaint, desk, cast):
    task = {"title": "退款", "department": "finance", "due_at": SOON, "owner": cast["finance"].pk}
    refused = desk("agent").post(f"/tickets/{complaint.pk}/tasks/", task)
    assert refused.status_code == 422
    assert not TicketTask.objects.exists()
