from datetime import UTC, datetime, timedelta, timezone

import pytest

from crm_site.exchange.rules.dates import (
    DateError,
    DateEvidence,
    DateOrder,
    decide,
    parse_day,
    parse_moment,
)

SHANGHAI = timezone(timedelta(hours=8))
Y, D, M = DateOrder.YEAR_FIRST, DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


def evidence(*cells: str) -> DateEvidence:
    found = DateEvidence()
    for cell in cells:
        found.add(cell)
    return found


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2026-05-20", "2026/05/21"], Y),
        (["2026年5月20日", "2026年5月21日"], Y),
        (["18-05-2025 07:59", "02-06-2025 04:22"], D),
        (["05/18/2025", "02/06/2025"], M),
        (["01/02/2025", "03/04/2025"], None),
        (["18/05/2025", "05/18/2025"], None),
        (["13/01/2025"] * 30 + ["01/13/2025"], D),
        (["05-06-2025", "2025-06-05"], None),
        ([], Y),
    ],
    ids=["iso", "han", "day", "month", "both", "contradiction", "minority", "mixed", "empty"],
)
def test_the_whole_column_decides(cells: list[str], order: DateOrder | None) -> None:
    assert decide(evidence(*cells)) is order


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-05-20", D, "2026-05-20 00:00:00"),
        ("2026/5/2 9:05", M, "2026-05-02 09:05:00"),
        ("02-06-2025 04:22", D, "2025-06-02 04:22:00"),
        ("02-06-2025 04:22", M, "2025-02-06 04:22:00"),
        ("2026年5月20日", Y, "2026-05-20 00:00:00"),
        ("2026年5月20日 14:05", Y, "2026-05-20 14:05:00"),
        ("2026年5月20日14时5分", Y, "2026-05-20 14:05:00"),
        ("20260520", Y, "2026-05-20 00:00:00"),
        ("２０２６－０５－２０", Y, "2026-05-20 00:00:00"),
        ("25/12/2025", Y, "2025-12-25 00:00:00"),
        ("2026-05-20 14:05:06.123456", Y, "2026-05-20 14:05:06"),
        ("29.02.2024", D, "2024-02-29 00:00:00"),
    ],
)
def test_spellings(text: str, order: DateOrder, expected: str) -> None:
    moment = parse_moment(text, order=order, zone=SHANGHAI)
    assert f"{moment:%Y-%m-%d %H:%M:%S}" == expected
    assert moment.utcoffset() == timedelta(hours=8)


def test_an_offset_in_the_cell_wins_over_the_zone() -> None:
    for text in ("2026-05-20T02:32:00Z", "2026-05-20 10:32:00+08:00"):
        moment = parse_moment(text, order=Y, zone=SHANGHAI)
        assert moment == datetime(2026, 5, 20, 2, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("面议", Y, "not_a_date"),
        ("2026-13-01", Y, "no_such_day"),
        ("2026-02-30", Y, "no_such_day"),
        ("29-02-2025", D, "no_such_day"),
        ("05/06/2026", Y, "date_ambiguous"),
        ("05/18/2026", D, "date_mixed"),
        ("18/05/2026", M, "date_mixed"),
        ("2026-05-20 25:00", Y, "no_such_day"),
        ("1", Y, "not_a_date"),
        ("٢٠٢٦-٠٥-٢٠x", Y, "not_a_date"),
    ],
)
def test_causes(text: str, order: DateOrder, code: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_moment(text, order=order, zone=SHANGHAI)
    assert caught.value.code == code


def test_a_day_of_a_summer_with_daylight_saving_stays_that_day() -> None:
    assert parse_day("1988-07-01", order=Y, zone=SHANGHAI).isoformat() == "1988-07-01"
