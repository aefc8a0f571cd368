"""Surveys of a project, customers who may be asked, and the links they got."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from crm_site.outbox.kinds import render
from crm_site.outbox.models import Message
from crm_site.questionnaires.models import Questionnaire
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey, SurveyInvitation, SurveyResponse
from service.surveys.services.answering import answer
from service.surveys.services.inviting import guest_of, invite
from service.surveys.services.opening import SurveyDraft, open_survey, write_survey
from tests.conftest import make_user
from tests.factories import CustomerFactory, Organisation, UserFactory

LINK = re.compile(r"/s/([0-9A-Za-z]{22})/")
GOOD = {"q-q1": "very_good", "q-q2": "5", "q-q3": "5", "q-q4": "10"}
LOW = {"q-q1": "bad", "q-q2": "2", "q-q3": "1", "q-q4": "2", "q-q5": "等了很久没有人理"}


@pytest.fixture
def project(org: Organisation) -> Project:
    return org.project_one


@pytest.fixture
def seller(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def manager(org: Organisation) -> User:
    return make_user(org, "service_manager")


@pytest.fixture
def client(client_for: Any, manager: User) -> Client:
    return client_for(manager)


@pytest.fixture
def buyer(seller: User, now: datetime) -> Customer:
    return agreed(CustomerFactory(owner=seller, name="高雅琴"), now)


@pytest.fixture
def form(db: None) -> Questionnaire:
    return ensure_default(SERVICE)


@pytest.fixture
def make_survey(manager: User, form: Questionnaire, now: datetime) -> Callable[..., Survey]:
    """Write a survey and open it."""

    def make(*, is_open: bool = True, at: datetime = now, **more: Any) -> Survey:
        given = {"title": "来访满意度", "questionnaire": form, "trigger": "visit"} | more
        survey = write_survey(draft=SurveyDraft(**given), actor=manager, now=at)
        return open_survey(survey=survey, actor=manager, now=at) if is_open else survey

    return make


def agreed(customer: Customer, now: datetime) -> Customer:
    """Let a customer agree to be contacted."""
    record_consent(
        customer=customer,
        purpose=Purpose.CONTACT,
        is_given=True,
        channel=Channel.PHONE,
        actor=None,
        now=now,
    )
    return customer


def tokens(survey: Survey, kind: str = "survey.link") -> list[str]:
    """Return the tokens that messages of a survey carry, the first message first."""
    found = Message.objects.filter(kind=kind).order_by("pk")
    mine = [one for one in found if one.params["survey"] == survey.title]
    texts = [f"{text.title} {text.body}" for text in (render(one.kind, one.params) for one in mine)]
    return [match.group(1) for text in texts if (match := LINK.search(text))]


def ask(survey: Survey, customer: Customer, now: datetime, **more: Any) -> str:
    """Invite one customer and return the token of the link."""
    known = set(tokens(survey))
    count = SurveyInvitation.objects.filter(survey=survey).count()
    invite(
        survey=survey,
        guests=[guest_of(customer, source=f"{survey.trigger}:{count + 1}", **more)],
        now=now,
    )
    return next(token for token in tokens(survey) if token not in known)


def send(token: str, answers: dict[str, str]) -> Any:
    """Answer by a link as a phone would."""
    return Client().post(f"/s/{token}/", answers)


WORDS = ("very_bad", "bad", "fair", "good", "very_good")


@pytest.fixture
def answered(seller, now) -> Callable[..., list[SurveyResponse]]:
    """Let as many customers answer as there are answers given."""
    count = 0

    def act(survey: Survey, given: list[dict[str, str]], at=now, **more: Any) -> list[Any]:
        nonlocal count
        owner = more.pop("owner", seller)
        guests = []
        for _each in given:
            count += 1
            customer = CustomerFactory(owner=owner)
            guests.append(guest_of(customer, source=f"test:{count}", **more))
        invite(survey=survey, guests=guests, now=at)
        rows = SurveyInvitation.objects.select_related("survey").filter(
            survey=survey, used_at__isnull=True
        )
        return [
            answer(invitation=row, answers=one, now=at)
            for row, one in zip(rows.order_by("pk"), given, strict=True)
        ]

    return act


def word(number: int, nps: int = 8) -> dict[str, str]:
    return {"q1": WORDS[number - 1], "q2": "3", "q3": "3", "q4": str(nps)}


def count_of(client, url: str) -> int:
    """Return how many rows a list shows, over all of its pages."""
    return client.get(url).context["page"].count


def links_in(page: Any) -> list[tuple[str, int]]:
    """Return every link to answers with the number printed on it."""
    found = re.findall(r'<a href="([^"]*answers/\?[^"]+)">(\d+)</a>', page.content.decode())
    return [(url.replace("&amp;", "&"), int(number)) for url, number in found]
