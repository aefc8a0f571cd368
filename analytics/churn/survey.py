"""The questionnaire to lost customers, brought along and to be changed at will (ANA-61)."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from analytics.churn.choices import REASONS
from analytics.churn.rules.reasons import Reason
from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

LOSS: Final = "survey-loss"
MAIN: Final = "main"
WORDS: Final = dict(REASONS)
# The causes asked about, in the order of the question on the main one.
ASKED: Final = tuple(reason for reason in Reason if reason is not Reason.UNKNOWN)


def _asked(**more: Any) -> Question:
    return Question(weight=0, **more)


def _section(title: Any, *questions: Question) -> Section:
    return Section(title, questions)


def register() -> None:
    """Make the questionnaire known; its keys are those of the reasons (CUS-108)."""
    main = _asked(
        key=MAIN,
        label=_("What weighed most when you decided against us?"),
        scale=Scale.CHOICE,
        options=tuple(WORDS[reason.value] for reason in ASKED),
    )
    causes = tuple(
        _asked(
            key=reason.value,
            label=WORDS[reason.value],
            scale=Scale.YES,
            required=False,
        )
        for reason in ASKED
    )
    words = _asked(
        key="words",
        label=_("What should we have done differently?"),
        scale=Scale.LONG,
        required=False,
        help=_("Please write no ID, card or phone numbers."),
    )
    register_default(
        Default(
            key=LOSS,
            title=_("Why did you decide against us?"),
            use="survey",
            intro=_("Two minutes. You helped us to see what we must do better."),
            outline=Outline(
                (
                    Section("", (main,)),
                    _section(_("Did this play a part?"), *causes),
                    Section("", (words,)),
                )
            ),
        )
    )
