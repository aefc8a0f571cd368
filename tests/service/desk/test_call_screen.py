"""What the desk shows of a call and between two calls: warranty, who has the call, what waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from service.desk.models import DeskCall, Feedback
from service.repairs.selectors import warranties_of
from service.tickets.rules import Solved
from service.tickets.services.calling_back import Rating, record_callback
from tests.service.desk.conftest import event, post, ring
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db


def test_the_warranty_is_that_of_repairs_part_by_part(client_for, seat, agent, owner, org):
    """What ends soonest comes first; a version of the warranty counts here as there (SVC-99)."""
    now, unit = timezone.now(), owner.purchases.get().unit
    call, browser = ring(), client_for(agent)
    (home,) = browser.get(f"/desk/calls/{call.pk}/").context["homes"]
    table = sorted(one.until for one in warranties_of(unit, timezone.localdate(now)))
    assert [each.until for each in home.covers] == table
    assert len(table) == 7
    assert home.next_end.until == table[0]
    assert all(each.is_running for each in home.covers)
    owner.purchases.update(handed_over_at=now - timedelta(days=3 * 365))
    answer = browser.get(f"/desk/calls/{call.pk}/")
    (home,) = answer.context["homes"]
    over = [each.label for each in home.covers if not each.is_running]
    assert len(over) == 4  # decoration, pipes, heating and cooling
    assert home.next_end.label not in over
    page = answer.content.decode()
    assert f"{timezone.localtime(now - timedelta(days=3 * 365)):%Y-%m-%d}" in page
    owner.purchases.update(handed_over_at=None, state="signed")
    (home,) = browser.get(f"/desk/calls/{call.pk}/").context["homes"]
    assert (home.covers, home.next_end, home.is_over) == ([], None, False)


def test_whoever_takes_a_call_of_a_free_line_keeps_it(client_for, seat, agent, owner):
    """Events without an extension do not take the call from the agent who took it."""
    post(event("free", "ringing", caller="13800138000", line="4001"))
    browser = client_for(agent)
    told = browser.get("/desk/now/").json()["ring"]
    browser.post(told["accept"], {"idempotency_key": "a"})
    post(event("free", "answered"))
    assert browser.get("/desk/now/").json()["talk"]["id"] == told["id"]
    post(event("free", "hung_up"))
    assert DeskCall.objects.get().agent == agent


def test_an_answered_call_is_offered_until_it_is_opened_and_a_passed_on_one_anew(
    client_for, seat, agent, specialist, owner
):
    from service.desk.models import DeskSeat

    DeskSeat.objects.create(user=specialist, extension="8002", skills=["phone"])
    call, browser = ring(), client_for(agent)
    post(event("c-1", "answered", extension="8001"))
    offered = browser.get("/desk/now/").json()["ring"]
    assert offered["id"] == call.pk
    browser.post(offered["accept"], {"idempotency_key": "a"})
    assert browser.get("/desk/now/").json()["ring"] is None
    post(event("c-1", "transferred", extension="8002"))
    second = client_for(specialist)
    assert second.get("/desk/now/").json()["ring"]["id"] == call.pk
    assert browser.get("/desk/now/").json() == {"ring": None, "talk": None}
    accepted = second.post(offered["accept"], {"idempotency_key": "b"})
    assert accepted.status_code == 302
    call.refresh_from_db()
    assert call.agent == specialist


def test_the_desk_shows_what_waits_and_today(client_for, seat, agent, owner):
    from service.desk.services.intake import Incoming, take_message

    browser = client_for(agent)
    empty = browser.get("/desk/").context
    assert (empty["figures"].mine, empty["figures"].soon, empty["items"]) == (0, None, [])
    incoming = Incoming(channel="web", key="key-00001", subject="漏水", customer=owner)
    take_message(incoming, actor=None, now=timezone.now())
    call = ring()
    post(event("c-1", "answered", extension="8001"))
    ring("13911112222", call="c-2")
    post(event("c-2", "hung_up"))
    shown = browser.get("/desk/")
    assert shown.context["figures"].mine == 2
    assert shown.context["figures"].soon in (50, None)  # none while the line is not staffed
    page = shown.content.decode()
    assert "漏水" in page
    assert owner.name in page
    assert (shown.context["waiting"], shown.context["missed"]) == (1, 1)
    missed = browser.get("/desk/calls/?open=true&state=missed")
    assert [row["call"].external_id for row in missed.context["rows"]] == ["c-2"]
    noted = browser.get("/desk/calls/?open=false")
    assert noted.context["rows"] == []
    assert call.pk


@pytest.mark.parametrize(("pleasant", "scale", "score"), [(4, 5, 8), (1, 5, 2), (9, 10, 9)])
def test_a_callback_is_feedback_with_its_mark_out_of_ten(
    client_for, seat, agent, owner, pleasant, scale, score
):
    ticket = TicketFactory(customer=owner, project=owner.project, state="callback")
    said = Rating(solved=Solved.YES, pleasant=pleasant, scale=scale, words="处理很快")
    record_callback(ticket, rating=said, actor=agent, now=timezone.now())
    row = Feedback.objects.get(way="callback")
    assert (row.score, row.text, row.customer) == (score, "处理很快", owner)
    (shown,) = client_for(agent).get("/desk/feedback/?way=callback").context["rows"]
    assert (shown["ticket"], shown["customer"]) == (ticket, owner)
