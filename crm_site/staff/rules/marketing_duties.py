"""What each role may do in marketing, part by part (PLT-13). Pure."""

from collections.abc import Mapping

# planning: role -> rights
PLANNING: Mapping[str, set[str]] = {}

# campaigns: role -> rights
CAMPAIGNS: Mapping[str, set[str]] = {}

# content: role -> rights
CONTENT: Mapping[str, set[str]] = {}

# channels: role -> rights
CHANNELS: Mapping[str, set[str]] = {}

# attribution: role -> rights
ATTRIBUTION: Mapping[str, set[str]] = {}

# segments: role -> rights
_SEE_SEGMENTS = {"marketing.view_segments"}
_KEEP_SEGMENTS = _SEE_SEGMENTS | {"marketing.keep_segments"}
_SEE_CHANCES = {"marketing.view_opportunities", "marketing.view_programme"}
_WORK_CHANCES = _SEE_CHANCES | {"marketing.work_opportunities", "marketing.send_information"}
SEGMENTS: Mapping[str, set[str]] = {
    "consultant": _WORK_CHANCES,
    "supervisor": _WORK_CHANCES | {"marketing.run_programme"},
    "marketing": _KEEP_SEGMENTS
    | _SEE_CHANCES
    | {"marketing.export_segments", "marketing.send_information", "marketing.run_programme"},
    "channel": _SEE_SEGMENTS,
    "executive": _KEEP_SEGMENTS | _SEE_CHANCES | {"marketing.run_programme"},
    "head_office": _SEE_SEGMENTS | _SEE_CHANCES,
}

# messaging: role -> rights
MESSAGING: Mapping[str, set[str]] = {}

# promotions: role -> rights
PROMOTIONS: Mapping[str, set[str]] = {}

# selling: role -> rights
SELLING: Mapping[str, set[str]] = {}

PARTS = (
    PLANNING,
    CAMPAIGNS,
    CONTENT,
    CHANNELS,
    ATTRIBUTION,
    SEGMENTS,
    MESSAGING,
    PROMOTIONS,
    SELLING,
)


def marketing_duties(role: str) -> set[str]:
    """Return the rights of ``role`` in marketing."""
    return {right for part in PARTS for right in part.get(role, ())}
