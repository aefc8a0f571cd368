"""The segment of a campaign: offered, asked for before the launch, frozen at it (MKT-77)."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketing.campaigns import hooks
from marketing.campaigns.rules.states import CampaignState
from marketing.segments.models import Segment, SegmentSnapshot
from marketing.segments.querysets import VIEW
from marketing.segments.services.freezing import freeze

NAME: Final = "segments"


def use_of(campaign: Any) -> str:
    """Return what a snapshot for a campaign is frozen for."""
    return f"campaign:{campaign.code}"


def offered(user: Any) -> list[tuple[int, str]]:
    """Return the segments a person can make a campaign for."""
    rows = Segment.objects.visible_to(user).in_use().order_by("name", "pk")
    return [(row.pk, str(row)) for row in rows]


def against(campaign: Any, _now: datetime) -> str | None:
    """Return what a segment put away since says against the launch."""
    if campaign.segment_id is None:
        return None
    row = Segment.objects.filter(pk=campaign.segment_id).first()
    if row is not None and row.is_active:
        return None
    return _("The segment “%(name)s” was put away. Choose another one.") % {"name": row or ""}


def freeze_at_launch(campaign: Any, state: str, actor: Any, now: datetime) -> None:
    """Keep what the segment holds in the moment of the launch, in its transaction."""
    if state == CampaignState.RUNNING and campaign.segment_id is not None:
        segment = Segment.objects.get(pk=campaign.segment_id)
        freeze(segment, actor=actor, now=now, use=use_of(campaign))


def card(campaign: Any, user: Any) -> dict[str, Any]:
    """Return the segment of a campaign with its snapshot; at most two queries."""
    if campaign.segment_id is None:
        return {}
    segment = Segment.objects.visible_to(user).filter(pk=campaign.segment_id).first()
    frozen = SegmentSnapshot.objects.filter(segment=campaign.segment_id, use=use_of(campaign))
    return {
        "segment": segment,
        "is_hidden": segment is None,
        "snapshot": frozen.select_related("taken_by").first(),
    }


def register() -> None:
    """Make segments known to campaigns."""
    hooks.register_segment_source(NAME, offered)
    hooks.register_launch_gate(NAME, against)
    hooks.register_follow_up(NAME, freeze_at_launch)
    hooks.register_campaign_panel(
        hooks.Panel(
            key="segment",
            title=gettext_lazy("Segment"),
            template="marketing/segments/_campaign.html",
            build=card,
            permission=VIEW,
        )
    )
