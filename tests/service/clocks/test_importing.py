"""What is brought in from earlier systems owes nothing for the time before it was brought in."""

from datetime import timedelta

import pytest

from crm_site.outbox.models import Message
from service.clocks.models import TicketClock
from service.clocks.tasks import sweep_ticket_clocks
from service.tickets.models import Ticket
from tests.customers.importing import imported
from tests.service.clocks.life import moment

pytestmark = pytest.mark.django_db
HEAD = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"]


def bring_in(org, actor, now, *received):
    rows = [
        [f"m{number}", f"A{number}", f"噪音{number}", when, f"夜间施工{number}"]
        for number, when in enumerate(received)
    ]
    job = imported(
        [HEAD, *rows], actor=actor, now=now, kind="complaints", project=str(org.project_one.pk)
    )
    assert job.counts == {"created": len(received)}
    return [Ticket.objects.get(source_id=f"m{number}") for number in range(len(received))]


def test_an_old_complaint_starts_no_clock_and_tells_nobody(
    org, service_manager, client_for, clock_at
):
    now = clock_at("05-20 12:00")
    old, week = bring_in(org, service_manager, now, "2019/2/8 9:25:05", "2026/5/12 9:00:00")
    assert old.opened_at == moment("2019-02-08 09:25").replace(second=5)
    assert not TicketClock.objects.exists()
    assert {old.due_at, old.step_due_at, week.due_at, week.step_due_at} == {None}
    clock_at("06-20 12:00")
    assert sweep_ticket_clocks()["clocks"] == 0
    assert not Message.objects.filter(kind__startswith="ticket_clock").exists()
    page = client_for(service_manager).get("/tickets/?due=late").content.decode()
    assert old.number not in page
    assert old.number in client_for(service_manager).get("/tickets/").content.decode()
    assert client_for(service_manager).get(f"/tickets/{old.pk}/").status_code == 200


def test_of_a_recent_one_only_what_can_still_be_kept_runs(org, service_manager, clock_at):
    """Three days old: answer and follow-up are gone, the closed loop is owed from its receipt."""
    now = clock_at("05-20 12:00")
    [recent] = bring_in(org, service_manager, now, "2026/5/17 10:00:00")
    rows = {row.kind: row for row in TicketClock.objects.filter(ticket=recent)}
    assert rows.keys() == {"closure"}
    assert rows["closure"].due_at == moment("05-24 10:00")
    recent.refresh_from_db()
    assert recent.due_at == rows["closure"].due_at
    assert recent.step_due_at == now + timedelta(hours=2)
    assert sweep_ticket_clocks()["effects"] == 0
    clock_at("05-24 10:01")
    assert sweep_ticket_clocks()["effects"] > 0


def test_one_of_this_morning_runs_like_any_other(org, service_manager, clock_at):
    now = clock_at("05-20 12:00")
    [fresh] = bring_in(org, service_manager, now, "2026/5/20 11:00:00")
    started = set(TicketClock.objects.filter(ticket=fresh).values_list("started_at", flat=True))
    assert started == {moment("05-20 11:00")}
    assert TicketClock.objects.filter(ticket=fresh).count() == 4


def test_old_angry_repairs_open_no_care_case(org, service_manager, clock_at):
    from service.tickets.drafts import TicketDraft
    from service.tickets.services.opening import open_ticket

    now = clock_at("05-20 12:00")
    values = {"kind": "repair", "project": org.project_one, "subject": "漏水", "body": "太失望了"}
    past = TicketDraft(**values, channel="import", received_at=moment("2025-05-20 12:00"))
    open_ticket(past, actor=service_manager, now=now)
    assert not Ticket.objects.filter(kind="care").exists()
    open_ticket(TicketDraft(**values, channel="phone"), actor=service_manager, now=now)
    assert Ticket.objects.filter(kind="care").count() == 1
