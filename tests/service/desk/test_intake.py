"""Messages of every channel, the hours of the hotline, the queue (SVC-11, SVC-20 to SVC-24)."""

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from service.desk.models import DeskCall, DeskMessage, DeskSeat
from service.desk.services.events import mode_at
from service.tickets.models import Ticket
from tests.factories import CustomerFactory, InteractionFactory
from tests.service.desk.conftest import event, post, ring

pytestmark = pytest.mark.django_db
MESSAGES = "/api/v1/desk/messages/"
ZONE = ZoneInfo("Asia/Shanghai")
PHONE = "13800138000"
MAIL = b"""From: =?utf-8?b?6auY6ZuF55C0?= <gao@example.com>
To: service@example.com
Subject: =?utf-8?b?54mp5Lia5oqV6K+J?=
Message-ID: <m-1@example.com>
Date: Mon, 18 May 2026 10:00:00 +0800
Content-Type: text/plain; charset=utf-8

\xe7\x94\xb5\xe6\xa2\xaf\xe5\x9d\x8f\xe4\xba\x86
"""


@pytest.fixture
def owner(org: Any) -> Customer:
    return CustomerFactory(
        name="梁志强", phone="+8613800138000", project=org.project_one, region=org.region_east
    )


def message(channel: str, key: str = "k-1", **more: Any) -> dict[str, Any]:
    body = {"channel": channel, "key": key, "at": timezone.now().isoformat(), "subject": "漏水"}
    return body | {"phone": PHONE, "kind": "complaint"} | more


def web(**more: Any) -> dict[str, Any]:
    data = {"kind": "complaint", "name": "梁志强", "phone": PHONE, "subject": "漏水"}
    return data | {"body": "主卧漏水", "key": "web-key-1"} | more


@pytest.mark.spec("SVC-20")
def test_a_message_through_each_channel_is_a_case_of_that_channel(owner, seat, agent, client_for):
    ring()
    from tests.service.factories import CategoryFactory

    CategoryFactory(name="漏水", code="leak")
    call = DeskCall.objects.get()
    data = {"category": "ls", "summary": "漏水", "project": owner.project_id}
    assert client_for(agent).post(f"/desk/calls/{call.pk}/", data).status_code == 302
    assert Client().post("/contact/", web()).status_code == 200
    out = io.StringIO()
    call_command("take_mail", kind="complaint", stdin=io.BytesIO(MAIL), stdout=out)
    for channel in ("fax", "app"):
        assert post(message(channel), url=MESSAGES).json()["result"] == "applied"
    visit = {"channel": "visit", "kind": "complaint", "project": owner.project_id}
    visit |= {"name": "梁志强", "phone": PHONE, "subject": "漏水", "idempotency_key": "v"}
    assert client_for(agent).post("/desk/visits/add/", visit).status_code == 302
    found = dict(Ticket.objects.values_list("channel", "number"))
    assert set(found) == {"phone", "web", "email", "fax", "app", "visit"}
    assert len({number[:1] + str(len(number)) for number in found.values()}) == 1
    assert out.getvalue().strip() == found["email"]
    assert not Ticket.objects.exclude(kind="complaint").exists()
    page = Client().get("/contact/")
    assert page.status_code == 200
    assert "400" in page.content.decode()


@pytest.mark.spec("SVC-20")
def test_the_same_message_sent_twice_is_one_ticket(org, owner):
    browser = Client()
    pages = [browser.post("/contact/", web()).content.decode() for _twice in range(2)]
    number = Ticket.objects.get().number
    assert all(number in page for page in pages)
    assert Ticket.objects.get().customer == owner
    first = post(message("fax"), url=MESSAGES).json()
    again = post(message("fax"), url=MESSAGES).json()
    assert (first["result"], again["result"]) == ("applied", "replayed")
    assert first["number"] == again["number"]
    for _twice in range(2):
        call_command("take_mail", stdin=io.BytesIO(MAIL), stdout=io.StringIO())
    assert DeskMessage.objects.filter(channel="email").count() == 1
    mail = DeskMessage.objects.get(channel="email")
    assert (mail.name, mail.subject, mail.body) == ("高雅琴", "物业投诉", "电梯坏了")
    assert mail.email == "gao@example.com"


