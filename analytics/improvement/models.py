"""Tables of improvement."""

from analytics.improvement.people_models import (
    Appeal,
    Appraisal,
    AppraisalLine,
    BonusLine,
    BonusRun,
    Honour,
    IncentiveAccount,
    IncentiveEntry,
    StarAward,
    StarNomination,
    StarVote,
)
from analytics.improvement.programme_models import (
    Finding,
    ItemResource,
    PdcaEvent,
    PdcaItem,
    PhaseGate,
    Programme,
    ProgrammeEvaluation,
    Workshop,
)

__all__ = [
    "Appeal",
    "Appraisal",
    "AppraisalLine",
    "BonusLine",
    "BonusRun",
    "Finding",
    "Honour",
    "IncentiveAccount",
    "IncentiveEntry",
    "ItemResource",
    "PdcaEvent",
    "PdcaItem",
    "PhaseGate",
    "Programme",
    "ProgrammeEvaluation",
    "StarAward",
    "StarNomination",
    "StarVote",
    "Workshop",
]
