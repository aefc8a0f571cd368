"""What follows a defect: other apps, such as repairs, act in the transaction that changes it.

A defect is whole without them: it is found, repaired and re-checked here.
"""

from collections.abc import Callable
from datetime import datetime

from crm_site.staff.models import User
from customers.handover.models import UnitDefect
from customers.handover.rules import DefectStep

DefectFollowUp = Callable[[UnitDefect, DefectStep, User, datetime], None]

_follow_ups: dict[str, DefectFollowUp] = {}


def register_defect_follow_up(key: str, run: DefectFollowUp) -> None:
    """Let ``run`` act after every step of a defect, in its transaction; again replaces it."""
    _follow_ups[key] = run


def forget_defect_follow_up(key: str) -> None:
    """Take a follow-up out again."""
    _follow_ups.pop(key, None)


def follow_defect(defect: UnitDefect, step: DefectStep, *, actor: User, now: datetime) -> None:
    """Run what follows a step of a defect."""
    for run in _follow_ups.values():
        run(defect, step, actor, now)
