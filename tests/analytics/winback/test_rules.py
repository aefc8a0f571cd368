"""The pure rules: levels, deadlines, the draw, the effect, channels, verdicts, plans."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from analytics.churn.rules.words import Level
from analytics.winback.rules import (
    channels,
    deadlines,
    effect,
    holdout,
    levels,
    plans,
    verdicts,
)
from analytics.winback.rules.words import Arm, Behaviour, Verdict
from crm_site.calendars.builtin import BUILTIN_PLANS, SALES_OFFICE, SERVICE_DESK
from crm_site.calendars.rules.working_time import SHANGHAI, Calendar
from crm_site.calendars.rules.years import library_year

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "data" / "ab_tests.json").read_text(encoding="utf-8")
)
CASES = [case for case in GOLDEN["cases"] if "diff" in case["expected"]]
NONE, GREEN, YELLOW, RED = Level.NONE, Level.GREEN, Level.YELLOW, Level.RED


@pytest.mark.parametrize(
    ("standing", "after", "resting", "expected"),
    [
        (None, NONE, False, None),
        (None, GREEN, False, None),
        (None, YELLOW, False, "opened"),
        (None, RED, False, "opened"),
        (None, RED, True, "reopened"),
        (RED, RED, False, None),
        (YELLOW, RED, False, "raised"),
        (RED, YELLOW, False, "lowered"),
        (RED, GREEN, False, "closed"),
        (YELLOW, NONE, False, "closed"),
    ],
)
def test_a_level_moves_a_warning(standing, after, resting, expected):
    move = levels.move_of(standing=standing, after=after, opens_from=YELLOW, resting=resting)
    assert move == expected


def test_from_green_on_everybody_is_warned_of():
    assert levels.move_of(standing=None, after=GREEN, opens_from=GREEN) == "opened"
    assert levels.move_of(standing=GREEN, after=NONE, opens_from=GREEN) == "closed"


def calendar(key):
    years = {year: library_year(year) for year in (2025, 2026)}
    return Calendar(key, BUILTIN_PLANS[key], {y: t for y, t in years.items() if t})


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("key", "start", "hours", "expected"),
    [
        (SALES_OFFICE, "2026-05-20 10:32", 24, "2026-05-21 10:32"),
        (SALES_OFFICE, "2026-05-20 02:00", 24, "2026-05-21 09:00"),  # the night counts from 9
        (SALES_OFFICE, "2026-05-22 17:00", 24, "2026-05-23 17:00"),  # a Saturday is worked
        (SALES_OFFICE, "2026-05-20 10:32", 72, "2026-05-23 10:32"),
        (SALES_OFFICE, "2026-02-14 12:00", 72, "2026-02-21 12:00"),  # shut 16 to 19 February
        (SERVICE_DESK, "2026-05-22 17:00", 24, "2026-05-25 17:00"),  # from Friday to Monday
        (SERVICE_DESK, "2026-05-20 10:32", 168, "2026-05-29 10:32"),
        (SERVICE_DESK, "2026-05-20 17:00", 2, "2026-05-21 08:30"),
    ],
)
def test_a_callback_is_due_in_the_calendar_of_who_calls(key, start, hours, expected):
    found = deadlines.due_at(at(start), hours, calendar(key))
    assert found.at == at(expected)
    assert not found.is_provisional


def test_a_callback_needs_time():
    with pytest.raises(ValueError, match="time"):
        deadlines.due_at(at("2026-05-20 10:00"), 0, calendar(SALES_OFFICE))


def test_the_draw_can_be_computed_again_and_changes_with_the_quarter():
    one = holdout.number_of(seed="anju", quarter="2026Q2", customer_id=7)
    assert one == holdout.number_of(seed="anju", quarter="2026Q2", customer_id=7)
    assert one != holdout.number_of(seed="anju", quarter="2026Q3", customer_id=7)
    assert one != holdout.number_of(seed="other", quarter="2026Q2", customer_id=7)
    assert [holdout.quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 12)] == [
        "2026Q1", "2026Q1", "2026Q2", "2026Q4",
    ]  # fmt: skip


@pytest.mark.parametrize("share", ["0.15", "0.50", "0", "1"])
def test_the_draw_leaves_the_share_alone(share):
    numbers = [
        holdout.number_of(seed="anju", quarter="2026Q2", customer_id=n) for n in range(20_000)
    ]
    alone = sum(holdout.arm_of(n, share=Decimal(share)) is Arm.CONTROL for n in numbers)
    error = 4 * math.sqrt(float(share) * (1 - float(share)) * 20_000)
    assert abs(alone - 20_000 * float(share)) <= error
    assert 0 <= min(numbers) < max(numbers) < 1


@pytest.mark.spec("BEY-04")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_effect_agrees_with_the_known_answers(case):
    given, expected = case["input"], case["expected"]
    treated = effect.Share(given["treatment"]["x"], given["treatment"]["n"])
    control = effect.Share(given["control"]["x"], given["control"]["n"])
    found = effect.compare(treated, control)
    tolerance = GOLDEN["tolerance"]
    assert control.rate == pytest.approx(expected["p_control"], abs=tolerance)
    assert treated.rate == pytest.approx(expected["p_treatment"], abs=tolerance)
    assert found.difference == pytest.approx(expected["diff"], abs=tolerance)
    assert found.z == pytest.approx(expected["z_pooled"], abs=tolerance)
    assert found.p == pytest.approx(expected["p_value"], abs=tolerance)
    if expected.get("ci95_newcombe"):
        assert (found.low, found.high) == pytest.approx(expected["ci95_newcombe"], abs=tolerance)
    assert found.is_clear == expected["significant_5pct"]


def test_the_effect_agrees_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

    rng = np.random.default_rng(7)
    for _ in range(50):
        n_t, n_c = rng.integers(5, 500, 2)
        x_t, x_c = rng.integers(0, n_t + 1), rng.integers(0, n_c + 1)
        found = effect.compare(effect.Share(int(x_t), int(n_t)), effect.Share(int(x_c), int(n_c)))
        if 0 < x_t + x_c < n_t + n_c:
            z, p = proportions_ztest([x_t, x_c], [n_t, n_c])
            assert (found.z, found.p) == pytest.approx((z, p), abs=1e-9)
        low, high = confint_proportions_2indep(x_t, n_t, x_c, n_c, method="newcomb")
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("before", "after", "each"), [(0.28, 0.65, 28), (0.28, 0.34, 931)])
def test_how_many_each_group_needs(before, after, each):
    assert effect.needed(before, after) == each


@pytest.mark.parametrize(
    ("treated", "control", "least", "standing"),
    [
        ((60, 100), (20, 60), 30, "mismatch"),  # 60 of 160 were not drawn at 15 %
        ((60, 170), (8, 30), 30, "shown"),
        ((60, 171), (8, 29), 30, "too_few"),
        ((0, 0), (0, 0), 1, "too_few"),
        ((5, 10), (0, 0), 1, "too_few"),
    ],
)
def test_an_effect_is_hidden_where_it_says_nothing(treated, control, least, standing):
    expected = 0.15 * (treated[1] + control[1])
    found = effect.measure(
        effect.Share(*treated), effect.Share(*control), expected=expected, least=least
    )
    assert found.standing == standing
    assert (found.effect is not None) == (standing == "shown")


def test_sizes_as_drawn_agree_with_scipy():
    from scipy.stats import chisquare

    for treated, control in ((850, 150), (800, 200), (870, 130)):
        odds = effect.mismatch(treated, control, expected=150)
        assert odds == pytest.approx(chisquare([treated, control], [850, 150]).pvalue, abs=1e-9)


P, W, H = "phone", "wechat", "home_visit"


@pytest.mark.spec("CUS-102")
@pytest.mark.parametrize(
    ("tries", "suggested", "closed", "expected"),
    [
        ([], P, (), P),
        ([], W, (), W),
        ([], "email", (), P),
        ([(P, False)] * 2, P, (), P),
        ([(P, False)] * 3, P, (), W),
        ([(P, False)] * 3, P, (W,), H),
        ([(P, False)] * 3 + [(W, False)] * 3, P, (), H),
        ([(P, False)] * 3 + [(P, True)], P, (), P),
        ([(P, False)] * 2 + [(P, True), (P, False)], P, (), P),
        ([(one, False) for one in (P, W, H) for _ in range(3)], P, (), ""),
        ([], P, (P, W, H), ""),
        ([], P, (P,), W),
    ],
)
def test_after_three_failures_another_channel(tries, suggested, closed, expected):
    found = channels.next_channel(tries=tries, suggested=suggested, closed=closed, limit=3)
    assert found == expected


SINCE = datetime(2026, 5, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=30)


def test_the_first_wanted_move_within_the_days_counts():
    found = {
        Behaviour.VISITED: SINCE + timedelta(days=5),
        Behaviour.ENQUIRED: SINCE + timedelta(days=3),
        Behaviour.PAID: SINCE - timedelta(days=1),
    }

    def first(*wanted):
        return verdicts.first_move(found, wanted=wanted, since=SINCE, until=UNTIL)

    assert first(*Behaviour).behaviour is Behaviour.ENQUIRED
    assert first(Behaviour.VISITED).at == SINCE + timedelta(days=5)
    assert first(Behaviour.PAID) is None
    assert verdicts.first_move(found, wanted=Behaviour, since=SINCE, until=SINCE) is None


CAME = verdicts.Came(Behaviour.VISITED, SINCE + timedelta(days=4))


@pytest.mark.parametrize(
    ("came", "lost_on", "ending", "days", "expected"),
    [
        (CAME, None, "", 5, Verdict.RECOVERED),
        (CAME, date(2026, 5, 3), "", 5, Verdict.RECOVERED),  # lost, then came back
        (CAME, date(2026, 5, 9), "", 10, Verdict.NOT_RECOVERED),  # came back, then lost
        (None, None, "", 29, None),
        (None, None, "", 30, Verdict.NOT_RECOVERED),
        (None, date(2026, 5, 3), "", 5, None),  # may still come back
        (None, None, "merged", 5, Verdict.EXCLUDED),
        (None, None, "handed_over", 40, Verdict.EXCLUDED),
        (None, None, "opted_out", 5, None),
        (None, None, "opted_out", 30, Verdict.NOT_RECOVERED),  # stays in the count
        (CAME, None, "merged", 5, Verdict.RECOVERED),
    ],
)
def test_what_became_of_a_customer(came, lost_on, ending, days, expected):
    found = verdicts.verdict(
        came=came, lost_on=lost_on, ending=ending, until=UNTIL, now=SINCE + timedelta(days=days)
    )
    assert found == expected


def test_the_strongest_block_is_the_cause():
    known = ("service", "price", "channel")
    assert plans.main_cause({"service": 0.4, "price": 0.9, "channel": -1}, known) == "price"
    assert plans.main_cause({"service": -0.4}, known) == "other"
    assert plans.main_cause({}, known) == "other"
    assert plans.main_cause({"weather": 3.0, "service": 0.1}, known) == "service"


@pytest.mark.parametrize(
    ("ceiling", "signers"),
    [(0, ()), (2000, ()), (2001, ("a",)), (10_000, ("a",)), (10_001, ("a", "b"))],
)
def test_a_costly_plan_is_signed(ceiling, signers):
    found = plans.signers_for(
        Decimal(ceiling), limit=Decimal(2000), director_limit=Decimal(10_000), rights=("a", "b")
    )
    assert found == signers


def test_the_template_of_a_cause():
    price = plans.PlanTemplate("price", "x", ("y",), Decimal(1))
    other = plans.PlanTemplate("other", "z", ("y",), Decimal(1))
    assert plans.template_for("price", (price, other)) is price
    assert plans.template_for("service", (price, other)) is other
    assert plans.template_for("service", (price,)) is None


def logit(p):
    return np.log(p / (1 - p))


def red_world(rng, n):
    """Return churn without and with treatment of ``n`` red customers, as the design sets them.

    Red begins at a churn of .53 and averages .72; treatment lowers the logit by 2.2 where service
    is the largest block, by .9 where price is, and raises it by .3 where none is.
    """
    p = np.clip(rng.normal(0.72, 0.1, n), 0.53, 0.98)
    shift = rng.choice([-2.2, -0.9, 0.3], n, p=[0.72, 0.18, 0.10])
    return p, 1 / (1 + np.exp(-(logit(p) + shift)))


@pytest.mark.spec("BEY-04")
@pytest.mark.parametrize("size", [400, 2000])
def test_the_estimate_of_the_hold_out_covers_the_truth(size):
    """In at least 90 of 100 worlds the 95 % interval holds the true effect (design, 5.4)."""
    inside, natural = 0, []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        without, treated = red_world(rng, size)
        numbers = [
            holdout.number_of(seed=str(seed), quarter="2026Q2", customer_id=n) for n in range(size)
        ]
        control = np.array(
            [holdout.arm_of(n, share=Decimal("0.15")) is Arm.CONTROL for n in numbers]
        )
        stays = rng.random(size) > np.where(control, without, treated)
        found = effect.measure(
            effect.Share(int(stays[~control].sum()), int((~control).sum())),
            effect.Share(int(stays[control].sum()), int(control.sum())),
            expected=0.15 * size,
            least=30,
        )
        truth = float((without - treated).mean())
        natural.append(stays[control].mean())
        inside += found.effect is not None and found.effect.low <= truth <= found.effect.high
    assert inside >= 90
    assert np.mean(natural) == pytest.approx(0.28, abs=0.02)
