"""What a receipt pays, what is late, how shares add up (CUS-70)."""

from datetime import date
from decimal import Decimal

import pytest

from customers.payment.mortgage_rules import MortgageState, may_move
from customers.payment.rules import (
    Due,
    allocate,
    balance,
    day_of,
    difference,
    reminder_step,
    spread,
)

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
PLAN = [
    Due(3, Decimal(200), None),
    Due(1, Decimal(300), MAY),
    Due(2, Decimal(500), JUNE),
]


@pytest.mark.parametrize(
    ("received", "paid"),
    [
        (0, [0, 0, 0]),
        (300, [300, 0, 0]),
        (450, [300, 150, 0]),
        (1000, [300, 500, 200]),
        (1200, [300, 500, 200]),
        (-50, [0, 0, 0]),
    ],
)
def test_receipts_pay_the_oldest_first(received: int, paid: list[int]) -> None:
    settled = allocate(PLAN, Decimal(received))
    assert [each.due.position for each in settled] == [1, 2, 3]
    assert [each.paid for each in settled] == paid


@pytest.mark.parametrize(
    ("today", "received", "due", "arrears", "late_since"),
    [
        (MAY, 0, 0, 0, None),  # the day itself is in time
        (date(2026, 5, 2), 0, 300, 300, MAY),
        (date(2026, 5, 2), 300, 300, 0, None),
        (JULY, 350, 800, 450, JUNE),
        (JULY, 100, 800, 700, MAY),
        (JULY, 900, 800, 0, None),
    ],
)
def test_arrears_are_what_was_due_less_what_came(
    today: date, received: int, due: int, arrears: int, late_since: date | None
) -> None:
    found = balance(PLAN, Decimal(received), today=today)
    assert (found.due, found.arrears, found.late_since) == (due, arrears, late_since)
    assert (found.total, found.open) == (1000, max(0, 1000 - received))


def test_shares_of_whole_yuan_leave_nothing_over() -> None:
    shares = spread(Decimal("2877000.55"), [Decimal("33.3"), Decimal("33.3"), Decimal("33.4")])
    assert shares == [Decimal(958041), Decimal(958041), Decimal("960918.55")]
    assert difference(shares, Decimal("2877000.55")) == 0
    assert difference([Decimal(10)], Decimal(12)) == -2


def test_days_count_from_the_signature() -> None:
    assert day_of(days=30, fixed=None, signed_on=MAY) == date(2026, 5, 31)
    assert day_of(days=30, fixed=None, signed_on=None) is None
    assert day_of(days=None, fixed=JUNE, signed_on=MAY) == JUNE


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2026, 5, 24), None),
        (date(2026, 5, 25), "before"),
        (JUNE, "before"),
        (date(2026, 6, 2), "late-1"),
        (date(2026, 6, 7), "late-1"),
        (date(2026, 6, 8), "late-7"),
        (date(2026, 9, 1), "late-30"),
    ],
)
def test_each_reminder_has_its_day(today: date, step: str | None) -> None:
    assert reminder_step(JUNE, today=today, days_before=7, late_days=(30, 1, 7)) == step


def test_a_mortgage_moves_along_its_table_only() -> None:
    allowed = {(a.value, b.value) for a in MortgageState for b in MortgageState if may_move(a, b)}
    assert allowed == {
        ("applied", "supplement"),
        ("applied", "approved"),
        ("applied", "refused"),
        ("supplement", "applied"),
        ("supplement", "approved"),
        ("supplement", "refused"),
        ("approved", "released"),
        ("approved", "refused"),
    }
