"""Managers decide on suggestions, plan, answer all at once; members keep their own tickets."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from service.groups.models import CrisisRoom, GroupSuggestion
from service.groups.services import answering, deciding
from service.tickets.models import Ticket
from service.tickets.services.moving import move_ticket
from tests.factories import NOW
from tests.service.groups.conftest import MIXER, PARKING, complaints
from tests.tools import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def suggestion(org, linked):
    return linked(complaints(org, MIXER))


@pytest.fixture
def group(suggestion, service_manager, now):
    return deciding.accept(suggestion, subject="搅拌站噪音粉尘", actor=service_manager, now=now)


@pytest.mark.spec("BEY-07")
def test_suggestion_says_why_and_how_it_grows(suggestion, service_manager, client_for):
    client = client_for(service_manager)
    text = text_of(client, f"/tickets/groups/suggested/{suggestion.pk}/")
    assert "搅拌站" in text
    for ticket in Ticket.objects.all():
        assert ticket.number in text
    page = client.get(f"/tickets/groups/suggested/{suggestion.pk}/")
    weeks = page.context["weeks"]
    assert sum(week.count for week in weeks) == weeks[-1].total == len(MIXER)


def test_group_is_formed_planned_and_answered_at_once(suggestion, service_manager, client_for):
    client = client_for(service_manager)
    here = f"/tickets/groups/suggested/{suggestion.pk}/"
    assert client.post(f"{here}accept/", {"subject": ""}).status_code == 422
    answer = client.post(f"{here}accept/", {"subject": "搅拌站噪音粉尘"})
    group = Ticket.objects.get(kind="group_complaint")
    assert answer.url == group.get_absolute_url()
    members = list(group.members.order_by("pk"))
    assert len(members) == len(MIXER)
    base = f"/tickets/groups/{group.pk}/"
    client.post(f"{base}plan/", {"text": "与环保局联合检查, 限时搬离。"})
    client.post(f"{base}steps/", {"title": "联合检查", "due_on": "2026-06-01"})
    client.post(f"{base}steps/", {"title": "书面承诺"})
    step = group.group_steps.first()
    client.post(f"/tickets/groups/steps/{step.pk}/done/")
    client.post(f"/tickets/groups/members/{members[0].pk}/represent/")
    text = text_of(client, group.get_absolute_url())
    for word in ("联合检查", "书面承诺", "1 / 2", members[0].number):
        assert word in text
    assert client.post(f"{base}answer/", {"text": "搅拌站六月底停工。"}).status_code == 302
    for member in group.members.all():
        assert member.solution == "搅拌站六月底停工。"
        assert member.told_at is not None
        assert member.is_open
        assert member.number != group.number
        assert member.events.filter(kind="told").count() == 1
    progress = text_of(client, "/tickets/groups/formed/")
    assert group.number in progress
    assert "1 / 2" in progress


def test_rejection_needs_a_reason_and_is_shown(suggestion, service_manager, client_for):
    client = client_for(service_manager)
    here = f"/tickets/groups/suggested/{suggestion.pk}/"
    assert client.post(f"{here}reject/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}reject/", {"reason": "只是用词相同"}).status_code == 302
    assert "只是用词相同" in text_of(client, here)
    assert client.post(f"{here}accept/", {"subject": "搅拌站"}).status_code == 422
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.group) == ("rejected", None)


def test_joint_letter_makes_a_group_of_one_ticket(org, service_manager, client_for):
    ticket = complaints(org, PARKING[:1])[0]
    client = client_for(service_manager)
    client.post(f"/tickets/groups/members/{ticket.pk}/found/", {"subject": "联名信: 车位捆绑"})
    ticket.refresh_from_db()
    assert ticket.group.kind == "group_complaint"
    client.post(f"/tickets/groups/members/{ticket.pk}/release/")
    ticket.refresh_from_db()
    assert ticket.group is None


def test_ended_group_refuses_work(group, service_manager, client_for, now):
    step = answering.add_step(group, title="检查", due_on=None, actor=service_manager, now=now)
    move_ticket(group, "cancelled", actor=service_manager, now=now)
    client = client_for(service_manager)
    assert client.post(f"/tickets/groups/steps/{step.pk}/done/").status_code == 409
    assert client.post(f"/tickets/groups/{group.pk}/take/").status_code == 409
    assert client.post(f"/tickets/groups/{group.pk}/answer/", {"text": "好"}).status_code == 422
    assert client.post(f"/tickets/groups/{group.pk}/plan/", {"text": "好"}).status_code == 422


def test_agent_sees_but_does_not_decide(suggestion, agent, client_for):
    client = client_for(agent)
    here = f"/tickets/groups/suggested/{suggestion.pk}/"
    assert client.get(here).status_code == 200
    assert client.get(f"{here}accept/").status_code == 403
    assert client.post(f"{here}reject/", {"reason": "不是"}).status_code == 403


def test_out_of_scope_is_not_found_and_consultants_see_nothing(
    org, suggestion, consultant, client_for, service_manager
):
    GroupSuggestion.objects.update(project=org.project_three)
    here = f"/tickets/groups/suggested/{suggestion.pk}/"
    assert client_for(service_manager).get(here).status_code == 404
    assert client_for(consultant).get("/tickets/groups/").status_code == 403


def test_lists_ask_the_same_number_of_questions(org, suggestion, service_manager, client_for, now):
    client = client_for(service_manager)

    def asked(path):
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    few = asked("/tickets/groups/")
    GroupSuggestion.objects.bulk_create(
        GroupSuggestion(
            project=org.project_one, state="open", size=5, burst=5, words=["漏水"], last_at=NOW
        )
        for _ in range(19)
    )
    assert asked("/tickets/groups/") == few
    deciding.accept(suggestion, subject="搅拌站", actor=service_manager, now=now)
    one = asked("/tickets/groups/formed/")
    for _ in range(19):
        deciding.form_group(
            complaints(org, PARKING[:1]), subject="车位", actor=service_manager, now=now, fewest=1
        )
    assert asked("/tickets/groups/formed/") == one


def test_page_of_a_group_asks_the_same_number_of_questions(org, service_manager, client_for, now):
    client = client_for(service_manager)
    counts = []
    for size in (1, 20):
        group = deciding.form_group(
            complaints(org, PARKING[:1] * size),
            subject="车位",
            actor=service_manager,
            now=now,
            fewest=1,
        )
        client.get(group.get_absolute_url())
        with CaptureQueriesContext(connection) as seen:
            client.get(group.get_absolute_url())
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_crisis_room_is_opened_about_a_group(org, group, service_manager, client_for):
    client = client_for(service_manager)
    page = client.get(group.get_absolute_url()).content.decode()
    add = f"/tickets/crises/add/?about={group.pk}"
    assert add in page
    form = client.get(add).context["form"]
    assert form["subject"].value() == group.subject
    given = {
        "project": group.project_id,
        "subject": "业主聚集",
        "body": "二十人在门口。",
        "level": "2",
    }
    other = client.post(add, {**given, "project": org.project_two.pk})
    assert other.status_code == 422
    assert client.post(add, given).status_code == 302
    room = CrisisRoom.objects.get()
    assert room.about == group
    assert group.number in text_of(client, f"/tickets/crises/{room.pk}/")
    page = client.get(group.get_absolute_url()).content.decode()
    assert f"/tickets/crises/{room.pk}/" in page
    assert add not in page
    for wrong in ("x", "9" * 40, str(group.members.first().pk)):
        assert client.get(f"/tickets/crises/add/?about={wrong}").status_code == 200
