from decimal import Decimal

import pytest

from crm_site.exchange.rules.amounts import AmountError, parse_amount, parse_range


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("3000000", 3_000_000),
        ("350万", 3_500_000),
        ("350 万元", 3_500_000),
        ("1.2亿", 120_000_000),
        ("¥3,500,000", 3_500_000),
        ("３５０万", 3_500_000),
        ("约350万", 3_500_000),
        ("350w", 3_500_000),
        ("0", 0),
    ],
)
def test_amounts(text: str, yuan: int) -> None:
    assert parse_amount(text) == yuan


@pytest.mark.parametrize("text", ["面议", "", "-5", "1e9", "3.5.1", "万", "9" * 40])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(AmountError):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("300-350万", 3_000_000, 3_500_000),
        ("300万-350万", 3_000_000, 3_500_000),
        ("300万～350万", 3_000_000, 3_500_000),
        ("9000万至1.2亿", 90_000_000, 120_000_000),
        ("280万以内", None, 2_800_000),
        ("600万以上", 6_000_000, None),
        ("420万", 4_200_000, 4_200_000),
    ],
)
def test_ranges(text: str, low: int | None, high: int | None) -> None:
    ends = (low and Decimal(low), high and Decimal(high))
    assert parse_range(text) == ends
