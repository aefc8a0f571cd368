"""The way of a repair from the report to the owner's acceptance, and of its charge-back. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """How far a repair has come."""

    REPORTED = "reported"
    DISPATCHED = "dispatched"
    VISITED = "visited"
    REPAIRED = "repaired"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class Step(StrEnum):
    """What happens to a repair (SVC-99: report, visit, plan, repair, customer signs)."""

    REPORT = "report"
    CLASSIFY = "classify"
    DISPATCH = "dispatch"
    VISIT = "visit"
    REPAIR = "repair"
    ACCEPT = "accept"
    REFUSE = "refuse"
    REOPEN = "reopen"
    DROP = "drop"


OPEN = frozenset({Stage.REPORTED, Stage.DISPATCHED, Stage.VISITED, Stage.REPAIRED})
# step -> from which stages, to which stage (None: it stays)
STEPS: Mapping[Step, tuple[frozenset[Stage], Stage | None]] = {
    Step.CLASSIFY: (OPEN, None),
    Step.DISPATCH: (frozenset({Stage.REPORTED, Stage.DISPATCHED}), Stage.DISPATCHED),
    Step.VISIT: (frozenset({Stage.DISPATCHED}), Stage.VISITED),
    Step.REPAIR: (frozenset({Stage.VISITED}), Stage.REPAIRED),
    Step.ACCEPT: (frozenset({Stage.REPAIRED}), Stage.ACCEPTED),
    Step.REFUSE: (frozenset({Stage.REPAIRED}), Stage.REPORTED),
    Step.REOPEN: (frozenset({Stage.ACCEPTED}), Stage.REPORTED),
    Step.DROP: (OPEN, Stage.DROPPED),
}


def may_step(stage: Stage, step: Step) -> bool:
    """Return whether ``step`` is possible at ``stage``."""
    return step in STEPS and stage in STEPS[step][0]


def after(stage: Stage, step: Step) -> Stage:
    """Return the stage after ``step``."""
    target = STEPS[step][1]
    return stage if target is None else target


class Outcome(StrEnum):
    """What the owner said about the work of one contractor."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class ChargeState(StrEnum):
    """How far a charge-back has come."""

    CLAIMED = "claimed"
    AGREED = "agreed"
    DISPUTED = "disputed"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


CHARGE_MOVES: Mapping[ChargeState, frozenset[ChargeState]] = {
    ChargeState.CLAIMED: frozenset(
        {ChargeState.AGREED, ChargeState.DISPUTED, ChargeState.WITHDRAWN}
    ),
    ChargeState.DISPUTED: frozenset({ChargeState.AGREED, ChargeState.WITHDRAWN}),
    ChargeState.AGREED: frozenset({ChargeState.SETTLED}),
    ChargeState.SETTLED: frozenset(),
    ChargeState.WITHDRAWN: frozenset(),
}
