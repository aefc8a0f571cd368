"""The words of questionnaires in the language of the reader."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.questionnaires.rules import STEPS, Question, Scale

USES = [
    ("survey", pgettext_lazy("use of a questionnaire", "Survey")),
    ("checklist", pgettext_lazy("use of a questionnaire", "Checklist")),
    ("inspection", pgettext_lazy("use of a questionnaire", "Inspection sheet")),
    ("interview", pgettext_lazy("use of a questionnaire", "Interview guide")),
    ("record", pgettext_lazy("use of a questionnaire", "Record form")),
]
SCALES = [
    (Scale.TEN.value, _("1 to 10")),
    (Scale.FIVE.value, _("1 to 5")),
    (Scale.WORDS.value, _("Five words, very bad to very good")),
    (Scale.YES.value, _("Yes, partly, no")),
    (Scale.NPS.value, _("0 to 10, would recommend (NPS)")),
    (Scale.CHOICE.value, _("Choice of my own")),
    (Scale.TEXT.value, _("Short text")),
    (Scale.LONG.value, _("Long text")),
    (Scale.NUMBER.value, _("Number")),
    (Scale.DATE.value, _("Date")),
    (Scale.PHOTO.value, _("Photo")),
]
VALUES = {
    "very_bad": pgettext_lazy("five words", "Very bad"),
    "bad": pgettext_lazy("five words", "Bad"),
    "fair": pgettext_lazy("five words", "Fair"),
    "good": pgettext_lazy("five words", "Good"),
    "very_good": pgettext_lazy("five words", "Very good"),
    "no": pgettext_lazy("answer", "No"),
    "partly": pgettext_lazy("answer", "Partly"),
    "yes": pgettext_lazy("answer", "Yes"),
}
FAULTS = {
    "no_questions": _("A questionnaire needs at least one question."),
    "too_many": _("A questionnaire has at most 200 questions. Split it."),
    "double_key": _("This question is there twice. Remove one."),
    "no_label": _("Write the question, or mark it to be removed."),
    "unknown_scale": _("Choose how the question is answered."),
    "no_options": _("Write at least two different choices, one per line."),
    "bad_weight": _("The weight is a number from 0 to 100."),
    "right_not_offered": _("The right answer is none of the answers offered."),
    "condition_not_before": _("The condition names no question that stands before this one."),
    "condition_not_choosable": _("A condition can only rest on a question with fixed answers."),
    "condition_value": _("The condition names an answer that its question does not offer."),
}
BAD_ANSWERS = {
    "not_offered": _("Choose one of the answers offered."),
    "no_number": _("Enter a number."),
    "no_date": _("Enter a date, such as 2026-05-20."),
    "too_long": _("The text is too long. Shorten it."),
}


def words_of(question: Question, value: str) -> Any:
    """Return an answer in words."""
    return VALUES.get(value, value) if question.scale in STEPS else value


def offered(question: Question) -> list[tuple[str, Any]]:
    """Return the answers one can choose, with their words."""
    return [(value, words_of(question, value)) for value in question.values]


def value_of(question: Question, words: str) -> str:
    """Return the stored value for what somebody typed: the value itself or its words."""
    text = words.strip()
    by_words = {str(label): value for value, label in offered(question)}
    return text if text in question.values else by_words.get(text, text)
