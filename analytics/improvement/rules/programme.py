"""Phases of a programme with their gates (ANA-60), its score in three dimensions (ANA-67). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from analytics.reviews.rules.attained import CENT


class Phase(StrEnum):
    """The three phases, and the end."""

    DIAGNOSIS = "diagnosis"
    IMPLEMENTATION = "implementation"
    EVALUATION = "evaluation"
    CLOSED = "closed"


NEXT = {
    Phase.DIAGNOSIS: Phase.IMPLEMENTATION,
    Phase.IMPLEMENTATION: Phase.EVALUATION,
    Phase.EVALUATION: Phase.CLOSED,
}
# dimension -> KPIs whose attainment makes its score
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "customer": ("csat", "churn_rate"),
    "business": ("recovery_rate", "conversion_rate", "repurchase_broad"),
    "process": ("complaint_timeliness",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a gate looks at."""

    workshops: int = 0
    findings: int = 0
    findings_open: int = 0
    items: int = 0
    tracks: frozenset[str] = frozenset()
    planning: int = 0  # items that have not started
    unchecked: int = 0  # items without a measured result
    unfinished: int = 0
    evaluations: int = 0


def gate(phase: str, at: Standing) -> list[str]:
    """Return what keeps a programme from leaving ``phase``; nothing where the gate is open."""
    asked: dict[str, tuple[tuple[bool, str], ...]] = {
        Phase.DIAGNOSIS: (
            (at.workshops == 0, "workshop"),
            (at.findings == 0, "findings"),
            (at.findings_open > 0, "findings_open"),
            (at.tracks < {"short", "long"}, "tracks"),
        ),
        Phase.IMPLEMENTATION: (
            (at.items == 0, "items"),
            (at.planning > 0, "planning"),
            (at.unchecked > 0, "unchecked"),
        ),
        Phase.EVALUATION: (
            (at.unfinished > 0, "unfinished"),
            (at.evaluations == 0, "evaluation"),
        ),
    }
    return [key for is_missing, key in asked.get(phase, ()) if is_missing]


def mean(values: list[Decimal]) -> Decimal | None:
    """Return the mean to two places, None of nothing."""
    if not values:
        return None
    return (sum(values, Decimal(0)) / len(values)).quantize(CENT, ROUND_HALF_UP)


def three_scores(
    shares: Mapping[str, list[Decimal]],
) -> tuple[dict[str, Decimal | None], Decimal | None]:
    """Return the score of each dimension and of all; the total needs all three."""
    found = {key: mean(list(shares.get(key, []))) for key in DIMENSIONS}
    known = [value for value in found.values() if value is not None]
    return found, mean(known) if len(known) == len(DIMENSIONS) else None
