"""The list, the board, receiving and the API of tickets."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from service.tickets.models import Ticket
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory

pytestmark = pytest.mark.django_db


def test_filters_and_search(org, cast, desk, complaint) -> None:
    other = CustomerFactory(owner=cast["consultant_c"])
    repair = TicketFactory(customer=other, kind="repair", handler=cast["specialist"])
    done = TicketFactory(customer=other, state="closed")
    agent = desk("agent")

    def found(query: str) -> set[Ticket]:
        page = agent.get(f"/tickets/?{query}").content.decode()
        return {ticket for ticket in (complaint, repair, done) if ticket.number in page}

    assert found("") == {complaint, repair, done}
    assert found("open=true") == {complaint, repair}
    assert found("kind=repair") == {repair}
    assert found(f"project={org.project_one.pk}") == {complaint}
    assert found(f"handler={cast['specialist'].pk}") == {repair}
    assert found("mine=true") == {complaint}
    assert found("state=closed") == {done}
    assert found(f"q={repair.number}") == {repair}
    assert found("q=漏水") == {complaint, repair, done}
    assert agent.get("/tickets/?kind=nonsense").status_code == 422
    board = agent.get("/tickets/board/").content.decode()
    assert complaint.number in board
    assert done.number not in board


def test_what_is_late_is_found(desk, complaint, now) -> None:
    Ticket.objects.filter(pk=complaint.pk).update(step_due_at=now)
    assert complaint.number in desk("agent").get("/tickets/?overdue=true").content.decode()


def test_receiving_by_the_form(org, cast, desk) -> None:
    form = {
        "kind": "complaint",
        "project": org.project_one.pk,
        "subject": "电梯异响",
        "contact_phone": "12",
        "channel": "phone",
        "stage": "after_sale",
    }
    refused = desk("agent").post("/tickets/add/", form)
    assert refused.status_code == 422
    assert "电梯异响" in refused.content.decode()
    form["contact_phone"] = "138 0013 8000"
    assert desk("agent").post("/tickets/add/", form).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.first_responder, ticket.contact_phone) == (cast["agent"], "+8613800138000")
    page = desk("agent").get(f"/tickets/{ticket.pk}/").content.decode()
    assert "138****8000" in page.replace(" ", "")
    assert "13800138000" not in page.replace(" ", "")
    other = CategoryFactory(kind="inquiry")
    mixed = desk("agent").post("/tickets/add/", {**form, "category": other.pk})
    assert mixed.status_code == 422


def test_facts_change_is_not_lost(complaint, desk) -> None:
    page = desk("agent").get(f"/tickets/{complaint.pk}/edit/").content.decode()
    base = page.split('name="edit_base" value="')[1].split('"')[0]
    form = {"subject": "改一", "body": "一", "stage": "after_sale", "edit_base": base}
    form |= {"customer": complaint.customer_id}
    other = desk("specialist")
    theirs = other.get(f"/tickets/{complaint.pk}/edit/").content.decode()
    their_base = theirs.split('name="edit_base" value="')[1].split('"')[0]
    address = f"/tickets/{complaint.pk}/edit/"
    assert desk("agent").post(address, form).status_code == 302
    late = other.post(address, {**form, "subject": "改二", "edit_base": their_base})
    assert late.status_code == 409
    complaint.refresh_from_db()
    assert complaint.subject == "改一"
    assert complaint.events.get(kind="edited").data["fields"] == ["subject", "body"]


def test_pages_ask_as_often_for_one_as_for_twenty(org, cast, desk, complaint) -> None:
    agent = desk("agent")
    pages = ("/tickets/", "/tickets/board/", "/api/v1/tickets/")

    def counts() -> list[int]:
        found = []
        for page in pages:
            agent.get(page)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert agent.get(page).status_code == 200
            found.append(len(queries))
        return found

    before = counts()
    for _number in range(20):
        customer = CustomerFactory(owner=cast["consultant"])
        TicketFactory(customer=customer, handler=cast["specialist"], category=CategoryFactory())
    assert counts() == before


def test_the_api_opens_once_and_answers_by_scope(org, cast, desk) -> None:
    agent = desk("agent")
    body = {
        "kind": "repair",
        "project": org.project_one.pk,
        "subject": "水龙头漏水",
        "source": "app",
        "source_id": "order-7",
    }
    first = agent.post("/api/v1/tickets/", body, "application/json")
    again = agent.post("/api/v1/tickets/", body, "application/json")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]
    assert Ticket.objects.count() == 1
    key = first.json()["id"]
    assert agent.get(f"/api/v1/tickets/{key}/").json()["state"] == "received"
    assert desk("consultant_c").get(f"/api/v1/tickets/{key}/").status_code == 404
    assert desk("auditor").get("/api/v1/tickets/").status_code == 403
    far = {**body, "project": org.project_three.pk, "source_id": "order-8"}
    assert agent.post("/api/v1/tickets/", far, "application/json").status_code == 400
