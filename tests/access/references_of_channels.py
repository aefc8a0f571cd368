"""The references of channels: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def channel(_world: World) -> dict[str, Any]:
    return {"code": "walk_in", "name": "自访", "type": "offline", "subtype": "walk_in"}


def code(world: World) -> dict[str, Any]:
    own = {"channel": world.service["channel_id"], "project": world.project.pk}
    return {"label": "海报"} | own


def partner(world: World) -> dict[str, Any]:
    own = {"channel": world.service["channel_id"]}
    return {"name": "中原地产", "is_everywhere": "on"} | own


def account(world: World) -> dict[str, Any]:
    own = {"channel": world.service["channel_id"]}
    return {"platform": "weibo", "handle": "anju-2"} | own


def breach(_world: World) -> dict[str, Any]:
    return {"kind": "promise", "on": "2026-01-05", "note": "承诺返现"}


CODES, PARTNERS, MEDIA = "/channels/codes/add/", "/partners/add/", "/channels/media/add/"
CHANNELS_CASES: dict[str, Case] = {
    "ChannelForm.owner": Case("channel", "/channels/add/", "owner", "person", channel),
    "CodeForm.project": Case("channel", CODES, "project", "project", code),
    "CodeForm.campaign": Case("channel", CODES, "campaign", "campaign", code),
    "CodeForm.partner": Case("channel", CODES, "partner", "partner", code),
    "PartnerForm.territory": Case("channel", PARTNERS, "territory", "project", partner, many=True),
    "PartnerForm.owner": Case("channel", PARTNERS, "owner", "person", partner),
    "BreachForm.staff": Case(
        "channel", "/partners/{partner_id}/breach/", "staff", "agent_of_partner", breach
    ),
    "AccountForm.project": Case("channel", MEDIA, "project", "project", account),
    "AccountForm.owner": Case("channel", MEDIA, "owner", "person", account),
}
