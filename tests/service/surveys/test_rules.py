"""The pure rules of surveys, as tables."""

from decimal import Decimal
from itertools import product

import pytest

from crm_site.questionnaires.rules import Condition, Outline, Question, Scale, Section
from service.surveys.rules import figures, kano, links, models, sampling
from service.surveys.rules.reading import Reading, is_low, public_faults, read
from service.surveys.rules.scales import (
    Box,
    average,
    box_of,
    camp_of,
    distribution,
    of_ten,
    shares,
)

D = Decimal
FIVE = ("very_bad", "bad", "fair", "good", "very_good")


@pytest.mark.parametrize(
    ("scale", "raw", "expected"),
    [
        *((Scale.TEN, str(n), D(n)) for n in range(1, 11)),
        *((Scale.FIVE, str(n), D(2 * n)) for n in range(1, 6)),
        *((Scale.WORDS, word, D(2 * n)) for n, word in enumerate(FIVE, 1)),
        (Scale.NPS, "9", None),
        (Scale.YES, "yes", None),
        (Scale.TEN, "0", None),
        (Scale.TEN, "11", None),
        (Scale.FIVE, "6", None),
        (Scale.TEXT, "5", None),
    ],
)
def test_conversion_out_of_ten(scale, raw, expected) -> None:
    assert of_ten(scale, raw) == expected


def test_one_scale_keeps_its_own_mean_and_mixed_ones_are_never_averaged_raw() -> None:
    five = average([(Scale.FIVE, "4"), (Scale.FIVE, "5")])
    assert (five.mean, five.n, five.is_converted) == (D("4.50"), 2, False)
    ten = average([(Scale.TEN, "8"), (Scale.TEN, "9")])
    assert (ten.mean, ten.scale, ten.is_converted) == (D("8.50"), Scale.TEN, False)
    mixed = average([(Scale.FIVE, "4"), (Scale.TEN, "10")])
    assert (mixed.mean, mixed.is_converted) == (D("9.00"), True)  # (8 + 10) / 2, not (4 + 10) / 2
    assert average([(Scale.NPS, "9"), (Scale.TEXT, "gut")]) is None


@pytest.mark.parametrize(
    ("rating", "box"),
    [
        *(("1", "dissatisfied"), ("4", "dissatisfied"), ("5", "neutral")),
        *(("7", "neutral"), ("8", "satisfied"), ("10", "satisfied")),
    ],
)
def test_boxes(rating, box) -> None:
    assert box_of(D(rating)) == Box(box)


@pytest.mark.parametrize(
    ("value", "camp"),
    [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter")],
)
def test_camps(value, camp) -> None:
    assert camp_of(value) == camp


def test_a_value_nobody_gave_counts_zero_and_shares_sum_to_a_hundred() -> None:
    found = distribution(FIVE, ["good", "good", "very_bad"])
    assert found == [("very_bad", 1), ("bad", 0), ("fair", 0), ("good", 2), ("very_good", 0)]
    assert shares([1, 0, 0, 2, 0]) == [D("33.3"), D(0), D(0), D("66.7"), D(0)]
    assert shares([0, 0]) == [D(0), D(0)]


@pytest.mark.parametrize("counts", [[1, 1, 1], [1, 1, 1, 1, 1, 1, 1], [3, 5, 11, 17], [7, 0, 999]])
def test_shares_always_sum_to_a_hundred(counts) -> None:
    assert sum(shares(counts)) == 100


@pytest.mark.parametrize(
    ("before", "after", "rate"),
    [
        ("8.0", "8.5", "6.25"),
        ("8.5", "8.0", "-5.88"),
        ("8", "8", "0.00"),
        ("0", "8", None),
        (None, "8", None),
        ("8", None, None),
    ],
)
def test_improvement_rate(before, after, rate) -> None:
    found = figures.improvement_rate(
        None if before is None else D(before), None if after is None else D(after)
    )
    assert found == (None if rate is None else D(rate))


@pytest.mark.parametrize(
    ("before", "after", "falls"),
    [("8.5", "8.0", False), ("8.5", "7.99", True), ("8", "9", False), (None, "1", False)],
)
def test_a_fall_is_more_than_the_limit(before, after, falls) -> None:
    assert figures.has_dropped(before and D(before), D(after), by=D("0.5")) is falls


def test_overall_weighs_stages_and_leaves_missing_ones_out() -> None:
    scores = {"pre_sale": 4.1, "in_sale": 4.3, "after_sale": 4.5}
    equal = dict.fromkeys(scores, 1)
    assert figures.overall(scores, equal) == pytest.approx(4.3)
    assert figures.overall(scores, equal | {"after_sale": 2}) == pytest.approx(4.35)
    assert figures.overall(scores | {"pre_sale": None}, equal) == pytest.approx(4.4)
    assert figures.overall(dict.fromkeys(scores), equal) is None


@pytest.mark.spec("SVC-58")
@pytest.mark.parametrize(
    ("places", "kind"),
    list(
        zip(
            product(range(5), range(5)),
            "QAAAO" + "RIIIM" + "RIIIM" + "RIIIM" + "RRRRQ",
            strict=True,
        )
    ),
)
def test_standard_evaluation_table_of_kano(places, kind) -> None:
    assert kano.classify(*places) == kind


def test_kano_kind_is_the_most_frequent_and_must_be_wins_a_tie() -> None:
    tie = kano.judge("lock", [(0, 4), (1, 4)])  # O and M
    assert (tie.kind, tie.better, tie.worse) == (kano.Kind.MUST_BE, 0.5, -1.0)
    liked = kano.judge("photos", [(0, 1), (0, 2), (1, 1)])
    assert (liked.kind, liked.counts[kano.Kind.ATTRACTIVE], liked.n) == ("A", 2, 3)
    none = kano.judge("none", [])
    assert (none.kind, none.better) == (None, None)
    assert [one.name for one in kano.by_priority([none, liked, tie])] == ["lock", "photos", "none"]


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ([(D(1), 1), (D(1), 1)], D(0)),
        ([(D(10), 1), (D(10), 1)], D(100)),
        ([(D("8.2"), 1), (D("7.3"), 1), (D("7.0"), 1)], D("72.22")),
        ([(D(10), 3), (D(1), 1)], D(75)),
        ([], None),
    ],
)
def test_acsi_index(means, expected) -> None:
    found = models.acsi_index(means)
    assert (found if found is None else round(found, 2)) == expected


