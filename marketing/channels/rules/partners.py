"""When leads of a partner are taken, when it is suspended or looked at again. Pure.

Source: MKT-67, MKT-72, MKT-73.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from marketing.channels.rules.kinds import PartnerState


class Bar(StrEnum):
    """What keeps leads of a partner from being taken."""

    CANDIDATE = "candidate"
    SUSPENDED = "suspended"
    ENDED = "ended"
    NO_CONTRACT = "no_contract"
    NOT_BEGUN = "not_begun"
    EXPIRED = "expired"
    LICENCE = "licence"
    TERRITORY = "territory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is asked of a partner before a lead; days are calendar days in Shanghai."""

    state: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    licence_until: dt.date | None
    covers_project: bool


def bar_of(partner: Standing, today: dt.date) -> Bar | None:
    """Return what keeps leads from being taken on ``today``, None where nothing does.

    The last day of contract and licence still counts.
    """
    by_state = {
        PartnerState.CANDIDATE: Bar.CANDIDATE,
        PartnerState.SUSPENDED: Bar.SUSPENDED,
        PartnerState.ENDED: Bar.ENDED,
    }
    barred = by_state.get(PartnerState(partner.state))
    checks = (
        (barred, barred is not None),
        (Bar.NO_CONTRACT, partner.starts_on is None or partner.ends_on is None),
        (Bar.NOT_BEGUN, partner.starts_on is not None and today < partner.starts_on),
        (Bar.EXPIRED, partner.ends_on is not None and today > partner.ends_on),
        (Bar.LICENCE, partner.licence_until is not None and today > partner.licence_until),
        (Bar.TERRITORY, not partner.covers_project),
    )
    return next((bar for bar, is_so in checks if is_so), None)


def suspends(breaches: Sequence[dt.date], *, today: dt.date, limit: int, days: int) -> bool:
    """Return whether the breaches of the last ``days`` days reach the limit (MKT-72)."""
    first = today - dt.timedelta(days=days)
    return sum(first < on <= today for on in breaches) >= limit


def needs_review(scores: Sequence[Decimal], *, least: Decimal, times: int) -> bool:
    """Return whether the last ``times`` checks, oldest first, were all below (MKT-73)."""
    last = list(scores)[-times:]
    return len(last) == times and all(score < least for score in last)
