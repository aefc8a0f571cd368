"""The score sheet of a call or case, as it is first written (SVC-25)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

SHEET: Final = "desk-quality"

SCORES = Default(
    key=SHEET,
    title=_("Quality of a call or case"),
    use="record",
    subject_kind="quality_sample",
    intro=_("From 1, far from what we promise, to 5, as we promise it."),
    outline=Outline(
        (
            Section(
                _("How it was handled"),
                (
                    Question(key="q1", label=_("Courtesy"), scale=Scale.FIVE),
                    Question(key="q2", label=_("Correctness"), scale=Scale.FIVE),
                    Question(key="q3", label=_("Completeness"), scale=Scale.FIVE),
                    Question(
                        key="q4",
                        label=_("What was good, what to practise"),
                        scale=Scale.LONG,
                        required=False,
                    ),
                ),
            ),
        )
    ),
)


def register() -> None:
    """Make the sheet known."""
    register_default(SCORES)
