"""Complaints about the same promise are linked as they come in, whatever their words (BEY-06)."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from crm_site.registers.services import EntryDraft, add_entry
from service.groups import choices
from service.groups.models import GroupSuggestion, TicketText
from service.groups.rules.promises import named_promise
from service.groups.rules.text import pairs_of
from service.groups.services.promised import promised
from service.groups.services.regrouping import regroup
from service.groups.tasks import link_new_ticket
from service.tickets.models import Ticket
from tests.factories import NOW, CustomerFactory
from tests.service.factories import TicketFactory
from tests.service.groups.conftest import OTHERS, complaints
from tests.tools import text_of

LOCK = "入户门厅赠送智能指纹门锁"
ABOUT_LOCK = [
    ("指纹门锁没装", "当初说的智能锁, 看房时见过, 收房只有钥匙。"),
    ("门厅和宣传的不一样", "宣传单写明入户门厅赠送的东西, 现场什么都没有。"),
    ("锁被换成便宜货", "说好的智能指纹门锁变成了普通锁芯。"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("指纹门锁没装, 智能锁呢", LOCK),
        ("入户门厅赠送的锁", LOCK),
        ("门锁坏了", ""),
        ("会所的泳池没有恒温", "会所恒温泳池全年开放"),
        ("", ""),
    ],
)
def test_promise_a_text_is_about(text, found):
    promises = {key: frozenset(pairs_of(key)) for key in (LOCK, "会所恒温泳池全年开放")}
    assert named_promise(pairs_of(text), promises) == found


def promise(project, actor, title=LOCK):
    values = {"source": "advert", "reference": "晚报 2025-06-01"}
    draft = EntryDraft(title=title, values=values, subject_id=project.pk)
    return add_entry(register="claims", draft=draft, actor=actor, now=timezone.now())


def promise_to(customer, actor, title=LOCK):
    values = {"kind": "promise", "promised_by": "林"}
    due = timezone.now() + timedelta(days=9)
    draft = EntryDraft(title=title, values=values, subject_id=customer.pk, due_at=due)
    return add_entry(register="promises", draft=draft, actor=actor, now=timezone.now())


@pytest.fixture
def by_page(org, agent, client_for, monkeypatch, django_capture_on_commit_callbacks):
    """Receive a complaint by the page of the desk; the worker takes its message at once."""
    sent = "service.groups.tasks.link_new_ticket.apply_async"
    monkeypatch.setattr(sent, lambda args, **_k: link_new_ticket(*args))

    def receive(subject, body):
        given = {
            "kind": "complaint",
            "project": org.project_one.pk,
            "subject": subject,
            "body": body,
            "stage": "after_sale",
            "channel": "phone",
            "urgency": "routine",
            "severity": "normal",
            "contact_name": "某业主",
        }
        with django_capture_on_commit_callbacks(execute=True):
            assert client_for(agent).post("/tickets/add/", given).status_code == 302
        return Ticket.objects.latest("pk")

    return receive


@pytest.mark.django_db
def test_same_promise_is_seen_on_the_page_of_the_ticket(
    org, service_manager, specialist, client_for, by_page, linked
):
    linked(complaints(org, OTHERS, start=timezone.now()))
    promise(org.project_one, specialist)
    tickets = [by_page(*each) for each in ABOUT_LOCK]
    suggestion = GroupSuggestion.objects.get()
    assert set(suggestion.texts.values_list("pk", flat=True)) == {each.pk for each in tickets}
    assert suggestion.facts["promise"] == 3
    client = client_for(service_manager)
    page = text_of(client, f"/tickets/groups/suggested/{suggestion.pk}/")
    assert LOCK in page
    with translation.override("en"):
        fact = str(choices.FACTS["promise"])
    assert f"{fact}: 3" in page.replace("\uff1a", ": ")
    for url in (tickets[0].get_absolute_url(), "/tickets/groups/"):
        assert client.get(url).status_code == 200
    regroup(org.project_one.pk, now=timezone.now())
    kept = set(suggestion.texts.values_list("pk", flat=True))
    assert kept == {each.pk for each in tickets}


@pytest.mark.django_db
def test_a_promise_to_one_buyer_holds_for_nobody_else(org, consultant):
    buyer, other = (CustomerFactory(owner=consultant) for _ in range(2))
    promise_to(buyer, consultant)
    text = {"subject": ABOUT_LOCK[0][0], "body": ABOUT_LOCK[0][1]}
    mine, theirs = (TicketFactory(customer=each, **text) for each in (buyer, other))
    assert promised([mine, theirs], org.project_one) == {mine.pk: LOCK}


@pytest.mark.django_db
def test_promises_cost_two_questions_however_many_tickets(
    org, specialist, django_assert_num_queries
):
    promise(org.project_one, specialist)
    buyers = [CustomerFactory(project=org.project_one) for _ in range(3)]
    tickets = [TicketFactory(customer=each, subject=ABOUT_LOCK[0][0], body=LOCK) for each in buyers]
    with django_assert_num_queries(2):
        assert set(promised(tickets, org.project_one).values()) == {LOCK}


@pytest.mark.django_db
def test_what_is_learned_with_the_class_is_compared_again(org, linked, now):
    """A complaint that stood alone is put with others once what they share is known."""
    first, second = complaints(org, [OTHERS[0], OTHERS[1]])
    assert linked([first, second]) is None
    TicketText.objects.update(promise=LOCK)
    assert linked([second]).size == 2
    assert linked([first]).size == 2
    Ticket.objects.filter(pk=first.pk).update(opened_at=NOW)
    assert GroupSuggestion.objects.count() == 1
