"""Which red warnings are left alone, so that the effect of the others can be measured (BEY-04).

The draw is a hash of a seed, the quarter and the customer: anybody can compute it again, nobody can
steer it, and a second run of a job draws the same. Within a quarter a customer stays on one side;
the next quarter draws anew, so that nobody is left alone for ever. Pure.
"""

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Final

from analytics.winback.rules.words import Arm

SPACE: Final = 2**53


def quarter_of(day: dt.date) -> str:
    """Return the quarter a day lies in, such as 2026Q2."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def number_of(*, seed: str, quarter: str, customer_id: int) -> float:
    """Return the number from 0 to below 1 that is drawn for a customer in a quarter."""
    digest = hashlib.sha256(f"{seed}|{quarter}|{customer_id}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") % SPACE) / SPACE


def arm_of(number: float, *, share: Decimal) -> Arm:
    """Return the arm: ``share`` (0 to 1) of all numbers are left alone."""
    return Arm.CONTROL if number < float(share) else Arm.TREATED
