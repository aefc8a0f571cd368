"""What a questionnaire asks, which questions are shown, what an answer may be, how it scores. Pure.

An answer is kept as typed, beside the key of its scale; points exist only while a score is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

MAX_QUESTIONS = 200
MAX_WEIGHT = 100
MAX_SHORT, MAX_LONG = 300, 5000
MAX_NUMBER = Decimal(10) ** 12
FULL = Decimal(100)
TENTH = Decimal("0.1")


class Scale(StrEnum):
    """How a question is answered."""

    TEN = "1-10"
    FIVE = "1-5"
    WORDS = "words-5"
    YES = "yes-partly-no"
    NPS = "nps"
    CHOICE = "choice"
    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DATE = "date"
    PHOTO = "photo"


# scale -> its values, from the worst to the best; between them points are evenly spread
STEPS: dict[str, tuple[str, ...]] = {
    Scale.TEN: tuple(str(number) for number in range(1, 11)),
    Scale.FIVE: tuple(str(number) for number in range(1, 6)),
    Scale.WORDS: ("very_bad", "bad", "fair", "good", "very_good"),
    Scale.YES: ("no", "partly", "yes"),
    Scale.NPS: tuple(str(number) for number in range(11)),
}


class BadAnswerError(ValueError):
    """The answer is none of its scale; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Condition:
    """Shows a question only where another one was answered with one of ``values``."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; ``weight`` 0 keeps it out of the score.

    ``right`` makes it a question of a test: this choice has all points, every other one none.
    """

    key: str
    label: str
    scale: str
    required: bool = True
    help: str = ""
    options: tuple[str, ...] = ()
    only_if: Condition | None = None
    weight: int = 1
    right: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """What can be chosen; empty where it is typed."""
        return self.options if self.scale == Scale.CHOICE else STEPS.get(self.scale, ())

    @property
    def is_scored(self) -> bool:
        """Whether its answer counts towards the score."""
        return (self.scale in STEPS or bool(self.right)) and self.weight > 0

    def points(self, value: str) -> Decimal | None:
        """Return 0 to 100 for an answer, None where it has no points."""
        if self.right and value:
            return FULL if value == self.right else Decimal(0)
        return points(self.scale, value)


@dataclass(frozen=True, slots=True)
class Section:
    """Some questions under a heading."""

    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """All that one version of a questionnaire asks."""

    sections: tuple[Section, ...]

    def questions(self) -> Iterator[Question]:
        """Yield every question in order."""
        for section in self.sections:
            yield from section.questions


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a question of an outline; ``key`` empty for the whole."""

    code: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Percent of the points that could be had, over the answered questions only."""

    percent: Decimal
    answered: int
    asked: int


def outline_of(body: Mapping[str, Any]) -> Outline:
    """Return the outline that is stored as ``body``."""
    return Outline(
        tuple(
            Section(section["title"], tuple(_question(one) for one in section["questions"]))
            for section in body["sections"]
        )
    )


def body_of(outline: Outline) -> dict[str, Any]:
    """Return what is stored for ``outline``."""
    return {
        "sections": [
            {"title": section.title, "questions": [_stored(one) for one in section.questions]}
            for section in outline.sections
        ]
    }


def faults(outline: Outline) -> list[Fault]:
    """Return what is wrong with an outline; nothing for one that can be filled in."""
    found: list[Fault] = []
    earlier: dict[str, Question] = {}
    for question in outline.questions():
        found += [Fault(code, question.key) for code in _faults_of(question, earlier)]
        earlier[question.key] = question
    if not earlier:
        found.append(Fault("no_questions"))
    if len(earlier) > MAX_QUESTIONS:
        found.append(Fault("too_many"))
    return found


def shown(outline: Outline, answers: Mapping[str, str]) -> list[Question]:
    """Return the questions that ``answers`` (by key) let appear.

    One whose condition rests on a hidden question is hidden as well.
    """
    keys: set[str] = set()
    found = []
    for question in outline.questions():
        needs = question.only_if
        met = needs is None or (
            needs.question in keys and answers.get(needs.question) in needs.values
        )
        if met:
            keys.add(question.key)
            found.append(question)
    return found


