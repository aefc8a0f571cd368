"""The score sheet of a call or case, as it is first written (SVC-25)."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from service.desk.models import QualitySample

SHEET: Final = "desk-quality"


def _asked(key: str, label: Any, scale: Scale = Scale.FIVE, *, required: bool = True) -> Question:
    return Question(key=key, label=label, scale=scale, required=required)


def _section(title: Any, *questions: Question) -> Section:
    return Section(title, questions)


SCORES = Default(
    key=SHEET,
    title=_("Quality of a call or case"),
    use="record",
    subject_kind="quality_sample",
    intro=_("From 1, far from what we promise, to 5, as we promise it."),
    outline=Outline(
        (
            _section(
                _("How it was handled"),
                _asked("q1", _("Courtesy")),
                _asked("q2", _("Correctness")),
                _asked("q3", _("Completeness")),
                _asked("q4", _("What was good, what to practise"), Scale.LONG, required=False),
            ),
        )
    ),
)


def register() -> None:
    """Make the sheet known."""
    register_default(SCORES)


def marks_of(sample: QualitySample) -> list[tuple[str, str]]:
    """Return each question of the finished score sheet with what was given; empty before that."""
    if sample.sheet is None or not sample.sheet.is_complete:
        return []
    given = dict(sample.sheet.answers.values_list("question", "value"))
    asked = sample.sheet.version.outline.questions()
    return [(str(each.label), given[each.key]) for each in asked if each.key in given]
