"""Every colleague notes what a customer says; it is routed, and the author hears the outcome."""

from datetime import timedelta

import pytest

from crm_site.outbox.models import Message
from crm_site.staff.rules.roles import ROLES
from service.experience.errors import ExperienceRefusedError
from service.experience.models import Remark
from service.experience.remarks import OUTCOME, Heard, note_remark, projects_of
from service.tickets.models import Ticket
from service.tickets.services.moving import move_ticket
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.service.factories import CategoryFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
WORDS = "客户说地下车库的指示牌看不清"


@pytest.mark.spec("PLT-32")
@pytest.mark.parametrize("role", sorted(ROLES))
def test_any_role_notes_a_remark_from_any_page_and_it_is_routed(client, role, org) -> None:
    specialist = make_user(org, "specialist") if role != "specialist" else None
    node = None if not ROLES[role].may else org.project_one.node
    user = UserFactory(username="somebody", role=role, node=node)
    browser = sign_in(client, user)
    page = browser.get("/accounts/password/").content.decode()
    assert 'href="/remarks/add/"' in page  # the first click; the second passes it on
    assert browser.post("/remarks/add/", {"text": " "}).status_code == 422
    form = {"text": WORDS, "kind": "suggestion", "project": org.project_one.pk}
    answer = browser.post("/remarks/add/", form | {"contact_phone": "138001"})
    assert answer.status_code == 422
    answer = browser.post("/remarks/add/", form | {"contact_phone": "13800138000"})
    assert answer.headers["Location"] == "/remarks/"
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.body, ticket.project) == ("suggestion", WORDS, org.project_one)
    assert ticket.first_responder == (specialist or user)
    remark = Remark.objects.get()
    assert remark.author == user
    assert WORDS in browser.get(f"/remarks/{remark.pk}/").content.decode()
    assert len(browser.get("/remarks/").context["rows"]) == 1


@pytest.mark.spec("PLT-32")
def test_the_author_hears_the_outcome_once(client, org, now) -> None:
    author, service = make_user(org, "finance"), make_user(org, "specialist")
    heard = Heard(project=org.project_one, text=WORDS, key="a")
    remark = note_remark(heard=heard, actor=author, now=now)
    assert note_remark(heard=heard, actor=author, now=now) == remark  # sent twice, written once
    assert Ticket.objects.count() == 1
    ticket = remark.ticket
    ticket.category, ticket.handler = CategoryFactory(kind="suggestion"), service
    ticket.solution, ticket.told_at = "指示牌下周更换", now
    ticket.save()
    for step, state in enumerate(("classified", "assigned", "replied")):
        move_ticket(ticket, state, actor=service, now=now + timedelta(hours=step))
    assert not Message.objects.filter(kind=OUTCOME).exists()
    move_ticket(ticket, "closed", actor=service, now=now + timedelta(hours=9))
    [message] = Message.objects.filter(kind=OUTCOME)
    assert message.recipient == author
    remark.refresh_from_db()
    assert remark.told_at == now + timedelta(hours=9)
    browser = sign_in(client, author)
    assert "指示牌下周更换" in browser.get(f"/remarks/{remark.pk}/").content.decode()
    other = sign_in(client, make_user(org, "marketing"))
    assert other.get(f"/remarks/{remark.pk}/").status_code == 404


def test_a_remark_needs_words_and_a_project_of_ones_own(org, now) -> None:
    seller = UserFactory(node=org.team_a)
    assert list(projects_of(seller)) == [org.project_one]
    assert projects_of(make_user(org, "head_office")).count() == 3
    assert set(projects_of(make_user(org, "agent"))) == {org.project_one, org.project_two}
    for heard in (
        Heard(project=org.project_one, text=" "),
        Heard(project=org.project_two, text=WORDS),
        Heard(project=org.project_one, text=WORDS, kind="crisis"),
    ):
        with pytest.raises(ExperienceRefusedError):
            note_remark(heard=heard, actor=seller, now=now)
    assert not Ticket.objects.exists()
