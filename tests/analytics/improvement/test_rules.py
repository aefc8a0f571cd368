"""PDCA, gates, scores, the bonus fund, effects: the decisions without a database."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from analytics.improvement.rules.appraisal import Part, Scores, advice, scores
from analytics.improvement.rules.bonus import divide, fund
from analytics.improvement.rules.pdca import Step, comes_before, lacking, reached
from analytics.improvement.rules.programme import Standing, gate, three_scores
from analytics.improvement.rules.trials import effect
from analytics.reviews.rules.attained import attainment

D = Decimal
GOLDEN = Path(__file__).parents[2] / "golden" / "data" / "ab_tests.json"


@pytest.mark.parametrize(
    ("stage", "step", "waits", "lacks"),
    [
        ("plan", Step("计划"), False, []),
        ("plan", Step("  "), False, ["words"]),
        ("plan", Step("计划"), True, ["order_reason"]),
        ("plan", Step("计划", order_reason="总部要求"), True, []),
        ("do", Step("做完了"), False, ["measured"]),
        ("do", Step("做完了", measured=D(0)), False, []),
        ("check", Step("有效"), False, []),
        ("act", Step("推广"), False, ["decision"]),
        ("act", Step("推广", decision="perhaps"), False, ["decision"]),
        ("act", Step("推广", decision="again"), False, []),
    ],
)
def test_a_step_lacks_what_its_stage_asks_for(stage, step, waits, lacks) -> None:
    assert lacking(stage, step, earlier_wait=waits) == lacks


@pytest.mark.parametrize(
    ("theme", "others", "before"),
    [
        ("price", ["delivery", "service", "other"], False),
        ("delivery", ["price"], True),
        ("service", ["service", "other"], False),
        ("other", ["service"], True),
        ("other", [], False),
    ],
)
def test_price_delivery_and_service_go_first(theme, others, before) -> None:
    assert comes_before(theme, others) is before


@pytest.mark.parametrize(
    ("base", "goal", "value", "is_reached"),
    [
        (40, 15, 15, True),
        (40, 15, 16, False),
        (8, 9, 9, True),
        (8, 9, 8, False),
        (8, 9, None, None),
    ],
)
def test_a_goal_is_reached_in_its_own_direction(base, goal, value, is_reached) -> None:
    assert reached(D(base), D(goal), None if value is None else D(value)) is is_reached


BOTH = frozenset({"short", "long"})


@pytest.mark.parametrize(
    ("phase", "at", "lacks"),
    [
        ("diagnosis", Standing(), ["workshop", "findings", "tracks"]),
        (
            "diagnosis",
            Standing(workshops=1, findings=2, findings_open=1, tracks=BOTH),
            ["findings_open"],
        ),
        ("diagnosis", Standing(workshops=1, findings=2, tracks=frozenset({"short"})), ["tracks"]),
        ("diagnosis", Standing(workshops=1, findings=2, tracks=BOTH), []),
        ("implementation", Standing(), ["items"]),
        ("implementation", Standing(items=3, planning=1, unchecked=2), ["planning", "unchecked"]),
        ("implementation", Standing(items=3), []),
        ("evaluation", Standing(unfinished=1), ["unfinished", "evaluation"]),
        ("evaluation", Standing(evaluations=1), []),
    ],
)
def test_gates_ask_for_what_the_phase_must_bring(phase, at, lacks) -> None:
    assert gate(phase, at) == lacks


@pytest.mark.parametrize(
    ("value", "goal", "good", "share"),
    [
        (D(12), D(15), "up", D(80)),
        (D(30), D(15), "up", D(120)),
        (D(-3), D(15), "up", D(0)),
        (D(10), D(5), "down", D(50)),
        (D(0), D(5), "down", D(120)),
        (None, D(5), "up", None),
        (D(5), None, "up", None),
        (D(5), D(0), "up", None),
    ],
)
def test_attainment_runs_in_the_direction_of_the_figure(value, goal, good, share) -> None:
    assert attainment(value, goal, good) == share


def test_a_programme_has_a_score_only_from_all_three_dimensions() -> None:
    full = {"customer": [D(90), D(110)], "business": [D(80)], "process": [D(60)]}
    assert three_scores(full) == (
        {"customer": D(100), "business": D(80), "process": D(60)},
        D(80),
    )
    found, total = three_scores({"customer": [D(90)], "process": [D(60)]})
    assert (found["business"], total) == (None, None)


def part(weight, value, mark, *, goal="10"):
    return Part(
        weight=weight,
        value=None if value is None else D(value),
        goal=D(goal),
        good="up",
        mark=None if mark is None else D(mark),
    )


def test_an_appraisal_weighs_figures_and_judgement() -> None:
    parts = [part(40, 10, 80), part(20, 5, 60), part(25, 12, 100), part(15, 8, 90)]
    assert scores(parts, 70) == Scores(D("92.00"), D("82.50"), D("89.15"))


def test_a_dimension_without_a_figure_leaves_its_weight_to_the_others() -> None:
    parts = [part(50, 10, 80), part(50, None, 60)]
    assert scores(parts, 50) == Scores(D(100), D(70), D(85))
    assert scores([part(50, None, 80), part(50, None, 60)], 70) == Scores(None, D(70), D(70))


def test_there_is_no_total_before_every_mark_is_given() -> None:
    assert scores([part(50, 10, 80), part(50, 10, None)], 70) == Scores(D(100), None, None)


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ([90, 85], "promote"),
        ([90, 84], "none"),
        ([90], "none"),
        ([59, 40, 99], "move"),
        ([60, 40], "none"),
        ([], "none"),
    ],
)
def test_the_latest_appraisals_speak_for_promotion_or_another_post(totals, said) -> None:
    assert advice([D(one) for one in totals], periods=2, above=85, below=60) == said


@pytest.mark.parametrize(
    ("shares", "computed", "share", "below"),
    [
        ([D(100)], D("12.00"), D("12.00"), False),
        ([D(120), D(120)], D("14.40"), D("14.40"), False),
        ([D(300)], D("14.40"), D("14.40"), False),  # never above the upper bound
        ([D(70), D(90)], D("9.60"), D(10), True),
        ([D(10)], D("9.60"), D(10), True),  # never under the lower bound
        ([], D("12.00"), D("12.00"), False),
    ],
)
def test_a_fund_below_ten_percent_is_flagged_and_lifted(shares, computed, share, below) -> None:
    found = fund(D(200000), shares, base=D(12), floor=D(10), low=D(80), high=D(120))
    assert (found.computed, found.share, found.is_below) == (computed, share, below)
    assert found.pool == D(2000) * share


@pytest.mark.parametrize(
    ("pool", "points", "parts"),
    [
        (D("100.00"), {1: D(1), 2: D(1), 3: D(1)}, {1: D("33.34"), 2: D("33.33"), 3: D("33.33")}),
        (D("0.01"), {1: D(40), 2: D(60)}, {1: D("0.00"), 2: D("0.01")}),
        (D("10.00"), {}, {}),
        (D("90.00"), {1: D(90), 2: D(0)}, {1: D("90.00"), 2: D("0.00")}),
    ],
)
def test_a_pool_is_divided_to_the_cent(pool, points, parts) -> None:
    found = divide(pool, points)
    assert found == parts
    assert sum(found.values(), D(0)) == (pool if points else D(0))


CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(
    "case",
    [one for one in CASES if "ci95_newcombe" in one.get("expected", {})],
    ids=lambda one: one["name"],
)
def test_effects_agree_with_the_reference(case) -> None:
    given, expected = case["input"], case["expected"]
    control, treatment = given["control"], given["treatment"]
    found = effect((control["x"], control["n"]), (treatment["x"], treatment["n"]))
    assert found is not None
    pairs = zip((found.low, found.high), expected["ci95_newcombe"], strict=True)
    for mine, theirs in pairs:
        assert mine / 100 == pytest.approx(theirs, abs=1e-5)
    assert found.diff / 100 == pytest.approx(expected["diff"], abs=1e-7)


def test_the_known_effect_of_a_course() -> None:
    found = effect((3785, 17293), (3423, 17260))
    assert found is not None
    bounds = (found.diff, found.low, found.high)
    assert bounds == pytest.approx((-2.055487, -2.911849, -1.198786), abs=1e-3)
    assert found.is_clear
    assert effect((0, 0), (1, 2)) is None
