"""The references of tickets; part of the table of references."""

from typing import Any

from tests.access.cases import Case
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


OFFICERS = "/tickets/officers/"
TICKETS_CASES: dict[str, Case] = {
    "TicketForm.project": Case("agent", "/tickets/add/", "project", "project", received),
    "TicketForm.customer": Case("agent", "/tickets/add/", "customer", "customer", received),
    "NewTicketSerializer.project": Case("agent", "tickets", "project", "project", sent),
    "NewTicketSerializer.customer": Case("agent", "tickets", "customer", "customer", sent),
    "OfficerForm.project": Case("service_manager", OFFICERS, "project", "project", named),
    "OfficerForm.user": Case("service_manager", OFFICERS, "user", "specialist", named),
}
