"""How a plan adds up, what a receipt pays, what is late. Pure.

Source: CUS-70. Amounts are yuan with two decimals, days are calendar days in Shanghai.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

NOTHING: Final = Decimal(0)
WHOLE: Final = Decimal(1)
BEFORE: Final = "before"


class ReceiptKind(StrEnum):
    """What a row of money is: paid in, paid back, or an entry made undone by its opposite."""

    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment: what is to be paid, and by which day (None: not known before signing)."""

    position: int
    amount: Decimal
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Settled:
    """An instalment with what receipts have paid of it."""

    due: Due
    paid: Decimal

    @property
    def open(self) -> Decimal:
        """What is still to be paid of it."""
        return self.due.amount - self.paid

    def days_late(self, today: date) -> int:
        """Return how many days the open rest is late; 0 while it is paid or not yet due."""
        if self.open <= 0 or self.due.due_on is None:
            return 0
        return max(0, (today - self.due.due_on).days)


@dataclass(frozen=True, slots=True)
class Balance:
    """A schedule against what was received, on one day."""

    total: Decimal
    due: Decimal
    received: Decimal
    late_since: date | None

    @property
    def arrears(self) -> Decimal:
        """What is due and not received; never below 0."""
        return max(NOTHING, self.due - self.received)

    @property
    def open(self) -> Decimal:
        """What is still to be paid in all; never below 0."""
        return max(NOTHING, self.total - self.received)


def in_order(lines: Iterable[Due]) -> list[Due]:
    """Return instalments as they are paid: by day, then by place; without a day last."""
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.position))


def allocate(lines: Iterable[Due], received: Decimal) -> list[Settled]:
    """Return the instalments with what ``received`` pays of each, the oldest first."""
    rest, found = max(NOTHING, received), []
    for line in in_order(lines):
        paid = min(rest, line.amount)
        rest -= paid
        found.append(Settled(line, paid))
    return found


def balance(lines: Sequence[Due], received: Decimal, *, today: date) -> Balance:
    """Return what is due by ``today`` and since when the oldest open part of it is late."""
    settled = allocate(lines, received)
    late = [each.due.due_on for each in settled if each.days_late(today) > 0]
    return Balance(
        total=sum((line.amount for line in lines), NOTHING),
        due=sum((line.amount for line in lines if line.due_on and line.due_on < today), NOTHING),
        received=received,
        late_since=late[0] if late else None,
    )


def day_of(*, days: int | None, fixed: date | None, signed_on: date | None) -> date | None:
    """Return the day an instalment is due: fixed, or so many days after the signature."""
    if days is None:
        return fixed
    return signed_on + timedelta(days=days) if signed_on else None


def spread(total: Decimal, percents: Sequence[Decimal]) -> list[Decimal]:
    """Return ``total`` in shares of whole yuan; the last one takes what is left."""
    shares = [(total * one / 100).quantize(WHOLE, ROUND_DOWN) for one in percents[:-1]]
    return [*shares, total - sum(shares, NOTHING)] if percents else []


def difference(amounts: Iterable[Decimal], total: Decimal) -> Decimal:
    """Return by how much instalments exceed the total; below 0 they fall short."""
    return sum(amounts, NOTHING) - total


def reminder_step(
    due_on: date, *, today: date, days_before: int, late_days: Sequence[int]
) -> str | None:
    """Return the reminder an open instalment is at: "before", "late-<days>" or None for none.

    Of several steps passed only the last is told, so a plan entered late brings one message.
    """
    if due_on >= today:
        return BEFORE if (due_on - today).days <= days_before else None
    passed = [days for days in sorted(late_days) if (today - due_on).days >= days]
    return f"late-{passed[-1]}" if passed else None