def unanswered(
    outline: Outline, answers: Mapping[str, str], photographed: set[str]
) -> list[Question]:
    """Return the shown questions that must be answered and are not."""
    return [
        question
        for question in shown(outline, answers)
        if question.required
        and question.key not in photographed
        and not (question.scale != Scale.PHOTO and answers.get(question.key))
    ]


def clean_answer(question: Question, raw: str) -> str:
    """Return the answer as it is kept, empty for none; raise BadAnswerError."""
    text = raw.strip()
    if not text:
        return ""
    if question.values:
        if text not in question.values:
            raise BadAnswerError("not_offered")
        return text
    if question.scale == Scale.NUMBER:
        return _number(text)
    if question.scale == Scale.DATE:
        return _date(text)
    if len(text) > (MAX_LONG if question.scale == Scale.LONG else MAX_SHORT):
        raise BadAnswerError("too_long")
    return text


def points(scale: str, value: str) -> Decimal | None:
    """Return 0 for the worst and 100 for the best value of a scale, None where it has no points."""
    steps = STEPS.get(scale, ())
    if value not in steps:
        return None
    return FULL * steps.index(value) / (len(steps) - 1)


def score(outline: Outline, answers: Mapping[str, str]) -> Score | None:
    """Return the weighted mean of the points of the answered questions that are shown.

    None where no scored question is answered: no data is no zero.
    """
    asked = [question for question in shown(outline, answers) if question.is_scored]
    return _mean(asked, answers)


def section_scores(outline: Outline, answers: Mapping[str, str]) -> list[tuple[str, Score | None]]:
    """Return each section's title with its own score."""
    visible = {question.key for question in shown(outline, answers)}
    return [
        (
            section.title,
            _mean([q for q in section.questions if q.key in visible and q.is_scored], answers),
        )
        for section in outline.sections
    ]


def _mean(asked: list[Question], answers: Mapping[str, str]) -> Score | None:
    total, weights, answered = Decimal(0), 0, 0
    for question in asked:
        got = question.points(answers.get(question.key, ""))
        if got is not None:
            total, weights, answered = (
                total + got * question.weight,
                weights + question.weight,
                answered + 1,
            )
    if not answered:
        return None
    return Score((total / weights).quantize(TENTH, ROUND_HALF_UP), answered, len(asked))


def _faults_of(question: Question, earlier: Mapping[str, Question]) -> list[str]:
    found = []
    if question.key in earlier:
        found.append("double_key")
    if not question.label.strip():
        found.append("no_label")
    if question.scale not in set(Scale):
        found.append("unknown_scale")
    if question.scale == Scale.CHOICE and len(set(question.options)) < 2:
        found.append("no_options")
    if not 0 <= question.weight <= MAX_WEIGHT:
        found.append("bad_weight")
    if question.right and question.right not in question.values:
        found.append("right_not_offered")
    fault = _fault_of_condition(question.only_if, earlier)
    return [*found, fault] if fault else found


def _fault_of_condition(needs: Condition | None, earlier: Mapping[str, Question]) -> str:
    if needs is None:
        return ""
    other = earlier.get(needs.question)
    if other is None:
        return "condition_not_before"
    if not other.values:
        return "condition_not_choosable"
    return "" if needs.values and set(needs.values) <= set(other.values) else "condition_value"


def _number(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise BadAnswerError("no_number") from None
    if not value.is_finite() or abs(value) >= MAX_NUMBER:
        raise BadAnswerError("no_number")
    return f"{value.normalize():f}"


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadAnswerError("no_date") from None


def _question(stored: Mapping[str, Any]) -> Question:
    needs = stored.get("only_if")
    return Question(
        key=stored["key"],
        label=stored["label"],
        scale=stored["scale"],
        required=stored.get("required", True),
        help=stored.get("help", ""),
        options=tuple(stored.get("options", ())),
        only_if=Condition(needs["question"], tuple(needs["values"])) if needs else None,
        weight=stored.get("weight", 1),
        right=stored.get("right", ""),
    )


def _stored(question: Question) -> dict[str, Any]:
    needs = question.only_if
    right = {"right": question.right} if question.right else {}
    return right | {
        "key": question.key,
        "label": question.label,
        "scale": str(question.scale),
        "required": question.required,
        "help": question.help,
        "options": list(question.options),
        "only_if": {"question": needs.question, "values": list(needs.values)} if needs else None,
        "weight": question.weight,
    }