@pytest.mark.parametrize(
    ("rating", "recommends", "quadrant"),
    [(8, 9, "loyal"), (8, 8, "mercenary"), (7, 9, "hostage"), (7, 8, "defector")],
)
def test_kinds_of_loyalty(rating, recommends, quadrant) -> None:
    assert models.quadrant_of(D(rating), recommends) == quadrant


def test_quadrants_sum_to_their_pairs() -> None:
    pairs = [(D(rating), nps) for rating in range(1, 11) for nps in range(11)]
    assert sum(models.quadrants(pairs).values()) == len(pairs)


def test_a_cross_table_equals_its_reference() -> None:
    pairs = [("a", "x")] * 3 + [("a", "y")] * 2 + [("b", "x")] + [("c", "x")]
    table = models.cross(("a", "b"), ("x", "y"), pairs)
    assert dict(table.counts) == {("a", "x"): 3, ("a", "y"): 2, ("b", "x"): 1, ("b", "y"): 0}
    assert (table.n, table.of_row("a"), table.of_column("x"), table.is_few) == (6, 5, 4, True)


def test_tokens_are_long_random_and_kept_as_hash() -> None:
    tokens = {links.new_token() for _each in range(2000)}
    assert len(tokens) == 2000
    assert all(links.is_token(token) and len(token) == 22 for token in tokens)
    assert 62**22 >= 2**128
    one = tokens.pop()
    assert one not in links.hash_of(one)
    assert len(links.hash_of(one)) == 64
    assert not links.is_token(one[:-1])
    assert not links.is_token(one[:-1] + "ä")


@pytest.mark.parametrize("size", [0, 1, 5, 100, None])
def test_the_same_seed_draws_the_same_sample(size) -> None:
    keys = list(range(100, 140))
    first = sampling.draw(keys, size=size, seed=7)
    assert first == sampling.draw(reversed(keys), size=size, seed=7)
    assert len(first) == min(size if size is not None else 40, 40)
    assert set(first) <= set(keys)
    assert sampling.draw(keys, size=5, seed=7) != sampling.draw(keys, size=5, seed=8)


def _outline(*questions: Question) -> Outline:
    return Outline((Section("", questions),))


def test_a_reading_takes_the_first_rating_and_nothing_hidden() -> None:
    outline = _outline(
        Question(key="a", label="A", scale=Scale.YES),
        Question(key="b", label="B", scale=Scale.WORDS, only_if=Condition("a", ("yes",))),
        Question(key="c", label="C", scale=Scale.NPS),
    )
    assert read(outline, {"a": "yes", "b": "bad", "c": "0"}) == Reading(D("41.7"), D(4), 0)
    assert read(outline, {"a": "no", "b": "bad"}).rating is None


@pytest.mark.parametrize(
    ("rating", "recommends", "low"),
    [(4, None, True), (5, None, False), (None, 3, True), (None, 4, False), (None, None, False)],
)
def test_low_answers(rating, recommends, low) -> None:
    reading = Reading(None, None if rating is None else D(rating), recommends)
    assert is_low(reading, low_rating=D(4), low_recommendation=3) is low


def test_photos_cannot_be_asked_by_a_link() -> None:
    assert public_faults(_outline(Question(key="a", label="A", scale=Scale.PHOTO))) == ["photo"]
    assert public_faults(_outline(Question(key="a", label="A", scale=Scale.TEN))) == []


@pytest.mark.parametrize(("rate", "thin"), [(29.9, True), (30.0, False), (None, False)])
def test_a_thin_response_is_named(rate, thin) -> None:
    assert figures.bias_note(rate) is thin
