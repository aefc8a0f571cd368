"""What a questionnaire asks, shows, takes and scores, by table."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crm_site.questionnaires.rules import (
    STEPS,
    BadAnswerError,
    Condition,
    Outline,
    Question,
    Scale,
    Section,
    body_of,
    clean_answer,
    faults,
    outline_of,
    points,
    score,
    section_scores,
    shown,
    unanswered,
)


def asks(key: str, scale: str = Scale.FIVE, **more) -> Question:
    return Question(key=key, label=key, scale=scale, **more)


def only(question: Question, other: str, *values: str) -> Question:
    return replace(question, only_if=Condition(other, values))


CHAIN = Outline(
    (
        Section("A", (asks("a", Scale.YES), only(asks("b", Scale.YES), "a", "no", "partly"))),
        Section("B", (only(asks("c", Scale.TEXT), "b", "no"), asks("d", Scale.PHOTO))),
    )
)


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        ({}, "ad"),
        ({"a": "yes", "b": "no"}, "ad"),
        ({"a": "no"}, "abd"),
        ({"a": "partly", "b": "no"}, "abcd"),
        ({"a": "partly", "b": "yes"}, "abd"),
    ],
)
def test_a_question_shows_where_its_condition_is_met(answers, keys) -> None:
    assert "".join(question.key for question in shown(CHAIN, answers)) == keys


def test_what_is_hidden_need_not_be_answered() -> None:
    def left(answers, photos=()) -> str:
        return "".join(one.key for one in unanswered(CHAIN, answers, set(photos)))

    assert left({}) == "ad"
    assert left({"a": "yes"}) == "d"
    assert left({"a": "yes"}, "d") == ""
    assert left({"a": "no", "b": "no", "d": "typed"}) == "cd"


@pytest.mark.parametrize(
    ("scale", "worst", "middle", "best"),
    [
        (Scale.TEN, "1", None, "10"),
        (Scale.FIVE, "1", "3", "5"),
        (Scale.WORDS, "very_bad", "fair", "very_good"),
        (Scale.YES, "no", "partly", "yes"),
        (Scale.NPS, "0", "5", "10"),
    ],
)
def test_points_run_from_the_worst_to_the_best(scale, worst, middle, best) -> None:
    assert points(scale, worst) == 0
    assert points(scale, best) == 100
    assert middle is None or points(scale, middle) == 50
    assert points(scale, "other") is None
    found = [points(scale, value) for value in STEPS[scale]]
    assert found == sorted(found)


SCORED = Outline(
    (
        Section("A", (asks("a", Scale.YES, weight=3), asks("b", Scale.FIVE))),
        Section("B", (only(asks("c", Scale.TEN), "a", "no"), asks("t", Scale.TEXT))),
        Section("C", (asks("z", Scale.FIVE, weight=0),)),
    )
)


@pytest.mark.parametrize(
    ("answers", "percent", "answered", "asked"),
    [
        ({"a": "yes", "b": "5"}, "100.0", 2, 2),
        ({"a": "yes", "b": "1"}, "75.0", 2, 2),
        ({"a": "partly"}, "50.0", 1, 2),
        ({"a": "no", "b": "5", "c": "1"}, "20.0", 3, 3),
        ({"a": "yes", "b": "1", "c": "1"}, "75.0", 2, 2),  # c is hidden
        ({"b": "2"}, "25.0", 1, 2),
        ({"a": "yes", "b": "1", "z": "1", "t": "5"}, "75.0", 2, 2),
    ],
)
def test_score_is_the_weighted_mean_of_what_was_answered(answers, percent, answered, asked):
    found = score(SCORED, answers)
    assert (found.percent, found.answered, found.asked) == (Decimal(percent), answered, asked)


def test_no_answer_is_no_score() -> None:
    assert score(SCORED, {}) is None
    assert score(SCORED, {"t": "text", "z": "5"}) is None
    titles = [
        (title, found and found.percent) for title, found in section_scores(SCORED, {"a": "yes"})
    ]
    assert titles == [("A", Decimal("100.0")), ("B", None), ("C", None)]


@pytest.mark.parametrize(
    ("question", "raw", "kept"),
    [
        (asks("q", Scale.TEN), " 7 ", "7"),
        (asks("q", Scale.NUMBER), "012.50", "12.5"),
        (asks("q", Scale.NUMBER), "1e3", "1000"),
        (asks("q", Scale.NUMBER), "-0.5", "-0.5"),
        (asks("q", Scale.DATE), "2026-05-20", "2026-05-20"),
        (asks("q", Scale.TEXT), "  好  ", "好"),
        (asks("q", Scale.CHOICE, options=("甲", "乙")), "乙", "乙"),
        (asks("q", Scale.FIVE), "", ""),
    ],
)
def test_an_answer_is_kept_as_typed(question, raw, kept) -> None:
    assert clean_answer(question, raw) == kept


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        (asks("q", Scale.TEN), "11", "not_offered"),
        (asks("q", Scale.TEN), "7.5", "not_offered"),
        (asks("q", Scale.YES), "maybe", "not_offered"),
        (asks("q", Scale.CHOICE, options=("甲", "乙")), "丙", "not_offered"),
        (asks("q", Scale.NUMBER), "NaN", "no_number"),
        (asks("q", Scale.NUMBER), "1e99", "no_number"),
        (asks("q", Scale.NUMBER), "十", "no_number"),
        (asks("q", Scale.DATE), "2026-02-30", "no_date"),
        (asks("q", Scale.TEXT), "长" * 301, "too_long"),
        (asks("q", Scale.LONG), "长" * 5001, "too_long"),
    ],
)
def test_an_answer_outside_its_scale_is_refused(question, raw, code) -> None:
    with pytest.raises(BadAnswerError) as refused:
        clean_answer(question, raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("questions", "code"),
    [
        ((), "no_questions"),
        ((asks("a"), asks("a")), "double_key"),
        ((replace(asks("a"), label=" "),), "no_label"),
        ((asks("a", "stars"),), "unknown_scale"),
        ((asks("a", Scale.CHOICE, options=("one", "one")),), "no_options"),
        ((asks("a", weight=101),), "bad_weight"),
        ((only(asks("a"), "b", "1"), asks("b")), "condition_not_before"),
        ((asks("a", Scale.TEXT), only(asks("b"), "a", "x")), "condition_not_choosable"),
        ((asks("a"), only(asks("b"), "a", "6")), "condition_value"),
        ((asks("a"), only(asks("b"), "a")), "condition_value"),
        (tuple(asks(f"q{n}") for n in range(201)), "too_many"),
    ],
)
def test_an_outline_that_cannot_be_filled_in_is_named(questions, code) -> None:
    assert code in [fault.code for fault in faults(Outline((Section("", questions),)))]


def test_outline_survives_storage() -> None:
    for outline in (CHAIN, SCORED):
        assert faults(outline) == []
        assert outline_of(body_of(outline)) == outline
