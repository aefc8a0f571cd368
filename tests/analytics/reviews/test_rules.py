"""Periods, gaps of a report, levers, maturity, filing states."""

from datetime import date
from decimal import Decimal

import pytest

from analytics.reviews.rules.filing import element_light, filing_state
from analytics.reviews.rules.levers import LEVERS, built_in
from analytics.reviews.rules.maturity import gap_list, stage_of
from analytics.reviews.rules.periods import Span, finished, quarter_name, span_of, week_before
from analytics.reviews.rules.report import BLOCKS, Answer, Block, Frozen, Gap, gaps
from analytics.reviews.selectors import way
from analytics.reviews.services.weekly import state_of

D = Decimal
TODAY = date(2026, 4, 10)
NOTES = {block.value: "找到原因" for block in Block}


def figures(**lights: str) -> list[Frozen]:
    return [
        Frozen(block, key, D(1), lights.get(key, "green"))
        for block, keys in BLOCKS.items()
        for key in keys
    ]


@pytest.mark.parametrize(
    ("cycle", "day", "first", "last"),
    [
        ("quarter", date(2026, 2, 28), date(2026, 1, 1), date(2026, 3, 31)),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        ("month", date(2028, 2, 5), date(2028, 2, 1), date(2028, 2, 29)),
        ("half", date(2026, 6, 30), date(2026, 1, 1), date(2026, 6, 30)),
        ("year", date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_spans_begin_with_the_calendar(cycle, day, first, last) -> None:
    assert span_of(cycle, day) == Span(first, last)


def test_the_quarter_before_the_first_is_of_the_year_before() -> None:
    assert finished("quarter", date(2026, 1, 1)) == Span(date(2025, 10, 1), date(2025, 12, 31))
    assert quarter_name(finished("quarter", date(2026, 1, 1))) == "2025Q4"
    assert quarter_name(Span(date(2026, 1, 1), date(2026, 6, 30))) == "2026-01-01 – 2026-06-30"


@pytest.mark.parametrize("day", [date(2026, 5, 18), date(2026, 5, 20), date(2026, 5, 24)])
def test_the_week_before_runs_from_monday_to_sunday(day) -> None:
    assert week_before(day) == Span(date(2026, 5, 11), date(2026, 5, 17))


def test_a_whole_report_lacks_nothing() -> None:
    assert gaps(figures(), NOTES, [], today=TODAY) == []


@pytest.mark.parametrize("block", list(Block))
def test_each_block_without_a_value_is_missing(block) -> None:
    found = [
        Frozen(one.block, one.kpi, None if one.block == block else one.value, "none")
        for one in figures()
    ]
    assert gaps(found, NOTES, [], today=TODAY) == [Gap("block", block.value)]


@pytest.mark.parametrize("block", list(Block))
def test_each_block_needs_words(block) -> None:
    notes = {**NOTES, block.value: "  "}
    assert gaps(figures(), notes, [], today=TODAY) == [Gap("analysis", block.value)]


@pytest.mark.parametrize(
    ("answer", "enough"),
    [
        (Answer("csat", is_whole=True, due_on=TODAY, is_done=False), True),
        (Answer("csat", is_whole=True, due_on=date(2026, 4, 9), is_done=False), False),
        (Answer("csat", is_whole=True, due_on=date(2026, 4, 9), is_done=True), True),
        (Answer("csat", is_whole=False, due_on=TODAY, is_done=False), False),
        (Answer("conversion_rate", is_whole=True, due_on=TODAY, is_done=False), False),
    ],
)
@pytest.mark.parametrize("light", ["red", "amber"])
def test_a_figure_off_target_needs_a_measure_in_time(answer, enough, light) -> None:
    found = gaps(figures(csat=light), NOTES, [answer], today=TODAY)
    assert found == ([] if enough else [Gap("measure", "csat")])


def test_the_library_has_four_groups_and_serves_the_others() -> None:
    assert set(LEVERS) == {"acquisition", "retention", "satisfaction", "value"}
    assert built_in("acquisition") == ("channels", "portrait", "reach")
    assert built_in("service") == built_in("satisfaction")
    assert built_in("unknown") == ()


@pytest.mark.parametrize(
    ("percent", "stage"),
    [
        *((None, None), (D(0), "product"), (D("39.9"), "product"), (D(40), "changing")),
        *((D("69.9"), "changing"), (D(70), "customer"), (D(100), "customer")),
    ],
)
def test_answers_give_a_stage(percent, stage) -> None:
    assert stage_of(percent) == stage


def test_gaps_are_the_pairs_up_to_three_the_weakest_first() -> None:
    given = [("q1", "甲", "3"), ("q2", "乙", "5"), ("q3", "丙", "1"), ("q4", "丁", "4")]
    assert [(one.key, one.value) for one in gap_list(given)] == [("q3", 1), ("q1", 3)]


@pytest.mark.parametrize(
    ("handed", "today", "state"),
    [
        (None, date(2026, 4, 15), "expected"),
        (None, date(2026, 4, 16), "missing"),
        (date(2026, 4, 15), date(2026, 5, 1), "in_time"),
        (date(2026, 4, 16), date(2026, 5, 1), "late"),
    ],
)
def test_a_summary_is_expected_missing_in_time_or_late(handed, today, state) -> None:
    assert filing_state(date(2026, 4, 15), handed, today=today) == state


@pytest.mark.parametrize(
    ("last", "light"),
    [(None, "amber"), (date(2026, 3, 31), "amber"), (date(2026, 4, 1), "green")],
)
def test_an_element_without_evidence_this_quarter_is_amber(last, light) -> None:
    assert element_light(last, today=date(2026, 5, 20)) == light


@pytest.mark.parametrize(
    ("base", "goal", "value", "share"),
    [(0, 10, 5, 50), (10, 5, 6, 80), (10, 5, 12, 0), (0, 10, 20, 100), (0, 10, None, None)],
)
def test_the_way_to_a_goal_counts_in_both_directions(base, goal, value, share) -> None:
    assert way(D(base), D(goal), None if value is None else D(value)) == share


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [
        (date(2026, 5, 17), None, "late"),
        (date(2026, 5, 18), None, "next"),
        (date(2026, 5, 1), date(2026, 5, 17), "done"),
        (date(2026, 5, 1), date(2026, 5, 18), "late"),
    ],
)
def test_a_line_of_the_week_is_late_next_or_done(due, done, state) -> None:
    assert state_of(due, done, week_before(date(2026, 5, 20))) == state
