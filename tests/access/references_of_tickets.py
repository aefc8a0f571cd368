"""The references of tickets; part of the table of references."""

from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World


def received(world: World) -> dict[str, Any]:
    return {
        "kind": "complaint",
        "project": world.project.pk,
        "subject": "x",
        "channel": "phone",
        "stage": "after_sale",
    }


def sent(world: World) -> dict[str, Any]:
    return {"kind": "complaint", "project": world.project.pk, "subject": "x"}


def named(world: World) -> dict[str, Any]:
    return {
        "project": world.project.pk,
        "duty": "repair",
        "user": world.people["specialist"].pk,
    }


def facts(_world: World) -> dict[str, Any]:
    return {"subject": "厨房漏水不止", "stage": "after_sale"}


def task(_world: World) -> dict[str, Any]:
    return {"title": "核查", "department": "engineering", "due_at": f"{in_days(1):%Y-%m-%dT%H:%M}"}


EDIT = "/tickets/{ticket_id}/edit/"
OFFICERS = "/tickets/officers/"
TICKETS_CASES: dict[str, Case] = {
    "TicketForm.project": Case("agent", "/tickets/add/", "project", "project", received),
    "TicketForm.customer": Case("agent", "/tickets/add/", "customer", "customer", received),
    "NewTicketSerializer.project": Case("agent", "tickets/", "project", "project", sent),
    "NewTicketSerializer.customer": Case("agent", "tickets/", "customer", "customer", sent),
    "OfficerForm.project": Case("service_manager", OFFICERS, "project", "project", named),
    "OfficerForm.user": Case("service_manager", OFFICERS, "user", "specialist", named),
    "FactsForm.customer": Case("agent", EDIT, "customer", "customer", facts),
    "TransferForm.taker": Case(
        "agent",
        "/tickets/{reply_ticket_id}/transfer/",
        "taker",
        "specialist",
        lambda _w: {"reason": "工程问题"},
    ),
    "TaskForm.owner of tickets": Case(
        "agent", "/tickets/{ticket_id}/tasks/", "owner", "specialist", task
    ),
}
