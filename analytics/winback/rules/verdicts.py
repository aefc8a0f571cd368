"""Whether a customer came back within the days of the policy (CUS-107). Pure.

One rule for both arms: what the customer did, never what anybody says about it.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analytics.winback.rules.words import Behaviour, Ending, Verdict


@dataclass(frozen=True, slots=True)
class Came:
    """What the customer did first, and when."""

    behaviour: Behaviour
    at: dt.datetime


def first_move(
    found: Mapping[Behaviour, dt.datetime],
    *,
    wanted: Collection[Behaviour],
    since: dt.datetime,
    until: dt.datetime,
) -> Came | None:
    """Return the earliest wanted behaviour after ``since`` and before ``until``."""
    moves = [
        Came(behaviour, at)
        for behaviour, at in found.items()
        if behaviour in wanted and since < at < until
    ]
    return min(moves, key=lambda came: (came.at, came.behaviour.value), default=None)


def verdict(
    *,
    came: Came | None,
    lost_on: dt.date | None,
    ending: str,
    until: dt.datetime,
    now: dt.datetime,
) -> Verdict | None:
    """Return what became of the customer, None while it is open.

    A loss from the day of the return on, before the end, takes the return away. Who became
    another record or got the keys leaves the count of both arms; who refuses to be contacted stays
    in it as not recovered, because being called may have been the reason.
    """
    if came is not None and (lost_on is None or lost_on < came.at.date()):
        return Verdict.RECOVERED
    if ending in (Ending.MERGED, Ending.HANDED_OVER):
        return Verdict.EXCLUDED
    if now >= until or (came is not None and lost_on is not None):
        return Verdict.NOT_RECOVERED
    return None
