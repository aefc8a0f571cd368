"""The questions of a survey as a phone draws them; light, because thousands answer at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.questionnaires.choices import BAD_ANSWERS
from crm_site.questionnaires.rules import (
    BadAnswerError,
    Outline,
    Question,
    Scale,
    clean_answer,
    shown,
    unanswered,
)
from service.surveys.choices import survey_words

KINDS = {
    Scale.LONG: "long",
    Scale.DATE: "date",
    Scale.NUMBER: "number",
    Scale.TEN: "steps",
    Scale.NPS: "steps",
    Scale.FIVE: "steps",
}
ENDS = {
    Scale.TEN: (gettext_lazy("1 very bad"), gettext_lazy("10 very good")),
    Scale.FIVE: (gettext_lazy("1 very bad"), gettext_lazy("5 very good")),
    Scale.NPS: (gettext_lazy("0 not at all"), gettext_lazy("10 certainly")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A question as it is drawn; ``kind``: steps, words, long, short, date or number."""

    question: Question
    name: str
    kind: str
    options: list[tuple[str, Any, bool]]
    ends: tuple[Any, Any] | None
    value: str
    values_of_condition: str
    error: Any


class PhoneForm:
    """Judges what was sent and draws the questions; ``answers`` are clean once it is valid."""

    def __init__(self, outline: Outline, data: Mapping[str, str] | None) -> None:
        self.outline, self.is_bound = outline, data is not None
        self._data = data or {}
        self.answers: dict[str, str] = {}
        self.errors: dict[str, Any] = {}
        if self.is_bound:
            self._clean()

    def is_valid(self) -> bool:
        """Whether everything was answered as it must be."""
        return self.is_bound and not self.errors

    def _clean(self) -> None:
        found: dict[str, str] = {}
        for question in self.outline.questions():
            try:
                value = clean_answer(question, self._raw(question))
            except BadAnswerError as error:
                self.errors[question.key] = BAD_ANSWERS[error.code]
            else:
                if value:
                    found[question.key] = value
        visible = {one.key for one in shown(self.outline, found)}
        self.answers = {key: value for key, value in found.items() if key in visible}
        self.errors = {key: words for key, words in self.errors.items() if key in visible}
        for question in unanswered(self.outline, self.answers, set()):
            self.errors.setdefault(question.key, _("Answer this question."))

    def _raw(self, question: Question) -> str:
        return self._data.get(f"q-{question.key}", "")

    @cached_property
    def sections(self) -> list[tuple[str, list[Row]]]:
        """Return the questions by section."""
        return [
            (section.title, [self._row(one) for one in section.questions])
            for section in self.outline.sections
        ]

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many questions are answered, and how many are asked as it stands."""
        return len(self.answers), len(shown(self.outline, self.answers))

    @cached_property
    def faulty(self) -> list[Row]:
        """Return the rows with an error, in order."""
        return [row for _title, rows in self.sections for row in rows if row.error]

    def _row(self, question: Question) -> Row:
        value = self._raw(question)
        plain = "words" if question.values else "short"
        needs = question.only_if
        offered = question.values
        if question.scale == Scale.WORDS:
            offered = tuple(reversed(offered))
        return Row(
            question=question,
            name=f"q-{question.key}",
            kind=KINDS.get(Scale(question.scale), plain),
            options=[(one, survey_words(question, one), one == value) for one in offered],
            ends=ENDS.get(Scale(question.scale)),
            value=value,
            values_of_condition=json.dumps(needs.values) if needs else "",
            error=self.errors.get(question.key),
        )
