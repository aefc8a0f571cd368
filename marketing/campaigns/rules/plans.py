"""Plan against what happened: slippage and the share of what was not planned (MKT-05). Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from marketing.campaigns.rules.effect import rounded, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A campaign as the report of plans reads it."""

    planned_start: dt.date
    planned_end: dt.date
    start: dt.date | None
    end: dt.date | None
    is_unplanned: bool


@dataclass(frozen=True, slots=True)
class Discipline:
    """How closely plans were kept; ``slippage`` is in days per activity, None without any begun."""

    number: int
    unplanned: int
    unplanned_share: Decimal | None
    slippage: Decimal | None


def slippage(activity: Activity) -> int | None:
    """Return the days an activity lies behind its plan, by its end, else by its start.

    Negative days were early. None while it has not begun.
    """
    if activity.end is not None:
        return (activity.end - activity.planned_end).days
    if activity.start is not None:
        return (activity.start - activity.planned_start).days
    return None


def discipline(activities: Sequence[Activity]) -> Discipline:
    """Return how closely the plans of activities were kept."""
    unplanned = sum(1 for one in activities if one.is_unplanned)
    days = [found for one in activities if (found := slippage(one)) is not None]
    mean = rounded(Decimal(sum(days)) / len(days)) if days else None
    return Discipline(len(activities), unplanned, share(unplanned, len(activities)), mean)


def parts_of(budget: Decimal, shares: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Return the part of a budget for each channel by its share in percent, the largest first.

    Parts are cut to the cent; where the shares make 100 the last channel gets the cents left over.
    """
    order = sorted(shares, key=lambda code: (-shares[code], code))
    cent, whole = Decimal("0.01"), sum(shares.values(), Decimal(0)) == 100
    parts = [(code, (budget * shares[code] / 100).quantize(cent, ROUND_DOWN)) for code in order]
    if parts and whole:
        code, part = parts[-1]
        parts[-1] = (code, part + budget - sum((one for _code, one in parts), Decimal(0)))
    return parts
