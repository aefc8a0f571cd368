"""Tickets: opened once, moved by the table of their kind, waiting beside the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crm_site.common.refusals import StaleError
from service.tickets import hooks
from service.tickets.drafts import TicketDraft
from service.tickets.errors import NotClosableError, TicketError
from service.tickets.models import Ticket, TicketCategory
from service.tickets.services.moving import move_ticket
from service.tickets.services.opening import open_ticket
from service.tickets.services.waiting import customer_answered, wait_for_customer
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory

pytestmark = pytest.mark.django_db


def draft_for(org, **values):
    return TicketDraft(
        kind="complaint", project=org.project_one, subject="厨房漏水", source="web", **values
    )


def test_same_source_opens_one_ticket(org, agent, now):
    draft = draft_for(org, source_id="form-1", contact_phone="138 0013 8000")
    first = open_ticket(draft, actor=agent, now=now)
    again = open_ticket(replace(draft, subject="别的"), actor=agent, now=now)
    assert again.pk == first.pk
    assert Ticket.objects.count() == 1
    assert first.contact_phone == "+8613800138000"
    assert first.first_responder == agent
    assert [event.kind for event in first.events.all()] == ["opened"]
    assert first.number.startswith("T260520-")


def test_complex_ticket_names_a_person(org, agent, now):
    with pytest.raises(TicketError):
        open_ticket(draft_for(org, urgency="complex"), actor=agent, now=now)
    ticket = open_ticket(draft_for(org, urgency="complex", handler=agent), actor=agent, now=now)
    assert ticket.handler == agent
    assert ticket.rank == 1


def test_class_of_another_kind_is_refused(org, agent, now):
    other = CategoryFactory(kind="inquiry")
    with pytest.raises(TicketError):
        open_ticket(draft_for(org, category=other), actor=agent, now=now)
    assert TicketCategory.objects.count() == 1


def test_moves_follow_the_table(org, agent, now):
    ticket = open_ticket(draft_for(org, category=CategoryFactory()), actor=agent, now=now)
    with pytest.raises(TicketError):
        move_ticket(ticket, "executing", actor=agent, now=now)
    move_ticket(ticket, "classified", actor=agent, now=now)
    assert ticket.state == "classified"
    assert ticket.step_due_at == now + timedelta(hours=4)
    stale = Ticket.objects.get(pk=ticket.pk)
    ticket.handler = agent
    ticket.save(update_fields=["handler"])
    move_ticket(ticket, "assigned", actor=agent, now=now)
    with pytest.raises(StaleError):
        move_ticket(stale, "assigned", actor=agent, now=now)


def test_waiting_comes_back_where_it_was(org, agent, now):
    ticket = open_ticket(draft_for(org), actor=agent, now=now)
    wait_for_customer(ticket, actor=agent, now=now)
    assert (ticket.state, ticket.resume_state) == ("waiting", "received")
    customer_answered(ticket, actor=agent, now=now + timedelta(hours=5))
    assert ticket.state == "received"
    assert ticket.step_due_at == now + timedelta(hours=7)
    assert [e.kind for e in ticket.events.all()] == ["opened", "waiting", "resumed"]


def test_closing_names_what_is_missing_and_asks_the_gates(org, agent, now):
    customer = CustomerFactory(project=org.project_one)
    ticket = TicketFactory(customer=customer, state="callback", first_responder=agent)
    hooks.register_closing_gate("test", lambda _ticket: "群诉未结")
    try:
        with pytest.raises(NotClosableError) as refused:
            move_ticket(ticket, "closed", actor=agent, now=now)
    finally:
        hooks.forget_closing_gate("test")
    assert refused.value.missing == ["solution", "told", "answer", "callback"]
    assert "群诉未结" in str(refused.value)
    ticket.refresh_from_db()
    assert ticket.state == "callback"


def test_follow_ups_run_after_each_event(org, agent, now):
    seen = []
    hooks.register_ticket_follow_up("test", lambda t, e, _now: seen.append((t.number, e.kind)))
    try:
        ticket = open_ticket(draft_for(org), actor=agent, now=now)
    finally:
        hooks.forget_ticket_follow_up("test")
    assert seen == [(ticket.number, "opened")]


def test_who_sees_tickets(org, cast):
    own = CustomerFactory(owner=cast["consultant"])
    other = CustomerFactory(owner=cast["consultant_c"])
    mine, theirs = TicketFactory(customer=own), TicketFactory(customer=other)

    def seen(key):
        return set(Ticket.objects.visible_to(cast[key]))

    assert seen("consultant") == {mine}
    assert seen("consultant_c") == {theirs}
    assert seen("supervisor") == {mine}
    assert seen("service_manager") == {mine, theirs}
    assert seen("head_office") == {mine, theirs}
    assert seen("auditor") == set()
