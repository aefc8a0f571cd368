"""Who is asked and when: audience, sample, consent, events, reminders, care for low answers."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from crm_site.questionnaires.services import Written, save_version
from customers.models import Meeting, MeetingGuest, Purchase
from customers.purchase.hooks import follow_up
from customers.purchase.rules import Step
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from service.surveys.models import Survey, SurveyInvitation, SurveyResponse
from service.surveys.services.inviting import remind_silent
from service.surveys.services.opening import audience_of
from service.surveys.tasks import tend_surveys
from service.tickets.models import Ticket
from service.tickets.services.events import write_event
from tests.factories import CustomerFactory, InteractionFactory
from tests.service.factories import TicketFactory
from tests.service.surveys.conftest import GOOD, LOW, agreed, ask, send, tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(seller, now):
    return [agreed(CustomerFactory(owner=seller), now) for _each in range(12)]


def test_the_audience_is_filtered_and_the_sample_drawn_again_from_its_seed(
    make_survey, manager, crowd, seller, now
) -> None:
    other = agreed(CustomerFactory(owner=seller, customer_class="existing"), now)
    survey = make_survey(
        is_open=False,
        trigger="audience",
        audience={"classes": ["potential"], "stages": []},
        sample_size=5,
        seed=11,
    )
    first = audience_of(survey, actor=manager, now=now)
    assert first == audience_of(survey, actor=manager, now=now)
    assert len(first.keys) == 5
    assert set(first.keys) <= {one.pk for one in crowd}
    assert other.pk not in first.keys
    assert (first.matched, first.left_out) == (12, {"not_drawn": 7})


def test_consent_numbers_and_rest_are_respected(make_survey, manager, crowd, seller, now) -> None:
    CustomerFactory(owner=seller)  # never asked for consent
    record_consent(
        customer=crowd[0],
        purpose=Purpose.CONTACT,
        is_given=False,
        channel=Channel.PHONE,
        actor=None,
        now=now,
    )
    agreed(CustomerFactory(owner=seller, phone=None), now)
    ask(make_survey(), crowd[1], now - timedelta(days=29))
    ask(make_survey(title="另一项"), crowd[2], now - timedelta(days=31))
    survey = make_survey(is_open=False, trigger="audience")
    found = audience_of(survey, actor=manager, now=now)
    assert found.left_out == {"no_consent": 2, "no_address": 1, "asked_lately": 1}
    assert set(found.keys) == {one.pk for one in (*crowd[2:],)}


def test_customers_out_of_scope_are_never_asked(make_survey, manager, crowd, org, now) -> None:
    stranger = agreed(CustomerFactory(project=org.project_three, region=org.region_south), now)
    survey = make_survey(trigger="audience")
    assert SurveyInvitation.objects.filter(survey=survey).count() == len(crowd)
    assert not SurveyInvitation.objects.filter(customer=stranger).exists()


def test_opening_fixes_the_version_and_happens_once(
    client, make_survey, crowd, manager, form, now
) -> None:
    survey = make_survey(is_open=False, trigger="audience", sample_size=3)
    page = client.get(survey.get_absolute_url()).content.decode()
    assert "3" in page
    assert client.post(f"{survey.get_absolute_url()}open/").status_code == 302
    assert client.post(f"{survey.get_absolute_url()}open/").status_code == 409
    survey.refresh_from_db()
    assert survey.invitations.count() == 3
    assert survey.left_out == {"not_drawn": 9}
    latest = form.latest()
    outline = latest.outline
    manager.role = "executive"
    manager.save()
    written = Written(title="新版", use="survey", outline=outline, intro="改过")
    save_version(questionnaire=form, written=written, actor=manager, now=now)
    page = Client().get(f"/s/{tokens(survey)[0]}/").content.decode()
    assert latest.title in page
    assert "新版" not in page
    assert AuditEvent.objects.filter(kind="survey.opened").count() == 1


def test_an_audience_of_nobody_cannot_be_opened(client, make_survey) -> None:
    survey = make_survey(is_open=False, trigger="audience")
    answer = client.post(f"{survey.get_absolute_url()}open/")
    assert answer.status_code == 409
    survey.refresh_from_db()
    assert survey.state == "draft"


def test_the_message_carries_the_link_and_goes_by_the_rules(make_survey, buyer, now) -> None:
    survey = make_survey()
    token = ask(survey, buyer, now)
    message = Message.objects.get(kind="survey.link")
    assert token not in str(message.params)
    assert (message.purpose, message.addressee_id) == ("contact", str(buyer.pk))
    record_consent(
        customer=buyer,
        purpose=Purpose.CONTACT,
        is_given=False,
        channel=Channel.PHONE,
        actor=None,
        now=now,
    )
    deliver_due(now=now)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("suppressed", "do_not_contact")


def test_a_visit_is_asked_about_once(make_survey, buyer) -> None:
    now = timezone.now()
    survey = make_survey(at=now - timedelta(days=2))
    InteractionFactory(customer=buyer, channel="visit", result="visited", at=now)
    InteractionFactory(customer=buyer, channel="phone", at=now)
    InteractionFactory(customer=buyer, channel="visit", at=now - timedelta(days=4))
    assert tend_surveys()["visits"] == 1
    assert tend_surveys()["visits"] == 0
    assert survey.invitations.get().customer == buyer


@pytest.mark.parametrize(
    ("trigger", "step"), [("signing", Step.SIGN), ("handover", Step.HAND_OVER)]
)
def test_a_step_of_a_purchase_asks_the_buyer(
    make_survey, buyer, seller, project, now, trigger, step
) -> None:
    survey = make_survey(trigger=trigger)
    make_survey(trigger="visit", title="来访")
    purchase = Purchase.objects.create(
        project=project,
        customer=buyer,
        consultant=seller,
        state="cancelled",
        state_since=now,
        begun_at=now,
        signed_at=now,
        handed_over_at=now,
        ended_at=now,
    )
    with transaction.atomic():
        follow_up(purchase, step, actor=seller, now=now)
        follow_up(purchase, step, actor=seller, now=now)
        follow_up(purchase, Step.RENEW, actor=seller, now=now)
    row = SurveyInvitation.objects.get()
    assert (row.survey, row.customer, row.project) == (survey, buyer, project)
    assert row.adviser == seller


def test_a_closed_ticket_is_asked_about_once(make_survey, buyer, project, now) -> None:
    survey = make_survey(trigger="ticket")
    ticket = TicketFactory(customer=buyer, project=project, state="closed")
    with transaction.atomic():
        write_event(ticket, "moved", actor=None, now=now, states=("callback", "closed"))
        write_event(ticket, "moved", actor=None, now=now, states=("callback", "closed"))
        write_event(ticket, "moved", actor=None, now=now, states=("received", "classified"))
    row = SurveyInvitation.objects.get()
    assert (row.survey, row.customer, row.source) == (survey, buyer, f"ticket:{ticket.pk}")
    assert Message.objects.filter(kind="survey.link").count() == 1


def test_a_consultation_is_rated_on_its_own_and_asked_about_no_second_time(
    make_survey, buyer, project, now
) -> None:
    make_survey(trigger="ticket")
    for kind in ("inquiry", "repair"):
        ticket = TicketFactory(kind=kind, customer=buyer, project=project, state="closed")
        with transaction.atomic():
            write_event(ticket, "moved", actor=None, now=now, states=("callback", "closed"))
    assert SurveyInvitation.objects.get().source == f"ticket:{ticket.pk}"


def test_surveys_of_other_projects_do_not_ask(make_survey, buyer, org, now) -> None:
    make_survey(trigger="ticket", project=org.project_two)
    ticket = TicketFactory(customer=buyer, project=org.project_one, state="closed")
    with transaction.atomic():
        write_event(ticket, "moved", actor=None, now=now, states=("callback", "closed"))
    assert not SurveyInvitation.objects.exists()


def test_who_did_not_answer_is_reminded_once(make_survey, crowd) -> None:
    now = timezone.now()
    survey = make_survey(trigger="audience", at=now - timedelta(days=3))
    links = tokens(survey)
    send(links[0], GOOD)
    assert remind_silent(now=now - timedelta(minutes=1)) == 0
    assert remind_silent(now=now) == 11
    assert remind_silent(now=now + timedelta(days=5)) == 0
    assert Message.objects.filter(kind="survey.reminder").count() == 11
    second = tokens(survey, "survey.reminder")
    assert not set(second) & set(links)
    assert send(second[0], GOOD).status_code == 302
    assert send(second[0], GOOD).status_code == 200  # used, by either link
    assert SurveyResponse.objects.count() == 2


def test_a_low_answer_opens_one_care_ticket(client, make_survey, buyer, project) -> None:
    now = timezone.now()
    survey = make_survey()
    send(ask(survey, buyer, now), LOW)
    send(ask(survey, buyer, now), GOOD)
    ticket = Ticket.objects.get(source="survey")
    response = SurveyResponse.objects.get(is_low=True)
    assert (ticket.kind, ticket.customer, ticket.project) == ("care", buyer, project)
    assert (ticket.channel, ticket.is_proactive, ticket.stage) == ("survey", True, "pre_sale")
    assert response.ticket == ticket
    assert ticket.body.startswith(LOW["q-q5"])  # whoever calls reads the customer's own words first
    page = client.get(f"{survey.get_absolute_url()}answers/?low=true").content.decode()
    assert ticket.number in page


@pytest.mark.spec("SVC-35")
@pytest.mark.parametrize(
    ("word", "recommends", "opens"),
    [
        *(("very_bad", "8", 1), ("bad", "8", 1), ("fair", "8", 0)),  # 1, 2 and 3 of 5
        *(("good", "3", 1), ("good", "4", 0)),  # by the recommendation, where it alone is low
    ],
)
def test_a_rating_of_two_or_less_opens_a_care_case(
    make_survey, buyer, word, recommends, opens
) -> None:
    token = ask(make_survey(), buyer, timezone.now())
    assert send(token, GOOD | {"q-q1": word, "q-q4": recommends}).status_code == 302
    assert Ticket.objects.filter(kind="care", source="survey").count() == opens
    assert SurveyResponse.objects.get().is_low == bool(opens)


@pytest.mark.spec("SVC-54")
def test_an_event_is_asked_about_and_the_dissatisfied_are_called(
    client, make_survey, crowd, seller, project
) -> None:
    now = timezone.now()
    survey = make_survey(trigger="event", title="业主开放日", at=now - timedelta(days=1))
    meeting = Meeting.objects.create(
        kind="meeting",
        title="业主开放日",
        owner=seller,
        project=project,
        starts_at=now - timedelta(hours=3),
        ends_at=now - timedelta(hours=1),
        state="held",
    )
    for place, one in enumerate(crowd[:10]):
        MeetingGuest.objects.create(meeting=meeting, customer=one, attended=place < 7)
    assert tend_surveys()["events"] == 7
    answers = [*[GOOD] * 4, *[GOOD | {"q-q1": "fair"}] * 2, LOW]
    for token, given in zip(tokens(survey), answers, strict=True):
        assert send(token, given).status_code == 302
    page = client.get(survey.get_absolute_url())
    line = page.context["projects"][0]
    assert (line.name, [one.count for one in line.bars]) == (project.name, [4, 2, 1])
    assert sum(one.share for one in line.bars) == 100
    assert Ticket.objects.get(source="survey").customer in crowd


def test_a_survey_is_changed_as_a_draft_only(client, make_survey, buyer, form, now) -> None:
    draft = make_survey(is_open=False)
    page = client.get(f"{draft.get_absolute_url()}edit/")
    given = {
        "title": "到访回访",
        "questionnaire": form.pk,
        "trigger": "visit",
        "method": "plain",
        "seed": 1,
        "link_days": 7,
        "remind_days": 2,
        "edit_base": page.context["form"].edit_base,
    }
    saved = client.post(f"{draft.get_absolute_url()}edit/", given)
    assert (saved.status_code, saved["Location"]) == (302, draft.get_absolute_url())
    draft.refresh_from_db()
    assert (draft.title, draft.link_days) == ("到访回访", 7)
    wrong = client.post("/surveys/add/", given | {"remind_days": 7})
    assert wrong.status_code == 422
    assert Survey.objects.count() == 1
    opened = make_survey(title="已开放")
    page = client.get(f"{opened.get_absolute_url()}edit/")
    given["edit_base"] = page.context["form"].edit_base
    assert client.post(f"{opened.get_absolute_url()}edit/", given).status_code == 422
    opened.refresh_from_db()
    assert opened.title == "已开放"


def test_a_preview_asks_and_sends_nothing(client, make_survey) -> None:
    survey = make_survey(is_open=False)
    page = client.get(f"{survey.get_absolute_url()}preview/")
    assert page.status_code == 200
    assert 'name="q-q1"' in page.content.decode()
    assert client.post(f"{survey.get_absolute_url()}preview/", GOOD).status_code == 405


def test_close_twice_is_refused(make_survey, client) -> None:
    survey = make_survey()
    assert client.post(f"{survey.get_absolute_url()}close/").status_code == 302
    assert client.post(f"{survey.get_absolute_url()}close/").status_code == 409
