"""Frames of planning as questionnaires that are filled in for a plan (MKT-13)."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

DOCUMENT: Final = "document"
BRAND_SURVEY: Final = "brand-survey"


def frame(key: str, title: Any, parts: Sequence[Any], *, intro: Any) -> Default:
    """Return a questionnaire with one long answer for each part of a frame."""
    questions = [
        Question(key=f"q{number}", label=part, scale=Scale.LONG, required=True)
        for number, part in enumerate(parts, start=1)
    ]
    return Default(
        key=key,
        title=title,
        use="record",
        subject_kind=DOCUMENT,
        intro=intro,
        outline=Outline((Section(title, tuple(questions)),)),
    )


FRAMES: Final = (
    frame(
        "frame-4p",
        _("4P: from the product"),
        (
            pgettext_lazy("4P", "Product"),
            pgettext_lazy("4P", "Price"),
            pgettext_lazy("4P", "Place"),
            pgettext_lazy("4P", "Promotion"),
        ),
        intro=_("What we offer, at which price, where and how it is told."),
    ),
    frame(
        "frame-4c",
        _("4C: from the customer"),
        (
            pgettext_lazy("4C", "Consumer"),
            pgettext_lazy("4C", "Cost"),
            pgettext_lazy("4C", "Communication"),
            pgettext_lazy("4C", "Convenience"),
        ),
        intro=_("What customers want, what it costs them, how we speak, how easy it is."),
    ),
    frame(
        "frame-4r",
        _("4R: from the relation"),
        (
            pgettext_lazy("4R", "Relevance"),
            pgettext_lazy("4R", "Reaction"),
            pgettext_lazy("4R", "Relationship"),
            pgettext_lazy("4R", "Reward"),
        ),
        intro=_("What ties us to customers, how fast we answer, how it lasts, what it brings."),
    ),
    frame(
        "frame-ways",
        _("Ways of marketing"),
        (
            _("Relationship marketing"),
            _("Integrated marketing"),
            _("Database marketing"),
            _("Share of the customer"),
            _("Knowledge marketing"),
            _("Experience marketing"),
        ),
        intro=_("Which of these ways the plan takes and how; write none where it takes none."),
    ),
)
# question -> component of the brand
ASKED: Final = {
    "q1": "awareness",
    "q2": "awareness",
    "q3": "loyalty",
    "q4": "loyalty",
    "q5": "association",
    "q6": "association",
}
HEADING: Final[Any] = _("What people know and think of us")
QUESTIONS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("q1", _("Did you know our company before today?"), Scale.YES),
    ("q2", _("How well do you know our projects?"), Scale.TEN),
    ("q3", _("Would you recommend us?"), Scale.NPS),
    ("q4", _("Would you look at our next project first?"), Scale.TEN),
    ("q5", _("Our homes stand for quality"), Scale.FIVE),
    ("q6", _("We keep what we promise"), Scale.FIVE),
)
SURVEY: Final = Default(
    key=BRAND_SURVEY,
    title=_("Survey of the brand"),
    use="interview",
    intro=_("One sheet for each person asked; nobody is named in it."),
    outline=Outline(
        (
            Section(
                HEADING,
                tuple(
                    Question(key=key, label=label, scale=scale, required=True)
                    for key, label, scale in QUESTIONS
                ),
            ),
        )
    ),
)


def register() -> None:
    """Bring the frames and the survey along."""
    for default in (*FRAMES, SURVEY):
        register_default(default)
