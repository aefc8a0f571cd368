"""The tables of segments, opportunities and recommendations."""

from marketing.segments.models.segments import (
    Segment,
    SegmentPick,
    SegmentSnapshot,
    SnapshotMember,
)

__all__ = ["Segment", "SegmentPick", "SegmentSnapshot", "SnapshotMember"]
