"""The arithmetic of prices, in tables."""

from datetime import date
from decimal import Decimal

import pytest

from customers.pricing.rules import (
    CHAIN,
    DIRECT_LIST,
    SIGN_LIST,
    Change,
    Moved,
    Rates,
    breakdown,
    changed_unit_price,
    discount_steps,
    expected_churn,
    expected_compensation,
    in_wan,
    list_steps,
    months_before,
    movement_of,
    price_of,
    quarter_of,
)


@pytest.mark.parametrize(
    ("each", "area", "share", "total", "floor"),
    [
        ("20000", "98.20", "0.95", "1964000.00", "1865800.00"),
        ("28616.33", "128.60", "1", "3680060.00", "3680060.00"),
        ("0.01", "50", "0.5", "1.00", "1.00"),
    ],
)
def test_a_price_is_rounded_to_the_yuan(each, area, share, total, floor) -> None:
    found = price_of(unit_price=Decimal(each), area=Decimal(area), coefficient=Decimal(share))
    assert (found.public_total, found.floor_total) == (Decimal(total), Decimal(floor))


@pytest.mark.parametrize(
    ("each", "area", "share"),
    [("0", "9", "1"), ("-1", "9", "1"), ("9", "-9", "1"), ("9", "9", "1.1")],
)
def test_what_cannot_be_a_price_is_refused(each, area, share) -> None:
    with pytest.raises(ValueError, match="above 0"):
        price_of(unit_price=Decimal(each), area=Decimal(area), coefficient=Decimal(share))


def test_units_without_a_price_are_only_set() -> None:
    assert changed_unit_price(
        Decimal(100), change=Change.PERCENT, amount=Decimal("-2.5")
    ) == Decimal("97.50")
    assert changed_unit_price(Decimal(100), change=Change.PER_M2, amount=Decimal(7)) == Decimal(107)
    assert changed_unit_price(None, change=Change.PERCENT, amount=Decimal(7)) is None
    assert changed_unit_price(None, change=Change.SET, amount=Decimal(7)) == Decimal(7)


@pytest.mark.parametrize(
    ("total", "below", "asker", "steps"),
    [
        (990, False, 0, CHAIN[:1]),
        (989, False, 0, CHAIN[:2]),
        (970, False, 0, CHAIN[:2]),
        (969, False, 0, CHAIN),
        (999, True, 0, CHAIN),
        (990, False, 1, CHAIN[1:2]),
        (969, False, 1, CHAIN[1:]),
        (990, False, 2, CHAIN[2:]),
        (990, False, 3, CHAIN[2:]),
    ],
)
def test_the_size_of_a_discount_decides_who_signs(total, below, asker, steps) -> None:
    found = discount_steps(
        list_total=Decimal(1000),
        asked_total=Decimal(total),
        below_floor=below,
        supervisor_percent=Decimal(1),
        executive_percent=Decimal(3),
        asker=asker,
    )
    assert found == steps


@pytest.mark.parametrize(
    ("earlier", "both"), [(-1, False), (0, False), (1, False), (2, True), (5, True)]
)
def test_the_third_change_needs_two_signatures(earlier, both) -> None:
    steps = list_steps(earlier_changes=earlier, restraint=3)
    assert steps == ((SIGN_LIST, DIRECT_LIST) if both else (SIGN_LIST,))


@pytest.mark.parametrize(
    ("day", "first", "after"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 6, 30), date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_quarters_begin_where_the_last_ends(day, first, after) -> None:
    assert quarter_of(day) == (first, after)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 3, 15), 3, date(2025, 12, 15)),
        (date(2024, 5, 30), 3, date(2024, 2, 29)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months_back_end_within_the_month(day, months, found) -> None:
    assert months_before(day, months) == found


def test_a_unit_outside_the_list_moves_with_its_layout() -> None:
    moved = movement_of(
        [
            Moved(1, 7, Decimal(100), Decimal(90)),
            Moved(2, 7, Decimal(300), Decimal(270)),
            Moved(3, 8, Decimal(100), Decimal(110)),
            Moved(4, 8, None, Decimal(500)),
        ]
    )
    assert moved.reference(unit=1, layout=7, before=Decimal(100)) == Decimal(90)
    assert moved.reference(unit=9, layout=7, before=Decimal(200)) == Decimal(180)
    assert moved.reference(unit=9, layout=99, before=Decimal(200)) == Decimal(188)
    assert moved.reference(unit=9, layout=99, before=Decimal(200), strict=True) == Decimal(200)
    assert movement_of([]).overall == 1


def test_what_a_cut_is_expected_to_cost() -> None:
    assert expected_compensation(
        buyers=Decimal(1000), letters=Decimal(50), share_percent=Decimal(30)
    ) == Decimal(350)
    numbers = {"restraint": 3, "percent": Decimal(25), "usual": Decimal(5)}
    assert expected_churn(200, changes=3, **numbers) == 50
    assert expected_churn(200, changes=2, **numbers) == 10


def test_wan_has_one_decimal() -> None:
    assert in_wan(Decimal(1_964_500)) == Decimal("196.5")
    assert in_wan(None) is None


@pytest.mark.spec("MKT-51")
@pytest.mark.parametrize("each", ["28616.33", None])
@pytest.mark.parametrize("agreed", ["3680060", "3500000.5", "3700000"])
def test_the_lines_add_up_to_the_contract(each, agreed) -> None:
    found = breakdown(
        area=Decimal("128.60"),
        unit_price=Decimal(each) if each else None,
        list_total=Decimal(3_680_060),
        agreed_total=Decimal(agreed),
        parking=Decimal(200_000),
        rates=Rates(
            vat_percent=Decimal(9), deed_tax_percent=Decimal("1.5"), fund_per_m2=Decimal(80)
        ),
    )
    assert sum(line.amount for line in found.lines) == found.total == Decimal(agreed)
    assert found.net + found.vat == found.total
    assert [line.code for line in found.besides] == ["deed_tax", "fund", "parking"]
