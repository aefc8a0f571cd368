"""Twenty tickets, and a ticket with twenty of everything, ask the database as often as one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.common.files import PDF, Taken
from service.tickets.drafts import TicketDraft
from service.tickets.models import TicketCallback, TicketDirective, TicketTask
from service.tickets.services.events import write_event
from service.tickets.services.linking import link
from service.tickets.services.opening import open_ticket
from service.tickets.services.papers import attach
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory

pytestmark = pytest.mark.django_db


def asked(client, address):
    """Return how many queries a page takes once it is warm, and its text."""
    client.get(address)
    counts = []
    for _twice in range(2):  # one may fall on the minute at which a session is touched
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.status_code == 200
        counts.append(len(queries))
    return min(counts), answer.content.decode()


def opened(cast, number):
    customer = CustomerFactory(owner=cast["consultant"])
    draft = TicketDraft(
        kind="complaint",
        project=customer.project,
        customer=customer,
        subject=f"漏水{number}",
        category=CategoryFactory(),
        handler=cast["specialist"],
        urgency="complex" if number % 2 else "urgent",
    )
    return open_ticket(draft, actor=cast["agent"], now=timezone.now() - timedelta(hours=3 * number))


PAGES = [
    "/tickets/",
    "/tickets/?due=pressing",
    "/tickets/?order=due",
    "/tickets/board/",
    "/tickets/report/",
    "/api/v1/tickets/",
]


@pytest.mark.parametrize("page", PAGES)
def test_lists_ask_as_often_for_one_ticket_as_for_twenty(org, cast, desk, page):
    client = desk("agent")
    first = opened(cast, 0)
    one, _text = asked(client, page)
    others = [opened(cast, number) for number in range(1, 20)]
    twenty, text = asked(client, page)
    assert twenty == one
    if page in ("/tickets/", "/tickets/board/"):
        assert all(ticket.number in text for ticket in (first, *others))
        assert text.count('class="nowrap c-red b"') >= 10  # limits that have run out


def fill(ticket, cast, count):
    now, agent = timezone.now(), cast["agent"]
    for number in range(count):
        TicketTask.objects.create(
            ticket=ticket,
            title=f"核查{number}",
            department="engineering",
            owner=cast["engineering"],
            given_by=agent,
            given_at=now,
        )
        TicketCallback.objects.create(
            ticket=ticket, at=now, solved="yes", pleasant=5, is_satisfied=True, by=agent
        )
        TicketDirective.objects.create(
            ticket=ticket, text=f"督办{number}", by=cast["head_office"], at=now, due_at=now
        )
        held = ticket.papers.count()
        taken = Taken(f"{held}.pdf", PDF, b"%%PDF-1.4 %d" % held)
        attach(ticket, taken=taken, label=f"来信{number}", actor=agent, now=now)
        link(ticket, other=opened(cast, number), kind="related", actor=agent, now=now)
        write_event(ticket, "noted", actor=agent, now=now, note=f"记录{number}")


@pytest.mark.parametrize("who", ["agent", "service_manager", "head_office"])
def test_a_ticket_asks_as_often_for_one_of_each_as_for_twenty(org, cast, desk, who):
    client, ticket = desk(who), opened(cast, 0)
    fill(ticket, cast, 1)
    one, _text = asked(client, f"/tickets/{ticket.pk}/")
    fill(ticket, cast, 19)
    twenty, text = asked(client, f"/tickets/{ticket.pk}/")
    assert twenty == one
    assert text.count("来信") >= 20


def test_of_a_long_history_the_latest_is_shown_and_no_step_is_lost(org, cast, desk, take, quality):
    """The first two hundred entries were shown and the newest were missing."""
    ticket = opened(cast, 0)
    data = {"category": quality.pk, "urgency": "routine", "severity": "normal"}
    assert take(ticket, "classify", **data).status_code == 302
    ticket.refresh_from_db()
    for number in range(201):
        write_event(ticket, "noted", actor=cast["agent"], now=timezone.now(), note=f"第{number}条")
    page = desk("agent").get(f"/tickets/{ticket.pk}/").content.decode()
    assert "第200条" in page
    assert "第0条" not in page
    track = page.split('class="track way"')[1].split("</ol>")[0]
    assert track.count(cast["agent"].name) == 2  # received and classified


def test_a_cancelled_ticket_stays_where_it_was_on_the_path(org, cast, desk, take):
    """It was drawn as if somebody worked on it."""
    ticket = opened(cast, 0)
    assert take(ticket, "cancel", who="service_manager", note="重复来电").status_code == 302
    page = desk("agent").get(f"/tickets/{ticket.pk}/").content.decode()
    track = page.split('class="track way"')[1].split("</ol>")[0]
    assert "aria-current" not in track
    assert track.count('class="done"') == 0


def test_an_offer_of_an_ended_ticket_is_neither_shown_nor_passed_up(complaint, desk, take, cast):
    """A ticket cancelled under an open offer was still passed up to the leads."""
    from service.tickets.models import TicketTransfer
    from service.tickets.tasks import escalate_silent_transfers

    give = {"taker": cast["specialist"].pk, "reason": "属于工程问题"}
    desk("agent").post(f"/tickets/{complaint.pk}/transfer/", give)
    take(complaint, "cancel", who="service_manager", note="重复来电")
    TicketTransfer.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert escalate_silent_transfers() == 0
    page = desk("specialist").get(f"/tickets/{complaint.pk}/").content.decode()
    assert "属于工程问题" not in page.split('id="hist"')[0]


def test_a_source_of_another_region_tells_nothing(org, cast, desk):
    """The answer to a repeated source held the ticket of a region out of reach."""
    draft = TicketDraft(
        kind="repair", project=org.project_three, subject="别处的事", source="app", source_id="1"
    )
    open_ticket(draft, actor=cast["head_office"], now=timezone.now())
    body = {"kind": "repair", "project": org.project_one.pk, "subject": "漏水"}
    body |= {"source": "app", "source_id": "1"}
    answer = desk("agent").post("/api/v1/tickets/", body, "application/json")
    assert answer.status_code == 409
    assert "别处的事" not in answer.content.decode()
