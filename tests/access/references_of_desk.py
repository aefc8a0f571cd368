"""The references of desk; part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def visit(_world: World) -> dict[str, Any]:
    return {"channel": "visit", "kind": "inquiry", "name": "来访人", "subject": "咨询"}


def heard(world: World) -> dict[str, Any]:
    return {"way": "rating", "text": "很好", "project": world.project.pk}


def caller(_world: World) -> dict[str, Any]:
    return {"name": "高雅琴"}


def matter(_world: World) -> dict[str, Any]:
    return {"category": "desk-leak", "summary": "漏水", "severity": "normal"}


def seat(_world: World) -> dict[str, Any]:
    return {"extension": "8009", "skills": ["phone"]}


DESK_CASES: dict[str, Case] = {
    "VisitForm.project": Case("specialist", "/desk/visits/add/", "project", "project", visit),
    "FeedbackForm.project": Case("specialist", "/desk/feedback/add/", "project", "project", heard),
    "FeedbackForm.customer": Case(
        "specialist", "/desk/feedback/add/", "customer", "customer", heard
    ),
    "CallerForm.project": Case(
        "agent", "/desk/calls/{call_id}/caller/", "project", "project", caller
    ),
    "MatterForm.project": Case(
        "specialist", "/desk/calls/{call_id}/", "project", "project", matter
    ),
    "MatterForm.unit": Case("specialist", "/desk/calls/{call_id}/", "unit", "unit", matter),
    "SeatForm.user": Case("service_manager", "/desk/team/seat/", "user", "person", seat),
}
