"""The steps of the annual plan and which of them are late (MKT-03). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

STEPS = ("draft", "revise", "issue", "carry_out")


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """What there is of the plan of a year: a draft, sent for approval, approved."""

    is_drafted: bool = False
    is_submitted: bool = False
    is_approved: bool = False

    def has(self, step: str) -> bool:
        """Return whether ``step`` is done."""
        if step == "draft":
            return self.is_drafted
        if step == "revise":
            return self.is_submitted
        return self.is_approved


def deadlines(year: int, days_before: Mapping[str, int]) -> dict[str, date]:
    """Return the last day of each step for the plan of ``year``; carrying out starts it."""
    first = date(year, 1, 1)
    return {step: first - timedelta(days=days_before.get(step, 0)) for step in STEPS}


def year_to_watch(today: date, days_before: Mapping[str, int]) -> int:
    """Return whose plan is watched: next year's once its draft is due, else this year's."""
    following = today.year + 1
    return following if today >= deadlines(following, days_before)["draft"] else today.year


def late_steps(
    year: int, standing: PlanStanding, *, today: date, days_before: Mapping[str, int]
) -> list[str]:
    """Return the steps whose time has come and that are not done, in order.

    The year's first day is late by itself: a plan has to be approved before it starts.
    """
    ends = deadlines(year, days_before)
    return [
        step
        for step in STEPS
        if not standing.has(step)
        and (today > ends[step] or (step == "carry_out" and today >= ends[step]))
    ]
