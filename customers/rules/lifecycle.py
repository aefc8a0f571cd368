"""Buying stages, the phases of the relationship they stand for, and the days in each. Pure.

Source: CUS-20, CUS-21; where a lead puts a customer is ``axes.POSITIONS``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from customers.rules.axes import POSITIONS, BuyingStage, CustomerClass, LeadState, Phase

STAGES: Final = tuple(BuyingStage)
DAY: Final = timedelta(days=1)
# Classes of those who have bought (CUS-08).
OWNERS: Final = (
    CustomerClass.FIRST_PURCHASE,
    CustomerClass.EXISTING,
    CustomerClass.HIGH_VALUE,
)
# The mapping table of CUS-21; ``churned`` is in it for no stage: only the churn rule gives it.
PHASE_OF_STAGE: Final[Mapping[BuyingStage, Phase]] = {
    BuyingStage.PREPARING: Phase.POTENTIAL,
    BuyingStage.WATCHING: Phase.NEW,
    BuyingStage.DECIDING: Phase.ACTIVE,
    BuyingStage.SIGNING: Phase.ACTIVE,
    BuyingStage.MOVED_IN: Phase.ACTIVE,
}
# From a stage to those a person may set; events go forward by any number of stages.
STAGE_MOVES: Final[Mapping[BuyingStage, tuple[BuyingStage, ...]]] = {
    BuyingStage.PREPARING: (BuyingStage.WATCHING, BuyingStage.DECIDING),
    BuyingStage.WATCHING: (BuyingStage.PREPARING, BuyingStage.DECIDING),
    BuyingStage.DECIDING: (BuyingStage.PREPARING, BuyingStage.WATCHING, BuyingStage.SIGNING),
    BuyingStage.SIGNING: (BuyingStage.DECIDING, BuyingStage.MOVED_IN),
    BuyingStage.MOVED_IN: (BuyingStage.WATCHING, BuyingStage.SIGNING),
}


class ServicePhase(StrEnum):
    """What the company does for a customer, by phase of the relationship (CUS-21)."""

    FIRST_CONTACT = "first_contact"
    PURCHASE_DECISION = "purchase_decision"
    MOVE_IN_MAINTENANCE = "move_in_maintenance"
    EXIT = "exit"


SERVICE_PHASE_OF_STAGE: Final[Mapping[BuyingStage, ServicePhase]] = {
    BuyingStage.PREPARING: ServicePhase.FIRST_CONTACT,
    BuyingStage.WATCHING: ServicePhase.FIRST_CONTACT,
    BuyingStage.DECIDING: ServicePhase.PURCHASE_DECISION,
    BuyingStage.SIGNING: ServicePhase.PURCHASE_DECISION,
    BuyingStage.MOVED_IN: ServicePhase.MOVE_IN_MAINTENANCE,
}


def stage_after_event(current: BuyingStage, wanted: BuyingStage) -> BuyingStage:
    """Return where an event that means ``wanted`` puts a customer: forward, never back."""
    return max(current, wanted, key=STAGES.index)


def stage_of_lead(state: LeadState) -> BuyingStage | None:
    """Return the stage a lead in ``state`` stands for; ``None`` for a lost one (CUS-20)."""
    position = POSITIONS.get(state)
    return position.stage if position else None


def may_set_stage(from_: BuyingStage, to: BuyingStage) -> bool:
    """Return whether a person may move a customer from ``from_`` to ``to``."""
    return to in STAGE_MOVES[from_]


def phase_of(stage: BuyingStage, customer_class: CustomerClass) -> Phase:
    """Return the phase of a customer that has not churned; who has bought is never below active."""
    return Phase.ACTIVE if customer_class in OWNERS else PHASE_OF_STAGE[stage]


def service_phase_of(stage: BuyingStage, phase: Phase) -> ServicePhase:
    """Return the service phase: exit once churned, else that of the stage."""
    return ServicePhase.EXIT if phase is Phase.CHURNED else SERVICE_PHASE_OF_STAGE[stage]


@dataclass(frozen=True, slots=True)
class Span:
    """One stay in a stage; ``until`` None means it lasts. Days are whole, rounded down."""

    stage: BuyingStage
    since: datetime
    until: datetime | None
    days: int


def stage_spans(
    moves: Iterable[tuple[datetime, BuyingStage, BuyingStage]],
    *,
    current: BuyingStage,
    started_at: datetime,
    now: datetime,
) -> list[Span]:
    """Return the stays in order of time, the first from ``started_at`` on (CUS-20).

    ``moves`` are (moment, from, to); one from a stage to itself is a note and ends no stay.
    """
    found: list[Span] = []
    since, stage = started_at, None
    for at, from_, to in sorted(moves, key=lambda move: move[0]):
        if from_ is to:
            continue
        found.append(_span(from_, min(since, at), at, now))
        since, stage = at, to
    found.append(_span(stage or current, since, None, now))
    return found


def days_by_stage(spans: Iterable[Span]) -> dict[BuyingStage, int]:
    """Return the days in each stage that was ever entered, repeated stays added up."""
    total: dict[BuyingStage, int] = {}
    for span in spans:
        total[span.stage] = total.get(span.stage, 0) + span.days
    return total


def _span(stage: BuyingStage, since: datetime, until: datetime | None, now: datetime) -> Span:
    length = max((until or now) - since, timedelta(0))
    return Span(stage, since, until, length // DAY)
