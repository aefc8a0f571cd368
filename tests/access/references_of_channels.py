"""The references of channels: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def code(world: World) -> dict[str, Any]:
    return {"label": "海报", "channel": world.values["channel_id"], "project": world.project.pk}


def partner(world: World) -> dict[str, Any]:
    return {"name": "中原地产", "channel": world.values["channel_id"], "is_everywhere": "on"}


def account(world: World) -> dict[str, Any]:
    return {"platform": "weibo", "handle": "anju-2", "channel": world.values["channel_id"]}


CHANNELS_CASES: dict[str, Case] = {
    "CodeForm.project": Case("channel", "/channels/codes/add/", "project", "project", code),
    "PartnerForm.territory": Case("channel", "/partners/add/", "territory", "project", partner),
    "AccountForm.project": Case("channel", "/channels/media/add/", "project", "project", account),
}
