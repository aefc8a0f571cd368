"""The tables of segments, opportunities and recommendations."""

from marketing.segments.models.chances import InfoSend, Opportunity, Recommendation
from marketing.segments.models.segments import (
    Segment,
    SegmentPick,
    SegmentSnapshot,
    SnapshotMember,
)
from marketing.segments.models.upkeep import (
    AudiencePlacement,
    Holding,
    HousingSpend,
    InvestorInterest,
    ProgrammeStep,
    ServiceUse,
)

__all__ = [
    "AudiencePlacement",
    "Holding",
    "HousingSpend",
    "InfoSend",
    "InvestorInterest",
    "Opportunity",
    "ProgrammeStep",
    "Recommendation",
    "Segment",
    "SegmentPick",
    "SegmentSnapshot",
    "ServiceUse",
    "SnapshotMember",
]
