"""The five stages of the communication process and how long each took (CUS-43). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from customers.rules.axes import CaseStage

Stamps = Mapping[str, Mapping[str, object]]  # stage -> {"at": ISO moment, "by": user id or None}


def may_stamp(stamps: Stamps, stage: CaseStage) -> bool:
    """Return whether ``stage`` may be entered: every case begins by collecting the need."""
    return stage is CaseStage.COLLECT_NEED or CaseStage.COLLECT_NEED.value in stamps


def next_stage(stamps: Stamps) -> CaseStage | None:
    """Return the stage after the furthest one entered, ``None`` after the last one."""
    order = list(CaseStage)
    furthest = max(
        (place for place, stage in enumerate(order) if stage.value in stamps), default=-1
    )
    return order[furthest + 1] if furthest + 1 < len(order) else None


def stage_durations(
    stamps: Stamps, *, received_at: datetime, now: datetime
) -> dict[CaseStage, timedelta]:
    """Return how long each entered stage took to be reached from the one before it.

    The first counts from the enquiry; a stage that is not entered has no duration.
    """
    durations: dict[CaseStage, timedelta] = {}
    before = received_at
    for stage in CaseStage:
        stamp = stamps.get(stage.value)
        if stamp is None:
            continue
        at = min(datetime.fromisoformat(str(stamp["at"])), now)
        durations[stage] = max(at - before, timedelta(0))
        before = max(before, at)
    return durations
