"""Intervals stay on their scale and hold what they promise, however few answered (ANA-13)."""

import random
import statistics

import pytest

from service.surveys.rules.figures import STUDENT, Z, bounded, mean_of, nps

TEN = (1.0, 10.0)


def of(answers: list[int]) -> tuple[float, float]:
    found = mean_of(len(answers), statistics.fmean(answers), statistics.stdev(answers))
    return found.low, found.high


@pytest.mark.parametrize(
    "answers",
    [
        *([10, 10], [1, 1], [1, 10], [9, 10], [1, 2]),
        *([6, 10], [10, 10, 2], [1] * 9 + [2], [10] * 29 + [9]),
        *([10] * 500, [1] * 500, [1] * 250 + [10] * 250),
    ],
)
def test_an_interval_stays_on_the_scale_and_around_its_mean(answers) -> None:
    low, high = of(answers)
    assert 1 <= low <= statistics.fmean(answers) <= high <= 10
    assert low < high


def test_one_answer_has_no_interval_and_none_has_no_mean() -> None:
    assert mean_of(0, 0.0, None) is None
    one = mean_of(1, 8.0, None)
    assert (one.mean, one.low, one.high, one.is_few) == (8.0, None, None, True)
    assert [mean_of(n, 8.0, 1.0).is_few for n in (29, 30)] == [True, False]
    assert (nps(1, 0, 0).low, nps(1, 0, 0).high) == (None, None)


def test_two_answers_say_little_and_many_say_what_the_textbook_says() -> None:
    low, high = of([6, 10])  # by the textbook 4.08 to 11.92, or -17.4 to 33.4 with Student's t
    assert (low, high) == pytest.approx((1.12, 9.98), abs=0.1)
    answers = [7, 8, 8, 9] * 250
    deviation = statistics.stdev(answers)
    half = Z * deviation / 1000**0.5
    assert of(answers) == pytest.approx((8 - half, 8 + half), abs=0.005)


def test_all_alike_count_like_the_ends_of_the_scale() -> None:
    """Where nothing is known of the spread it is Wilson's interval of a share: golden value."""
    low, high = bounded(80, 1 + 9 * 0.75, 0.0, scale=TEN)
    assert ((low - 1) / 9 * 100, (high - 1) / 9 * 100) == pytest.approx(
        (64.5153, 83.1938), abs=0.001
    )
    assert of([10] * 3)[0] < of([10] * 30)[0] < of([10] * 300)[0]


def test_two_ends_only_are_a_share() -> None:
    """Answers at the two ends are yes and no: but for Student's t it is Wilson's interval."""
    answers = [10] * 60 + [1] * 20
    low, high = of(answers)
    assert ((low - 1) / 9 * 100, (high - 1) / 9 * 100) == pytest.approx((64.5153, 83.1938), abs=0.2)


@pytest.mark.parametrize("counts", [(3, 0, 0), (0, 0, 2), (29, 1, 0), (1, 0, 1), (0, 5, 0)])
def test_a_recommendation_stays_between_its_ends(counts) -> None:
    found = nps(*counts)
    assert -100 <= found.low <= found.value <= found.high <= 100
    assert found.low < found.high


def test_students_t_falls_towards_the_normal() -> None:
    assert list(STUDENT) == sorted(STUDENT, reverse=True)
    assert STUDENT[0] == pytest.approx(12.7062)
    assert STUDENT[29] > Z


@pytest.mark.parametrize("n", [5, 12, 29, 60, 200])
@pytest.mark.parametrize("weights", [(1, 1, 2, 4, 8, 16), (6, 1, 1, 1, 3, 12), (2, 3, 5, 6, 3, 1)])
def test_about_nineteen_of_twenty_intervals_hold_the_truth(n, weights) -> None:
    """Drawn a thousand times from skewed answers, more often than the textbook's, cut or not."""
    values = (1, 4, 6, 8, 9, 10)
    truth = sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
    chance = random.Random(20260520)  # noqa: S311 -- no secret
    held = plain = 0
    for _each in range(1000):
        answers = chance.choices(values, weights, k=n)
        mean, half = statistics.fmean(answers), Z * statistics.stdev(answers) / n**0.5
        low, high = of(answers)
        held += low <= truth <= high
        plain += mean - half <= truth <= mean + half
    assert held >= max(plain, 890), (held, plain)
