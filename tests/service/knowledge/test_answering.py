"""Answers in a ticket: prompt, full, from the knowledge base, never the same twice unseen."""

import pytest
from django.utils import timezone

from crm_site.documents.models import DocumentVersion
from service.knowledge.models import Article, MissingQuestion
from service.knowledge.services.answering import digest_of
from tests.service.factories import TicketFactory
from tests.service.knowledge.conftest import DEED_TEXT
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.spec("SVC-08")
def test_an_answer_cites_its_article_and_the_same_text_twice_warns(
    client, published, buyer, seller
) -> None:
    article = published()
    ticket = TicketFactory(kind="inquiry", customer=buyer, subject="房产证怎么办")
    address = f"/knowledge/reply/{ticket.pk}/"
    sign_in(client, seller)
    page = client.get(address)
    assert page.context["form"]["article"].value() == article.pk
    assert DEED_TEXT in page.context["form"]["text"].value()
    form = {"article": article.pk, "text": DEED_TEXT}
    assert client.post(address, {**form, "text": "稍后回复"}).status_code == 422
    assert client.post(address, form).status_code == 302
    event = ticket.events.get(kind="noted")
    assert (event.note, event.actor) == (DEED_TEXT, seller)
    assert (event.data["number"], event.data["version"]) == (article.document.number, 1)
    shown = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert article.document.number in shown

    twice = client.post(address, {**form, "text": f" {DEED_TEXT}!"})
    assert twice.status_code == 422
    assert "text" in twice.context["form"].errors
    assert ticket.events.filter(kind="noted").count() == 1
    other = TicketFactory(kind="inquiry", customer=buyer, subject="房产证怎么办")
    assert client.post(f"/knowledge/reply/{other.pk}/", form).status_code == 302
    assert client.post(address, {**form, "again": "on"}).status_code == 302
    assert Article.objects.get().uses == 3


def test_an_answer_without_an_article_is_collected_as_missing(client, buyer, seller) -> None:
    ticket = TicketFactory(kind="inquiry", customer=buyer, subject="小区可以养狗吗")
    sign_in(client, seller)
    form = {"article": "", "text": "可以, 须按规定登记并牵绳, 明天发您细则。"}
    assert client.post(f"/knowledge/reply/{ticket.pk}/", form).status_code == 302
    assert MissingQuestion.objects.get().asks.get().source == "ticket"


def test_what_is_not_in_force_cannot_be_cited_and_ended_tickets_are_not_answered(
    client, published, buyer, seller, org
) -> None:
    article = published()
    ticket = TicketFactory(kind="inquiry", customer=buyer, state="closed")
    sign_in(client, seller)
    form = {"article": article.pk, "text": DEED_TEXT}
    assert client.post(f"/knowledge/reply/{ticket.pk}/", form).status_code == 422
    DocumentVersion.objects.update(effective_until=timezone.localdate().replace(year=2026, month=1))
    assert client.post(f"/knowledge/reply/{ticket.pk}/", form).status_code == 422
    far = TicketFactory(kind="inquiry", customer=None, project=org.project_three)
    assert client.get(f"/knowledge/reply/{far.pk}/").status_code == 404


def test_blanks_and_marks_do_not_make_another_text() -> None:
    assert digest_of("请周一来, 谢谢。") == digest_of("请周一来谢谢!")
    assert digest_of("请周一来") != digest_of("请周二来")
