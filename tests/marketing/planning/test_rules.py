"""The pure rules of planning."""

from datetime import date
from decimal import Decimal

import pytest

from marketing.planning.rules.brand import mean_points, price_premium
from marketing.planning.rules.freshness import is_near, is_stale
from marketing.planning.rules.goals import is_behind, progress, time_gone
from marketing.planning.rules.years import PlanStanding, deadlines, late_steps, year_to_watch

D = Decimal
DAYS = {"draft": 90, "revise": 45, "issue": 15, "carry_out": 0}


@pytest.mark.parametrize(
    ("baseline", "target", "now", "done"),
    [
        (10, 20, 15, 50),
        (10, 20, 25, 100),
        (10, 20, 5, 0),
        (40, 20, 30, 50),  # fewer is better
        (0, 3, 1, 33),
        (10, 10, 10, None),
    ],
)
def test_progress_is_the_way_done(baseline, target, now, done) -> None:
    assert progress(baseline=D(baseline), target=D(target), now=D(now)) == done


def test_no_value_is_no_progress_and_never_behind() -> None:
    assert progress(baseline=D(1), target=D(2), now=None) is None
    assert not is_behind(done=None, gone=100, slack=0)
    assert is_behind(done=30, gone=41, slack=10)
    assert not is_behind(done=30, gone=40, slack=10)


def test_time_gone_stays_within_the_period() -> None:
    start, end = date(2026, 1, 1), date(2026, 4, 11)  # 100 days
    assert time_gone(start=start, end=end, today=date(2025, 12, 1)) == 0
    assert time_gone(start=start, end=end, today=date(2026, 2, 20)) == 50
    assert time_gone(start=start, end=end, today=date(2027, 1, 1)) == 100


def test_the_steps_of_the_annual_plan_lie_before_the_year() -> None:
    assert deadlines(2027, DAYS) == {
        "draft": date(2026, 10, 3),
        "revise": date(2026, 11, 17),
        "issue": date(2026, 12, 17),
        "carry_out": date(2027, 1, 1),
    }
    assert year_to_watch(date(2026, 10, 2), DAYS) == 2026
    assert year_to_watch(date(2026, 10, 3), DAYS) == 2027
    assert year_to_watch(date(2027, 1, 1), DAYS) == 2027


@pytest.mark.parametrize(
    ("today", "standing", "late"),
    [
        (date(2026, 10, 3), PlanStanding(), []),
        (date(2026, 10, 4), PlanStanding(), ["draft"]),
        (date(2026, 12, 18), PlanStanding(is_drafted=True), ["revise", "issue"]),
        (date(2026, 12, 31), PlanStanding(is_drafted=True, is_submitted=True), ["issue"]),
        (
            date(2027, 1, 1),
            PlanStanding(is_drafted=True, is_submitted=True),
            ["issue", "carry_out"],
        ),
        (date(2027, 1, 1), PlanStanding(True, True, True), []),
    ],
)
def test_a_step_is_late_after_its_day_and_the_year_on_its_first(today, standing, late) -> None:
    assert late_steps(2027, standing, today=today, days_before=DAYS) == late


def test_knowledge_is_stale_after_its_days_and_papers_near_before_their_end() -> None:
    today = date(2026, 5, 20)
    assert not is_stale(date(2026, 4, 20), today=today, days=30)
    assert is_stale(date(2026, 4, 19), today=today, days=30)
    assert is_stale(None, today=today, days=30)
    assert is_near(date(2026, 7, 19), today=today, days=60)
    assert not is_near(date(2026, 7, 20), today=today, days=60)


def test_premium_compares_with_the_mean_of_the_others() -> None:
    assert price_premium(own=D(22000), others=[D(20000), D(20000)]) == D("10.0")
    assert price_premium(own=D(18000), others=[D(19000), D(21000)]) == D("-10.0")
    assert price_premium(own=None, others=[D(1)]) is None
    assert price_premium(own=D(1), others=[]) is None
    assert mean_points([]) is None
    assert mean_points([D(0), D(100), D(50)]) == D("50.0")