@pytest.mark.check("A-12")
@pytest.mark.parametrize(
    ("how", "body", "status"),
    [
        ({"secret": "guessed"}, message("fax"), 403),
        ({"age": 400}, message("fax"), 403),
        ({}, message("telepathy"), 400),
        ({}, message("fax", key=""), 400),
        ({}, message("fax", kind="crisis"), 400),
        ({}, message("fax") | {"at": "now"}, 400),
    ],
)
def test_a_bridge_that_is_not_believed_makes_no_ticket(org, how, body, status):
    assert post(body, url=MESSAGES, **how).status_code == status
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "more", [{"phone": "12"}, {"name": ""}, {"body": ""}, {"kind": "crisis"}, {"project": 999}]
)
def test_the_form_says_what_is_missing(org, more):
    answer = Client().post("/contact/", web(**more))
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_a_machine_and_a_flood_make_no_tickets(org):
    assert Client().post("/contact/", web(website="http://spam")).status_code == 200
    assert not Ticket.objects.exists()
    answers = [
        Client().post("/contact/", web(key=f"flood-{number:04}")).status_code
        for number in range(11)
    ]
    assert answers[-1] == 429
    assert Ticket.objects.count() == answers.count(200) < 11


@pytest.mark.spec("SVC-21")
@pytest.mark.parametrize(
    ("at", "mode"),
    [
        ((2026, 1, 14, 17, 45), "automatic"),
        ((2026, 7, 14, 17, 45), "staffed"),
        ((2026, 1, 14, 17, 29), "staffed"),
        ((2026, 7, 14, 18, 0), "automatic"),
        ((2026, 1, 17, 10, 0), "staffed"),
        ((2026, 1, 14, 8, 59), "automatic"),
        ((2026, 10, 1, 17, 45), "automatic"),
    ],
)
def test_a_quarter_to_six_is_automatic_in_january_and_staffed_in_july(org, at, mode):
    moment = datetime(*at, tzinfo=ZONE)
    assert mode_at(moment) == mode
    if moment < timezone.now():
        ring(at=moment)
        assert DeskCall.objects.get().mode == mode


@pytest.mark.spec("SVC-21")
def test_the_dates_of_the_season_are_settings(org):
    from crm_site.calendars.models import WorkCalendar

    hours = [["09:00", "20:00"]]
    july = datetime(2026, 7, 14, 19, 0, tzinfo=ZONE)
    assert ring(at=july).mode == "automatic"
    plan = {"hours": {"workday": hours, "weekend": hours}, "follows_public_holidays": False}
    WorkCalendar.objects.create(key="hotline", name="热线", plan=plan)
    assert ring(call="c-2", at=july).mode == "staffed"


@pytest.mark.spec("SVC-22")
def test_a_voice_message_is_a_case_and_its_clock_starts_with_the_message(
    org, owner, client_for, agent, seat
):
    night = datetime(2026, 5, 19, 22, 15, tzinfo=ZONE)
    post(event("v-1", "ringing", at=night, caller=PHONE))
    left = event("v-1", "voicemail", at=night.replace(minute=17), recording="rec/v-1.wav")
    assert post(left).json() == {"result": "applied"}
    assert post(left).json() == {"result": "replayed"}
    post(event("v-1", "hung_up", at=night.replace(minute=18)))
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.customer) == ("voice", owner)
    assert ticket.opened_at == night.replace(minute=17)
    assert ticket.step_due_at > ticket.opened_at
    clocks = list(ticket.clocks.all())
    assert clocks
    assert {each.started_at for each in clocks} == {ticket.opened_at}
    kept = DeskMessage.objects.get()
    assert kept.document == "rec/v-1.wav"
    assert kept.queued_from == datetime(2026, 5, 20, 9, 0, tzinfo=ZONE)
    call = DeskCall.objects.get()
    assert (call.state, call.mode, call.ticket) == ("voicemail", "automatic", ticket)
    page = client_for(agent).get("/desk/queue/").content.decode()
    assert ticket.number in page
    assert "2026-05-20 09:00" in page
    assert "rec/v-1.wav" in client_for(agent).get(f"/desk/messages/{kept.pk}/").content.decode()


