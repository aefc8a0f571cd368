"""What a partner earns with a contract, and how much of it is due. Pure.

Source: MKT-68, MKT-70. Amounts are yuan in whole cents, rates are percent of the agreed price.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

CENT: Final = Decimal("0.01")
THOUSANDTH: Final = Decimal("0.001")
HUNDRED: Final = Decimal(100)
NOTHING: Final = Decimal(0)


class Pot(StrEnum):
    """Where commission lies."""

    ACCRUED = "accrued"
    PAYABLE = "payable"
    PAID = "paid"
    OWED = "owed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules of one version; ``tiers`` are the number of the deal and what it adds."""

    base: Decimal
    tiers: tuple[tuple[int, Decimal], ...] = ()
    fast_days: int = 0
    fast_plus: Decimal = NOTHING
    grades: Mapping[str, Decimal]
    cap: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A signed contract: the how manieth of its quarter, days since the lead, former grade."""

    price: Decimal
    number: int
    days: int | None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """The percentage of a deal and the steps it came about by: name and value."""

    percent: Decimal
    parts: tuple[tuple[str, Decimal], ...]

    def of(self, price: Decimal) -> Decimal:
        """Return the commission on ``price``."""
        return (price * self.percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)


def rate_of(deal: Deal, terms: Terms) -> Rate:
    """Return the rate of a deal: base, plus volume, plus speed, times the grade, up to the cap.

    The highest tier that was reached counts alone. Without a grade the rate is not changed.
    """
    parts = [("base", terms.base)]
    reached = [plus for start, plus in terms.tiers if deal.number >= start]
    if reached:
        parts.append(("volume", max(reached)))
    if deal.days is not None and 0 <= deal.days <= terms.fast_days:
        parts.append(("speed", terms.fast_plus))
    percent = sum((value for _name, value in parts), NOTHING)
    factor = terms.grades.get(deal.grade)
    if factor is not None:
        parts.append(("grade", factor))
        percent = percent * factor / HUNDRED
    if percent > terms.cap:
        parts.append(("cap", terms.cap))
        percent = terms.cap
    return Rate(percent.quantize(THOUSANDTH, ROUND_HALF_UP), tuple(parts))


def due_of(amount: Decimal, *, price: Decimal, received: Decimal) -> Decimal:
    """Return how much of a commission is due: the part of the price that was received."""
    if price <= 0 or received <= 0:
        return NOTHING
    part = min(received, price) / price
    return (amount * part).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger says of a deal: still to come, and become due."""

    accrued: Decimal = NOTHING
    due: Decimal = NOTHING


def target_of(amount: Decimal, *, price: Decimal, received: Decimal, stands: bool) -> Booked:
    """Return what the ledger should say of a deal; a deal taken back earns nothing."""
    if not stands:
        return Booked()
    due = due_of(amount, price=price, received=received)
    return Booked(accrued=amount - due, due=due)


@dataclass(frozen=True, slots=True)
class Move:
    """A signed movement of one pot."""

    pot: Pot
    amount: Decimal
    kind: str


def moves_to(target: Booked, booked: Booked, *, payable: Decimal, owed: Decimal) -> list[Move]:
    """Return what brings a deal from ``booked`` to ``target``, nothing where they agree.

    What becomes due first settles what the partner owes. What is taken back comes out of what is
    due and not paid; the rest the partner owes.
    """
    moves = [_move(Pot.ACCRUED, target.accrued - booked.accrued, _kind(target, booked))]
    change = target.due - booked.due
    if change > 0:
        settled = min(change, owed)
        moves += [
            _move(Pot.OWED, -settled, "settle"),
            _move(Pot.PAYABLE, change - settled, "release"),
        ]
    elif change < 0:
        taken = min(-change, payable)
        moves += [
            _move(Pot.PAYABLE, -taken, "clawback"),
            _move(Pot.OWED, -change - taken, "clawback"),
        ]
    return [move for move in moves if move.amount]


def _kind(target: Booked, booked: Booked) -> str:
    whole = target.accrued + target.due - booked.accrued - booked.due
    if whole > 0:
        return "accrual"
    return "clawback" if whole < 0 else "release"


def _move(pot: Pot, amount: Decimal, kind: str) -> Move:
    return Move(pot, amount, kind)
