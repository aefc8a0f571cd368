"""Spans, roll-up, plans for any days, quality, levels: computed by hand."""

from datetime import date
from decimal import Decimal

import pytest

from marketing.selling.rules.plans import (
    Figures,
    Planned,
    gap,
    planned_for,
    share,
    shared_out,
    total,
)
from marketing.selling.rules.quality import Level, failed_items, level_of, quality_score
from marketing.selling.rules.spans import Grain, Span, name_of, span_of, spans_between
from marketing.selling.rules.statistics import Line, change, whole_of

D = Decimal
DEDUCTIONS = {"low": D(2), "medium": D(5), "high": D(20)}


@pytest.mark.parametrize(
    ("grain", "start", "end", "name"),
    [
        ("year", date(2026, 1, 1), date(2027, 1, 1), "2026"),
        ("month", date(2026, 12, 1), date(2027, 1, 1), "2026-12"),
        ("week", date(2026, 12, 28), date(2027, 1, 4), "2026-12-28 – 01-03"),
        ("day", date(2026, 12, 31), date(2027, 1, 1), "2026-12-31"),
    ],
)
def test_spans_hold_the_last_day_of_a_year(grain, start, end, name) -> None:
    span = span_of(grain, date(2026, 12, 31))
    assert (span.start, span.end, name_of(grain, span)) == (start, end, name)


def test_spans_cover_the_days_without_gap() -> None:
    whole = Span(date(2026, 5, 20), date(2026, 7, 10))
    found = list(spans_between(Grain.MONTH, whole))
    assert [one.start for one in found] == [date(2026, 5, 20), date(2026, 6, 1), date(2026, 7, 1)]
    assert sum(one.days for one in found) == whole.days


def test_equal_parts_add_up_to_the_project_to_the_cent() -> None:
    whole = Figures(units=D(10), area=D("1000.01"), amount=D(20_000_000), receipts=D("0.05"))
    parts = shared_out(whole, 3)
    assert [one.units for one in parts] == [D(4), D(3), D(3)]
    assert total(parts) == whole
    assert gap(whole, parts) == {}
    assert gap(whole, parts[:2]) == {
        "units": D(3),
        "area": D("333.33"),
        "amount": D("6666666.66"),
        "receipts": D("0.01"),
    }


def test_a_plan_for_any_days_takes_months_first_and_the_rest_of_the_year() -> None:
    year = Planned(span_of("year", date(2026, 5, 1)), Figures(amount=D(3650)))
    may = Planned(span_of("month", date(2026, 5, 1)), Figures(amount=D(310)))
    june_days = Span(date(2026, 6, 1), date(2026, 6, 2))
    assert planned_for(may.span, [may], []) == Figures(amount=D(310))
    assert planned_for(Span(date(2026, 5, 1), date(2026, 5, 11)), [may], []).amount == D(100)
    # the year leaves 3650 - 310 to the 334 days outside May: 10 a day
    assert planned_for(june_days, [may], [year]).amount == D(10)
    assert planned_for(june_days, [may], []) is None


def test_shares_of_nothing_are_none() -> None:
    assert share(D(5), D(0)) is None
    assert share(D(1), D(3)) == D("33.3")
    assert change(D(5), D(0)) is None
    assert change(D(150), D(100)) == D(50)


def test_a_mean_price_is_no_mean_of_means() -> None:
    one, other = Line("a"), Line("b")
    one.add({"amount": 1_000_000, "priced": 1_000_000, "priced_area": 100, "signings": 1})
    other.add({"amount": 6_000_000, "priced": 6_000_000, "priced_area": 300, "signings": 3})
    whole = whole_of([one, other])
    assert (one.mean_price, other.mean_price, whole.mean_price) == (D(10_000), D(20_000), D(17_500))
    assert whole.values["signings"] == 4


@pytest.mark.parametrize(
    ("scores", "marks", "expected"),
    [
        ([], [], None),
        ([D(100), D(90)], [], D("95.0")),
        ([D(100), D(90)], ["medium", "low"], D("88.0")),
        ([], ["high"], D("80.0")),
        ([D(10)], ["high"], D("0.0")),
    ],
)
def test_findings_lower_the_quality_score(scores, marks, expected) -> None:
    assert quality_score(scores, marks, DEDUCTIONS) == expected


@pytest.mark.parametrize(
    ("results", "level"),
    [
        ({"a": None, "b": None}, Level.UNTESTED),
        ({"a": D(90), "b": None}, Level.UNTESTED),
        ({"a": D(79), "b": None}, Level.TRAINING),
        ({"a": D(80), "b": D(95)}, Level.QUALIFIED),
        ({"a": D(95), "b": D(100)}, Level.EXPERT),
    ],
)
def test_the_level_follows_the_latest_tests(results, level) -> None:
    assert level_of(results, pass_mark=D(80), expert_mark=D(95)) == level


def test_no_and_partly_are_failed_items_in_order() -> None:
    answers = {"q1": "yes", "q3": "no", "q2": "partly", "q4": "words"}
    assert failed_items(answers, ["q1", "q2", "q3", "q4"]) == [("q2", "low"), ("q3", "medium")]
