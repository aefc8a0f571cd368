"""The board of open tickets with 100,000 on it, against a bare board of the same cards.

The goal is that of the list of customers. The tickets are copied in the database in one statement
and taken away again, so the company stays as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.client import Client, Request, Side, medians
from benchmarks.figures import Row, compare
from benchmarks.pages import floor_session
from benchmarks.servers import FLOOR, OURS, serve
from benchmarks.sessions import our_session
from crm_site.staff.models import User
from customers.models import Customer
from service.tickets.models import Ticket
from service.tickets.rules import OPEN_STATES

TICKETS = 100_000
REQUESTS, ROUNDS = 100, 10
GOAL = 2.5
NUMBER = "BENCH"
# Of the copies: t is the ticket copied, c a customer, n counts from 1.
COPIED = {
    "number": f"'{NUMBER}' || n",
    "customer_id": "c.id",
    "project_id": "c.project_id",
    "state": "(%(states)s::text[])[1 + n %% array_length(%(states)s::text[], 1)]",
    "rank": "n * 7 %% 3",
    "urgency": "(ARRAY['urgent', 'complex', 'routine'])[1 + n * 7 %% 3]",
    "opened_at": "t.opened_at - n * interval '5 minutes'",
    "step_due_at": "t.opened_at - n * interval '5 minutes' + interval '2 days'",
    "first_responder_id": "c.owner_id",
}


def run(_customers: int) -> Iterator[Row]:
    """Yield the board beside its floor and the list of tickets, and what the board must count."""
    head = User.objects.get(username="head_office")
    manager = User.objects.get(username="service_manager")
    with _filled() as written, serve(FLOOR) as floor_port, serve(OURS) as our_port:
        bare = Client(floor_port, {"floor_session": floor_session(head)})
        floor = _asking(bare, "/tickets/board/")
        for words, user, path in (
            ("board, whole company", head, "/tickets/board/"),
            ("board, one region", manager, "/tickets/board/"),
            ("list of tickets, whole company", head, "/tickets/"),
        ):
            ours = _asking(Client(our_port, our_session(user)), path)
            times = medians(floor, ours, requests=REQUESTS, rounds=ROUNDS)
            yield compare(words, floor=times[0], ours=times[1], unit="ms", goal=GOAL)
        counted = Ticket.objects.filter(number__startswith=NUMBER).open().count()
        is_whole = written == counted == TICKETS
        yield Row("open tickets", TICKETS, counted, "rows", counted / TICKETS, 1.0, is_whole)


def _asking(client: Client, path: str) -> Side:
    return Side(client, lambda: Request(path))


@contextmanager
def _filled() -> Iterator[int]:
    """Write the tickets, yield how many, delete them."""
    with connection.cursor() as cursor:
        _delete(cursor)
        cursor.execute(
            _copy_of(_original()),
            {"states": sorted(state.value for state in OPEN_STATES), "tickets": TICKETS},
        )
        written = cursor.rowcount
        cursor.execute("VACUUM ANALYZE service_ticket")
        try:
            yield written
        finally:
            _delete(cursor)


def _original() -> Ticket:
    """Return a saved ticket to be copied."""
    customer = Customer.objects.exclude(project=None).exclude(owner=None).order_by("pk")[0]
    return Ticket.objects.create(
        number=f"{NUMBER}0",
        kind="complaint",
        customer=customer,
        project_id=customer.project_id,
        subject="厨房天花板漏水，要求三天内维修",
        body="物业来过两次没有结果，地板已经泡坏，要求尽快维修并赔偿。" * 4,
        contact_name="来电客户",
        state="cancelled",
        opened_at=timezone.now(),
    )


def _copy_of(ticket: Ticket) -> str:
    names = [str(field.column) for field in Ticket._meta.concrete_fields if not field.primary_key]
    values = ", ".join(COPIED.get(name, f"t.{name}") for name in names)
    return (
        f"INSERT INTO service_ticket ({', '.join(names)}) SELECT {values}"
        " FROM generate_series(1, %(tickets)s) n"
        " JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS people"
        "  FROM customers_customer WHERE project_id IS NOT NULL AND owner_id IS NOT NULL) c"
        f" ON c.place = n %% c.people CROSS JOIN service_ticket t WHERE t.id = {ticket.pk:d}"
    )


def _delete(cursor: Any) -> None:
    cursor.execute("DELETE FROM service_ticket WHERE number LIKE %s", [f"{NUMBER}%"])
