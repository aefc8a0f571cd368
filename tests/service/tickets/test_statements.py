"""What the desk asks of the database: a complaint received, the board with few and with many."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from service.clocks.models import TicketClock
from service.desk.models import Feedback
from service.tickets import board
from service.tickets.models import Ticket
from tests.factories import CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory

pytestmark = pytest.mark.django_db

# Account; begin; claim of the key; project, customer, class of the form; number, ticket, event,
# audit; policy, calendar, clocks, their trail, next limit; feedback; answer kept; commit.
COMPLAINT = 18
# Account; projects one sees, once more for the frame; cards counted, found, read; choices of the
# filters thrice.
BOARD = 9


def complaint_of(customer, category) -> dict[str, object]:
    return {
        "kind": "complaint",
        "project": customer.project_id,
        "customer": customer.pk,
        "category": category.pk,
        "channel": "phone",
        "stage": "after_sale",
        "subject": "厨房漏水",
        "body": "厨房天花板漏水, 物业来过两次没有结果。",
        "contact_name": "张三",
        "contact_phone": "13800138000",
        "idempotency_key": str(uuid.uuid4()),
    }


def test_a_complaint_costs_eighteen_statements(
    org, cast, desk, django_capture_on_commit_callbacks
) -> None:
    customer, category = CustomerFactory(owner=cast["consultant"]), CategoryFactory()
    agent = desk("agent")
    assert agent.post("/tickets/add/", complaint_of(customer, category)).status_code == 302
    with (
        CaptureQueriesContext(connection) as asked,
        django_capture_on_commit_callbacks() as later,
    ):
        answer = agent.post("/tickets/add/", complaint_of(customer, category))
    assert answer.status_code == 302
    said = [query["sql"] for query in asked.captured_queries]
    assert len(said) <= COMPLAINT, "\n".join(said)
    # The comparison with other complaints is a worker's, as soon as the ticket is stored.
    assert not [sql for sql in said if "service_tickettext" in sql or "service_paircount" in sql]
    ticket = Ticket.objects.latest("pk")
    told = [args for call in later for args in [getattr(call, "args", ())] if ticket.pk in args]
    assert len(told) == 1
    # Nothing is left out for it: event, clocks, next limit, feedback, audit.
    assert [event.kind for event in ticket.events.all()] == ["opened"]
    clocks = TicketClock.objects.filter(ticket=ticket)
    assert clocks.count() >= 3
    assert ticket.due_at == min(clock.due_at for clock in clocks)
    assert Feedback.objects.filter(source_kind="ticket", source_id=str(ticket.pk)).count() == 1
    assert 'INSERT INTO "audit_auditevent"' in "".join(said)


def test_the_same_complaint_again_is_the_first(org, cast, desk) -> None:
    customer, category = CustomerFactory(owner=cast["consultant"]), CategoryFactory()
    form = complaint_of(customer, category)
    agent = desk("agent")
    first, again = (agent.post("/tickets/add/", form) for _time in range(2))
    assert (first["Location"], again["Idempotency-Replayed"]) == (again["Location"], "true")
    assert (Ticket.objects.count(), Feedback.objects.count()) == (1, 1)


def statements_of_board(browser) -> int:
    browser.get("/tickets/board/")  # what is drawn once is drawn
    with CaptureQueriesContext(connection) as asked:
        assert browser.get("/tickets/board/").status_code == 200
    return len(asked.captured_queries)


@pytest.mark.parametrize("few", [1000, 0])
def test_the_board_asks_as_often_for_one_as_for_twenty(org, cast, desk, monkeypatch, few) -> None:
    monkeypatch.setattr(board, "FEW", few)
    customer = CustomerFactory(owner=cast["consultant"])
    TicketFactory(customer=customer)
    agent = desk("agent")
    one = statements_of_board(agent)
    for number in range(19):
        state = ("received", "assigned", "replied")[number % 3]
        TicketFactory(customer=customer, state=state, handler=cast["specialist"])
    assert (one, statements_of_board(agent)) == (BOARD, BOARD)


def test_few_and_many_tickets_stand_on_the_board_in_the_same_order(
    org, cast, monkeypatch, now
) -> None:
    monkeypatch.setattr(board, "SHOWN", 4)
    customer = CustomerFactory(owner=cast["consultant"])
    for number in range(30):
        TicketFactory(
            customer=customer,
            state=("received", "assigned", "closed")[number % 3],
            urgency=("routine", "urgent")[number // 3 % 2],
            subject=f"第{number}件",
        )

    def cards() -> dict[str, list[str]]:
        columns = board.columns(Ticket.objects.all().open(), now)
        return {each.key: [card.subject for card in each.cards] for each in columns if each.cards}

    few = cards()
    monkeypatch.setattr(board, "FEW", 0)
    assert cards() == few
    assert few == {
        "received": [f"第{number}件" for number in (3, 9, 15, 21)],
        "assigned": [f"第{number}件" for number in (4, 10, 16, 22)],
    }
    Ticket.objects.exclude(state="received").delete()
    assert cards() == {"received": few["received"]}


def test_a_board_shows_the_tickets_one_sees_whatever_the_role(org, cast, now) -> None:
    for owner in ("consultant", "consultant_c"):
        TicketFactory(customer=CustomerFactory(owner=cast[owner]))
    for project in (org.project_one, org.project_two):
        TicketFactory(customer=None, project=project)
    seen = {}
    for key, user in cast.items():
        rows = Ticket.objects.visible_by_keys(user)
        assert set(rows) == set(Ticket.objects.visible_to(user)), key
        seen[key] = len(rows)
    assert seen["head_office"] == 4
    assert 0 < seen["consultant"] < 4
    assert min(seen.values()) == 0