@pytest.mark.spec("SVC-11")
def test_an_item_of_each_channel_lands_in_one_queue(org, owner, client_for, agent, seat):
    browser = client_for(agent)
    ring("13911112222", call="waiting")
    post(message("wechat", subject="线上咨询"), url=MESSAGES)
    visit = {"channel": "visit", "kind": "inquiry", "project": owner.project_id, "name": "来访人"}
    browser.post("/desk/visits/add/", visit | {"subject": "到店咨询", "idempotency_key": "v"})
    page = browser.get("/desk/queue/").content.decode()
    call = DeskCall.objects.get(external_id="waiting")
    for words in (f"/desk/calls/{call.pk}/", "线上咨询", "到店咨询"):
        assert words in page
    post(event("left", "voicemail", recording="rec/left.wav", caller=PHONE))
    only_phone = browser.get("/desk/queue/?skills=mine").content.decode()
    assert only_phone.count("/desk/messages/") == 2  # the voice message: its page, its button
    assert f"/desk/calls/{call.pk}/" in only_phone
    assert "线上咨询" not in only_phone
    first = DeskMessage.objects.get(channel="wechat")
    taken = browser.post(f"/desk/messages/{first.pk}/take/", {"idempotency_key": "t"})
    assert taken.status_code == 302
    first.refresh_from_db()
    assert (first.taken_by, first.ticket.first_responder) == (agent, agent)
    assert "线上咨询" not in browser.get("/desk/queue/").content.decode()
    assert browser.post(f"/desk/messages/{first.pk}/return/", {}).status_code == 302
    assert "线上咨询" in browser.get("/desk/queue/").content.decode()


@pytest.mark.spec("SVC-11")
def test_who_leads_the_desk_sees_presence_and_gives_seats(
    org, client_for, agent, service_manager, specialist
):
    lead = client_for(service_manager)
    seat = {"user": agent.pk, "extension": "8001", "skills": ["phone", "wechat"]}
    answer = lead.post("/desk/team/seat/", seat | {"idempotency_key": "a"})
    assert answer.status_code == 302
    twice = {"user": specialist.pk, "extension": "8001", "idempotency_key": "b"}
    assert lead.post("/desk/team/seat/", twice).status_code == 422
    browser = client_for(agent)
    ready = browser.post("/desk/seat/", {"state": "ready", "idempotency_key": "c"})
    assert (ready.status_code, ready["Location"]) == (302, "/desk/")
    for wanted, back in (("/desk/calls/?state=missed",) * 2, ("https://evil.example/", "/desk/")):
        data = {"state": "ready", "next": wanted, "idempotency_key": f"n{len(wanted)}"}
        assert browser.post("/desk/seat/", data)["Location"] == back
    assert DeskSeat.objects.get().state == "ready"
    assert browser.post("/desk/seat/", {"state": "asleep"}).status_code == 409
    page = lead.get("/desk/team/").content.decode()
    assert agent.name in page
    assert "8001" in page
    assert browser.get("/desk/team/").status_code == 403


@pytest.mark.spec("SVC-24")
def test_a_talk_over_many_channels_is_one_thread(org, owner, client_for, agent, seat):
    InteractionFactory(customer=owner, channel="visit", content="到访样板间")
    ring()
    post(message("app", subject="应用报修"), url=MESSAGES)
    Client().post("/contact/", web(subject="官网投诉"))
    post(message("wechat", subject="微信追问"), url=MESSAGES)
    answer = client_for(agent).get(f"/customers/{owner.pk}/contacts/")
    page = answer.content.decode()
    thread = page[page.index("data-thread") :]
    assert answer.status_code == 200
    places = [thread.index(w) for w in ("微信追问", "官网投诉", "应用报修", "到访样板间")]
    assert places == sorted(places)
    assert thread.count("<li>") >= 5
    for number in Ticket.objects.values_list("number", flat=True):
        assert number in thread
