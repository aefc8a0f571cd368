"""The steps of marketing planning for a project: brief, proposal, review, approval … Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PlanningState(StrEnum):
    """How far the plan of a phase is (MKT-06)."""

    BRIEF = "brief"
    PROPOSAL = "proposal"
    REVIEW = "review"
    ASKED = "asked"
    APPROVED = "approved"
    HANDED_OUT = "handed_out"
    REVIEWED = "reviewed"


FOLLOWING: Final[Mapping[PlanningState, PlanningState]] = {
    PlanningState.BRIEF: PlanningState.PROPOSAL,
    PlanningState.PROPOSAL: PlanningState.REVIEW,
    PlanningState.REVIEW: PlanningState.ASKED,
    PlanningState.ASKED: PlanningState.APPROVED,
    PlanningState.APPROVED: PlanningState.HANDED_OUT,
    PlanningState.HANDED_OUT: PlanningState.REVIEWED,
}
# What has to be written to reach a state.
NEEDED: Final[Mapping[PlanningState, str]] = {
    PlanningState.PROPOSAL: "proposal",
    PlanningState.REVIEW: "verdict",
    PlanningState.HANDED_OUT: "handed_to",
    PlanningState.REVIEWED: "lessons",
}
BY_APPROVAL: Final = frozenset({PlanningState.APPROVED})


def next_by_hand(state: PlanningState) -> PlanningState | None:
    """Return the state a person may take the plan to, None where a signature or nothing follows."""
    found = FOLLOWING.get(state)
    return None if found is None or found in BY_APPROVAL else found
