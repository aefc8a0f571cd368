"""A crisis is run in a room: level, duties, log, words approved by a second person, a review."""

import pytest

from crm_site.outbox.models import Message
from service.groups.errors import GroupError
from service.groups.models import CrisisRoom
from service.groups.services import crisis
from service.tickets.errors import NotClosableError
from service.tickets.models import Ticket
from service.tickets.services.moving import check_closable
from tests.tools import text_of

pytestmark = pytest.mark.django_db
ADD = "/tickets/crises/add/"


def given(project, **values):
    return {
        "project": project.pk,
        "subject": "外墙脱落伤人",
        "body": "3栋外墙砖脱落, 一人受伤。",
        "level": "1",
        **values,
    }


@pytest.fixture
def room(org, service_manager, now):
    return crisis.open_room(
        project=org.project_one,
        subject="外墙脱落",
        body="3栋外墙砖脱落。",
        level=2,
        is_drill=False,
        actor=service_manager,
        now=now,
    )


@pytest.mark.spec("SVC-37")
def test_level_one_tells_the_list_and_a_drill_says_so(
    org, service_manager, executive, head_office, agent, client_for
):
    client = client_for(service_manager)
    assert client.post(ADD, given(org.project_one, subject="")).status_code == 422
    assert client.post(ADD, given(org.project_one)).status_code == 302
    told = set(Message.objects.filter(kind="crisis.opened").values_list("recipient", flat=True))
    assert told == {service_manager.pk, executive.pk, head_office.pk}
    client.post(ADD, given(org.project_one, subject="演练", is_drill="on"))
    drill = CrisisRoom.objects.get(is_drill=True)
    assert Message.objects.filter(kind="crisis.drill").count() == 3
    assert Message.objects.filter(kind="crisis.opened").count() == 3
    text = text_of(client, f"/tickets/crises/{drill.pk}/")
    assert "演练" in text
    assert client_for(agent).get(f"/tickets/crises/{drill.pk}/").status_code == 200
    assert client_for(agent).get(ADD).status_code == 403


def test_lower_levels_tell_nobody_until_raised(room, service_manager, head_office, now):
    assert not Message.objects.filter(kind="crisis.opened").exists()
    crisis.change_level(room, level=1, actor=service_manager, now=now)
    assert Message.objects.filter(kind="crisis.opened", recipient=head_office).count() == 1
    with pytest.raises(GroupError):
        crisis.change_level(room, level=1, actor=service_manager, now=now)


def test_words_go_out_only_after_a_second_person_approved(
    room, service_manager, executive, client_for
):
    writer, signer = client_for(service_manager), client_for(executive)
    here = f"/tickets/crises/{room.pk}/"
    writer.post(f"{here}statements/", {"audience": "媒体", "text": "正在全力救治伤者。"})
    words = room.statements.get()
    assert writer.post(f"/tickets/crises/statements/{words.pk}/out/").status_code == 409
    decide = f"/tickets/crises/statements/{words.pk}/decide/"
    assert writer.get(decide).status_code == 403
    assert signer.post(decide, {"decision": "back", "note": ""}).status_code == 422
    assert signer.post(decide, {"decision": "approve", "note": ""}).status_code == 302
    assert signer.post(decide, {"decision": "back", "note": "再改"}).status_code == 422
    assert writer.post(f"/tickets/crises/statements/{words.pk}/out/").status_code == 302
    words.refresh_from_db()
    assert (words.state, words.approver) == ("out", executive)
    assert words.out_at is not None


def test_nobody_approves_own_words(room, executive, now):
    words = crisis.write_statement(room, audience="业主", text="请放心。", actor=executive, now=now)
    with pytest.raises(GroupError):
        crisis.decide_statement(words, approves=True, note="", actor=executive, now=now)


def test_nothing_goes_out_in_a_drill(room, service_manager, executive, now):
    CrisisRoom.objects.update(is_drill=True)
    words = crisis.write_statement(
        room, audience="媒体", text="演练", actor=service_manager, now=now
    )
    crisis.decide_statement(words, approves=True, note="", actor=executive, now=now)
    with pytest.raises(GroupError):
        crisis.let_out(words, actor=service_manager, now=now)


def test_room_keeps_duties_log_and_lessons(room, service_manager, executive, client_for):
    client = client_for(service_manager)
    here = f"/tickets/crises/{room.pk}/"
    client.post(f"{here}duties/", {"duty": "spokesperson", "user": executive.pk})
    client.post(f"{here}log/", {"kind": "media", "text": "晚报记者来电。"})
    client.post(f"{here}log/", {"kind": "legal", "text": "律师建议保留现场。"})
    assert client.post(f"{here}log/", {"kind": "step", "text": "伪造"}).status_code == 422
    text = text_of(client, here)
    for word in ("executive", "晚报记者来电", "律师建议保留现场"):
        assert word in text
    room.refresh_from_db()
    with pytest.raises(NotClosableError):
        check_closable(room.ticket)
    client.post(f"{here}review/", {"lessons": "外墙每年检查一次。"})
    room.refresh_from_db()
    assert room.reviewed_by == service_manager
    assert crisis.review_gate(room.ticket) is None


def test_room_out_of_scope_is_not_found(org, room, service_manager, client_for):
    room.ticket.project = org.project_three
    room.ticket.save()
    assert client_for(service_manager).get(f"/tickets/crises/{room.pk}/").status_code == 404


def test_words_of_an_ended_crisis_stay_as_they_are(room, service_manager, executive, now):
    words = crisis.write_statement(
        room, audience="媒体", text="正在核实。", actor=service_manager, now=now
    )
    Ticket.objects.filter(pk=room.ticket_id).update(state="cancelled", closed_at=now)
    with pytest.raises(GroupError):
        crisis.decide_statement(words, approves=True, note="", actor=executive, now=now)
    words.refresh_from_db()
    assert words.state == "asked"
