"""Ratings after inquiries, and the givers of opinions who are told what was done."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.outbox.models import Message
from crm_site.policies.errors import ShapeError
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from crm_site.policies.shapes import from_json, to_json
from service.desk.models import Feedback
from service.knowledge.models import ConsultRating, FeedbackReply
from service.knowledge.policies import KNOWLEDGE, KnowledgeRules
from service.tickets.models import Ticket
from service.tickets.services.moving import move_ticket
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def close(ticket: Ticket, actor, now) -> None:
    """Take a ticket from the call-back to its end on its page."""
    ticket.callbacks.create(
        kind="phone", at=now, solved="yes", pleasant=5, is_satisfied=True, round=ticket.reopened
    )
    Ticket.objects.filter(pk=ticket.pk).update(
        state="callback", solution="说明", told_at=now, answer="accepted"
    )
    ticket.refresh_from_db()
    answer = sign_in(Client(), actor).post(f"/tickets/{ticket.pk}/step/close/", {})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    ticket.refresh_from_db()


@pytest.fixture
def site(now) -> None:
    ensure_default(KNOWLEDGE)
    PolicyVersion.objects.create(
        key=KNOWLEDGE,
        version=2,
        payload=to_json(KnowledgeRules(site_address="https://kefu.example.com")),
        state=PolicyVersion.State.APPROVED,
        valid_from=now - timedelta(days=1),
        created_at=now,
        decided_at=now,
    )


@pytest.mark.spec("SVC-10")
def test_a_rating_is_asked_for_once_for_each_closed_inquiry_and_analysed(
    client, site, buyer, seller, writer, agent
) -> None:
    now = timezone.now()
    category = CategoryFactory(kind="inquiry", name="贷款")
    ticket = TicketFactory(
        kind="inquiry", customer=buyer, category=category, handler=agent, subject="贷款材料"
    )
    close(ticket, agent, now)
    row = ConsultRating.objects.get()
    assert (row.ticket, row.consultant, row.category) == (ticket, agent, category)
    message = Message.objects.get(kind="knowledge.rate_consultation")
    assert message.addressee_id == str(buyer.pk)
    assert message.params["link"] == f"https://kefu.example.com/help/rate/{row.token}/"

    move_ticket(ticket, "reopened", actor=agent, now=now)
    close(ticket, agent, now)
    assert ConsultRating.objects.count() == 1
    assert Message.objects.filter(kind="knowledge.rate_consultation").count() == 1
    other = TicketFactory(kind="complaint", customer=buyer)
    Ticket.objects.filter(pk=other.pk).update(state="callback")
    close(other, agent, now)
    assert ConsultRating.objects.count() == 1  # only consultations are rated

    address = f"/help/rate/{row.token}/"
    page = Client()
    assert page.get("/help/rate/unknown/").status_code == 404
    assert buyer.name not in page.get(address).content.decode()
    assert page.post(address, {"score": "9"}).status_code == 422
    assert page.post(address, {"score": "2", "words": "等了两天"}).status_code == 302
    page.post(address, {"score": "5"})
    row.refresh_from_db()
    assert (row.score, row.words, row.noted_by) == (2, "等了两天", None)
    fed = Feedback.objects.get(way="rating")
    assert (fed.source_kind, fed.source_id) == ("consult_rating", str(row.pk))
    assert (fed.score, fed.text, fed.customer) == (4, "等了两天", buyer)

    by_phone = TicketFactory(kind="inquiry", customer=CustomerFactory(owner=seller), handler=agent)
    ConsultRating.objects.create(
        ticket=by_phone, consultant=agent, token="t2", asked_at=now, category=None
    )
    sign_in(client, writer)
    shown = client.get("/ratings/")
    assert "等了两天" in shown.content.decode()
    note = f"/ratings/{by_phone.consult_rating.pk}/"
    assert client.post(note, {"score": "5"}).status_code == 302
    assert client.post(note, {"score": "1"}).status_code == 422
    shown = client.get("/ratings/").context
    assert shown["by_consultant"] == [
        {"label": agent.name, "asked": 2, "answered": 2, "mean": 3.5, "low": 1}
    ]
    assert {(one["label"], one["mean"]) for one in shown["by_category"]} == {
        ("贷款", 2.0),
        (None, 5.0),
    }
    before = client.get("/ratings/?month=2020-01").context
    assert before["by_consultant"] == []
    item = client.post(
        "/registers/consult-improvements/add/",
        {"title": "当天答复贷款问题", "month": "2026-05", "finding": "等待过久", "measure": "专人"},
    )
    assert item.status_code == 302
    assert "当天答复贷款问题" in client.get("/registers/consult-improvements/").content.decode()


def test_without_a_public_address_nobody_gets_a_link(buyer, agent) -> None:
    ticket = TicketFactory(kind="inquiry", customer=buyer, handler=agent)
    close(ticket, agent, timezone.now())
    assert ConsultRating.objects.get().is_sent is False
    assert not Message.objects.filter(kind="knowledge.rate_consultation").exists()
    with pytest.raises(ShapeError):
        from_json(KnowledgeRules, to_json(KnowledgeRules()) | {"site_address": "javascript:1"})


def test_consultants_do_not_see_the_ratings(client, seller) -> None:
    sign_in(client, seller)
    assert client.get("/ratings/").status_code == 403


@pytest.mark.spec("SVC-66")
def test_feedback_without_an_answer_beyond_the_limit_is_listed_until_the_giver_is_told(
    client, buyer, agent
) -> None:
    now = timezone.now()
    old = TicketFactory(
        kind="suggestion", customer=buyer, subject="加装儿童座椅", opened_at=now - timedelta(days=8)
    )
    new = TicketFactory(kind="suggestion", customer=buyer, subject="延长营业", opened_at=now)
    remark = TicketFactory(
        kind="inquiry", channel="survey", customer=buyer, opened_at=now - timedelta(days=9)
    )
    TicketFactory(kind="inquiry", customer=buyer, opened_at=now - timedelta(days=9))
    TicketFactory(kind="suggestion", customer=buyer, state="cancelled", opened_at=now)
    TicketFactory(kind="complaint", customer=buyer, told_at=now, opened_at=now - timedelta(days=9))
    sign_in(client, agent)
    assert list(client.get("/feedback/").context["rows"]) == [remark, old, new]
    late = client.get("/feedback/?late=1")
    assert list(late.context["rows"]) == [remark, old]
    assert late.context["late"] == 2

    address = f"/feedback/{old.pk}/"
    form = {
        "channel": "phone",
        "text": "下周到货, 谢谢您",
        "change": "采购座椅",
        "thanks": "100 积分",
    }
    assert client.post(address, {**form, "text": ""}).status_code == 422
    assert client.post(address, form).status_code == 302
    reply = FeedbackReply.objects.get()
    assert (reply.ticket, reply.change, reply.actor) == (old, "采购座椅", agent)
    old.refresh_from_db()
    assert old.told_at is not None
    assert old.events.filter(kind="told", note="下周到货, 谢谢您").count() == 1
    assert list(client.get("/feedback/?late=1").context["rows"]) == [remark]


def test_feedback_of_others_is_not_answered(client, org, agent) -> None:
    far = CustomerFactory()
    ticket = TicketFactory(kind="suggestion", customer=far, project=org.project_three)
    sign_in(client, agent)
    assert client.get(f"/feedback/{ticket.pk}/").status_code == 404
    assert client.get("/feedback/").context["rows"] == []


def test_lists_cost_the_same_however_long_they_are(client, buyer, writer) -> None:
    sign_in(client, writer)
    now = timezone.now()

    def more(count: int, start: int) -> None:
        for number in range(start, start + count):
            ticket = TicketFactory(kind="suggestion", customer=buyer, handler=writer)
            ConsultRating.objects.create(
                ticket=ticket, consultant=writer, token=f"t{number}", asked_at=now
            )

    def cost() -> SimpleNamespace:
        found = {}
        for address in ("/ratings/", "/feedback/"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found[address] = len(queries)
        return SimpleNamespace(all=found)

    more(1, 0)
    few = cost().all
    more(19, 1)
    assert all(count <= few[address] for address, count in cost().all.items())
