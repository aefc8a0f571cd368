"""The references of groups; part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def crisis(_world: World) -> dict[str, Any]:
    return {"subject": "外墙脱落", "body": "3栋外墙砖脱落。", "level": "2"}


GROUPS_CASES: dict[str, Case] = {
    "RoomForm.project": Case(
        "service_manager", "/tickets/crises/add/", "project", "project", crisis
    ),
    "DutyForm.user": Case(
        "service_manager",
        "/tickets/crises/{room_id}/duties/",
        "user",
        "manager",
        lambda _w: {"duty": "site"},
    ),
}
