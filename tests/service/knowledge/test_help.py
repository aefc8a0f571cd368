"""The public help page: answers day and night, a person on request, following a matter."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.documents.models import DocumentVersion
from service.knowledge.models import HelpCase, HelpTalk, HelpTurn, MissingQuestion
from service.knowledge.services import handing
from service.knowledge.services.handing import promise_at
from service.knowledge.tasks import tend_knowledge
from service.tickets.models import Ticket
from tests.service.knowledge.conftest import DEED, DEED_TEXT, DUTY, DUTY_TEXT, TAX, TAX_TEXT
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 5, 20, 18, 0, tzinfo=UTC)  # Thursday 02:00 in Shanghai
DAY = datetime(2026, 5, 20, 2, 32, tzinfo=UTC)  # Wednesday 10:32 in Shanghai


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def at(monkeypatch):
    """Let the help page believe it is then."""

    def act(then: datetime) -> datetime:
        monkeypatch.setattr("service.knowledge.help_views.timezone.now", lambda: then)
        return then

    return act


def form_of(project, **more) -> dict:
    return {
        "message": "孩子上哪所小学?",
        "name": "路过的邻居",
        "phone": "13900001111",
        "project": project.pk,
        "stage": "pre_sale",
        "agreed": "on",
    } | more


def test_only_public_articles_in_force_answer(visitor, published) -> None:
    public = published()
    inner = published(TAX, TAX_TEXT, audience="staff")
    page = visitor.post("/help/ask/", {"question": "房产证怎么办?"}, follow=True)
    assert DEED_TEXT in page.content.decode()
    assert (
        TAX_TEXT
        not in visitor.post("/help/ask/", {"question": "契税怎么交"}, follow=True).content.decode()
    )
    assert visitor.get(f"/help/{public.pk}/").status_code == 200
    assert visitor.get(f"/help/{inner.pk}/").status_code == 404
    assert DEED in visitor.get("/help/").content.decode()
    DocumentVersion.objects.filter(document=public.document).update(
        effective_until=timezone.localdate() - timedelta(days=1)
    )
    assert visitor.get(f"/help/{public.pk}/").status_code == 404
    assert DEED_TEXT not in visitor.get("/help/").content.decode()
    page = visitor.post("/help/ask/", {"question": "房产证怎么办?"}, follow=True)
    assert DEED_TEXT not in page.content.decode()


def test_the_page_speaks_chinese_and_english(visitor, published) -> None:
    published()
    published(DUTY, DUTY_TEXT, language="en")
    english = {"HTTP_ACCEPT_LANGUAGE": "en"}
    page = visitor.get("/help/", **english).content.decode()
    assert DUTY in page
    assert DEED not in page
    found = visitor.post(
        "/help/ask/", {"question": "documents for a mortgage"}, follow=True, **english
    )
    assert DUTY_TEXT in found.content.decode()


@pytest.mark.spec("SVC-12")
def test_an_unknown_question_becomes_a_ticket_with_the_transcript_whose_first_limit_runs(
    visitor, client, published, specialist, org, at
) -> None:
    article = published()
    project = org.project_one
    project.specialist = specialist
    project.save(update_fields=["specialist"])
    now = at(NIGHT)
    visitor.post("/help/ask/", {"question": "房产证怎么办?"})
    visitor.post("/help/rate/", {"turn": "1", "helped": "no"})
    page = visitor.post("/help/ask/", {"question": "孩子上哪所小学"}, follow=True)
    assert page.context["turns"][0]["answers"] == []
    assert {row.question for row in MissingQuestion.objects.all()} == {
        "房产证怎么办?",
        "孩子上哪所小学",
    }
    article.refresh_from_db()
    assert (article.uses, article.failed) == (1, 1)

    short = visitor.post("/help/person/", form_of(project, phone="12"))
    assert short.status_code == 422
    assert not Ticket.objects.exists()
    opened = visitor.post("/help/person/", form_of(project), follow=True)
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.channel, ticket.source) == ("inquiry", "web", "help")
    assert (ticket.customer, ticket.contact_name) == (None, "路过的邻居")
    assert (ticket.stage, ticket.first_responder) == ("pre_sale", specialist)
    for said in ("房产证怎么办?", DEED, article.document.number, "孩子上哪所小学"):
        assert said in ticket.body
    assert (ticket.state, ticket.opened_at) == ("received", now)
    assert ticket.step_due_at > now  # the limit of the first touch runs
    case = HelpCase.objects.get(ticket=ticket)
    assert case.is_staffed is False
    assert timezone.localtime(case.promised_at).strftime("%m-%d %H:%M") == "05-21 11:00"
    assert ticket.number in opened.content.decode()

    sign_in(client, specialist)
    assert client.get("/help/cases/").context["rows"][0] == case


def test_a_known_number_is_the_customers_and_one_talk_opens_one_ticket(
    visitor, buyer, org, at
) -> None:
    at(DAY)
    visitor.post("/help/ask/", {"question": "孩子上哪所小学"})
    form = form_of(org.project_one, phone="154 1234 5678", name="高雅琴")
    visitor.post("/help/person/", form)
    case = HelpCase.objects.select_related("ticket").get()
    assert case.ticket.customer == buyer
    assert case.is_staffed is True
    assert case.promised_at == DAY + timedelta(minutes=30)
    assert visitor.get("/help/opened/").status_code == 200
    assert Client().get("/help/opened/").status_code == 302
    visitor.post("/help/person/", form)  # a new talk, a new matter
    assert Ticket.objects.count() == 2


@pytest.mark.spec("SVC-18")
def test_somebody_who_is_no_customer_opens_a_matter_and_follows_it(visitor, org, at) -> None:
    at(DAY)
    page = visitor.post("/help/person/", form_of(org.project_one), follow=True)
    ticket, code = Ticket.objects.get(), page.context["code"]
    assert ticket.customer is None
    other = Client()
    assert other.post("/help/track/", {"number": ticket.number, "code": "WRONG"}).status_code == 422
    assert other.post("/help/track/", {"number": "T1", "code": code}).status_code == 422
    page = other.post("/help/track/", {"number": ticket.number.lower(), "code": code.lower()})
    assert page.status_code == 200
    text = page.content.decode()
    assert ticket.number in text
    assert "13900001111" not in text
    assert "路过的邻居" not in text
    assert "对口小学" not in text
    Ticket.objects.update(solution="对口小学为城西小学", told_at=DAY)
    page = other.post("/help/track/", {"number": ticket.number, "code": code})
    assert "对口小学为城西小学" in page.content.decode()


def test_in_staffed_hours_a_person_at_night_a_call_back_once_the_desk_opens(db) -> None:
    assert promise_at(DAY).is_staffed
    night = promise_at(NIGHT)
    assert not night.is_staffed
    assert timezone.localtime(night.at).strftime("%Y-%m-%d %H:%M") == "2026-05-21 11:00"
    summer_end = datetime(2026, 9, 30, 9, 45, tzinfo=UTC)  # 17:45, summer hours to 18:00
    assert promise_at(summer_end).is_staffed
    assert not promise_at(summer_end + timedelta(days=1)).is_staffed  # winter hours to 17:30


def test_the_desk_notes_that_somebody_got_in_touch_once(visitor, client, agent, org, at) -> None:
    at(DAY)
    visitor.post("/help/person/", form_of(org.project_one))
    case = HelpCase.objects.get()
    sign_in(client, agent)
    assert client.get("/help/cases/").context["rows"] == [case]
    assert client.post(f"/help/cases/{case.pk}/called/").status_code == 302
    assert client.post(f"/help/cases/{case.pk}/called/").status_code == 409
    case.refresh_from_db()
    assert case.called_by == agent
    assert client.get("/help/cases/").context["rows"] == []


def test_an_address_that_asks_too_often_waits(visitor, published) -> None:
    published()
    codes = [
        visitor.post("/help/ask/", {"question": f"问题{number}"}).status_code
        for number in range(45)
    ]
    assert codes[:40] == [302] * 40
    assert 429 in codes[40:]
    assert (
        Client(REMOTE_ADDR="10.9.8.7").post("/help/ask/", {"question": "房产证"}).status_code == 302
    )


def test_guessing_a_code_is_counted(visitor) -> None:
    codes = [
        visitor.post("/help/track/", {"number": "T1", "code": f"A{number}"}).status_code
        for number in range(12)
    ]
    assert codes[:10] == [422] * 10
    assert codes[-1] == 429


def test_guessing_the_link_of_a_rating_is_counted(visitor) -> None:
    codes = [visitor.get(f"/help/rate/guess{number}/").status_code for number in range(22)]
    assert codes[:20] == [404] * 20
    assert codes[20:] == [429, 429]


def test_questions_need_words_and_keep_no_numbers(visitor) -> None:
    assert visitor.post("/help/ask/", {"question": "请问?"}).status_code == 422
    assert visitor.post("/help/ask/", {"question": ""}).status_code == 422
    assert visitor.post("/help/rate/", {"turn": "1", "helped": "no"}).status_code == 404
    visitor.post("/help/ask/", {"question": "请拨打 13912345678 告诉我幼儿园"})
    assert "13912345678" not in MissingQuestion.objects.get().question
    assert HelpTalk.objects.get().turns.get().question == "请拨打 … 告诉我幼儿园"


def test_old_talks_are_forgotten_those_with_a_ticket_stay(visitor, org, at) -> None:
    at(DAY)
    visitor.post("/help/ask/", {"question": "幼儿园"})
    visitor.post("/help/person/", form_of(org.project_one))
    Client().post("/help/ask/", {"question": "小学"})
    HelpTalk.objects.update(last_at=timezone.now() - timedelta(days=91))
    assert tend_knowledge() == 1
    assert HelpTalk.objects.get().case
    assert tend_knowledge() == 0


def test_a_long_talk_reaches_the_desk_whole(visitor, client, specialist, org, at) -> None:
    """The text of a ticket is short; nothing a visitor asked may be lost for the person."""
    at(DAY)
    talk = HelpTalk.objects.create(language="zh-hans", started_at=DAY, last_at=DAY)
    for number in range(1, 61):
        HelpTurn.objects.create(
            talk=talk, number=number, question=f"第{number}问" + "幼儿园" * 30, at=DAY
        )
    visitor_says = handing.Visitor(
        name="路过的邻居",
        phone="13900001111",
        project=org.project_one,
        stage="pre_sale",
        message="请回电",
    )
    case, _code = handing.ask_for_person(talk=talk, visitor=visitor_says, now=DAY)
    body = case.ticket.body
    assert body.startswith("请回电")
    assert "第60问" in body
    assert "第1问幼" not in body
    assert len(body) <= 4000
    sign_in(client, specialist)
    page = client.get(case.ticket.get_absolute_url()).content.decode()
    assert all(f"第{number}问幼" in page for number in range(1, 61))


def test_the_same_question_again_in_one_talk_is_collected_once(visitor, published) -> None:
    article = published()
    for _time in range(3):
        visitor.post("/help/ask/", {"question": "孩子上哪所小学"})
        page = visitor.post("/help/ask/", {"question": "房产证怎么办?"}, follow=True)
    assert MissingQuestion.objects.get().asked == 1
    article.refresh_from_db()
    assert article.uses == 1
    assert len(page.context["turns"]) == 6


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("message", "水" * 1501),
        ("name", "名" * 61),
        ("phone", "1" * 31),
        ("project", "999999999999999999999"),
        ("stage", "<script>"),
    ],
)
def test_what_does_not_fit_is_refused_and_opens_nothing(visitor, org, at, field, text) -> None:
    at(DAY)
    answer = visitor.post("/help/person/", form_of(org.project_one) | {field: text})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_a_script_is_shown_as_text(visitor, client, specialist, org, at) -> None:
    at(DAY)
    script = "<script>alert(1)</script>幼儿园"
    page = visitor.post("/help/ask/", {"question": script}, follow=True).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert visitor.post("/help/ask/", {"question": "幼" * 201}).status_code == 422
    visitor.post("/help/person/", form_of(org.project_one, message=script, name=script))
    sign_in(client, specialist)
    ticket = client.get(Ticket.objects.get().get_absolute_url()).content.decode()
    assert "<script>alert" not in ticket
