"""The tables of segments, opportunities and recommendations."""

from marketing.segments.models.chances import InfoSend, Opportunity, Recommendation
from marketing.segments.models.segments import (
    Segment,
    SegmentPick,
    SegmentSnapshot,
    SnapshotMember,
)
from marketing.segments.models.upkeep import (
    Holding,
    HousingSpend,
    InvestorInterest,
    AudiencePlacement,
    ProgrammeStep,
    ServiceUse,
)

__all__ = [
    "Holding",
    "HousingSpend",
    "InfoSend",
    "InvestorInterest",
    "Opportunity",
    "AudiencePlacement",
    "ProgrammeStep",
    "Recommendation",
    "Segment",
    "SegmentPick",
    "SegmentSnapshot",
    "ServiceUse",
    "SnapshotMember",
]
