"""The forms of checks, tests, inspections and interviews as they are first written.

Managers change them under *Questionnaires*. What a finished sheet calls for stands in
``services/following.py``.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from marketing.selling import test_words
from marketing.selling.services import following

TALK_CHECK: Final = "honest-selling-check"
MYSTERY: Final = "mystery-customer"
INSPECTION: Final = "sales-office-inspection"
GUIDE: Final = "depth-interview-guide"
CHECK_SHEETS: Final = {"call": TALK_CHECK, "chat": TALK_CHECK, "mystery": MYSTERY}
TEST_LABELS: Final = test_words.LABELS


def _asked(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.YES)


def _told(key: str, label: Any, *, required: bool = False) -> Question:
    return Question(key=key, label=label, scale=Scale.LONG, required=required)


def _photo(key: str) -> Question:
    label: Any = _("Photos")
    return Question(key=key, label=label, scale=Scale.PHOTO, required=False)


def _section(title: Any, *questions: Question) -> Section:
    return Section(title, questions)


CHECK = Default(
    key=TALK_CHECK,
    title=_("Check of a call or chat"),
    use="checklist",
    subject_kind="selling-check",
    intro=_("No and partly become findings, which lower the quality score."),
    on_complete=following.after_check,
    outline=Outline(
        (
            _section(
                _("Honest selling"),
                _asked("q1", _("Did what was said agree with manual and uniform wording?")),
                _asked("q2", _("Were adverse factors told where they mattered?")),
                _asked("q3", _("Was nothing promised that the contract does not hold?")),
                _asked("q4", _("Were price, discounts and payment told as approved?")),
                _asked("q5", _("Was no pressure put on, and no scarcity made up?")),
            ),
            _section(
                _("Manner"),
                _asked("q6", _("Was the customer asked about needs and listened to?")),
                _asked("q7", _("Was the next step agreed on?")),
                _told("q8", _("What was said, word for word, where it matters")),
            ),
        )
    ),
)
MYSTERY_SHEET = Default(
    key=MYSTERY,
    title=_("Visit of a mystery customer"),
    use="checklist",
    subject_kind="selling-check",
    intro=_("Filled in on the day of the visit. No and partly become findings."),
    on_complete=following.after_check,
    outline=Outline(
        (
            _section(
                _("Honest selling"),
                _asked("q1", _("Were the five certificates shown or pointed out?")),
                _asked("q2", _("Were adverse factors told without being asked?")),
                _asked("q3", _("Was the show flat explained: what is delivered, what is not?")),
                _asked("q4", _("Were school, metro and greenery told as they are planned?")),
                _asked("q5", _("Was nothing bad said about competitors?")),
            ),
            _section(
                _("Service"),
                _asked("q6", _("Were you met within three minutes?")),
                _asked("q7", _("Did the consultant know product, policy and loans?")),
                _told("q8", _("What was noticed")),
                _photo("q9"),
            ),
        )
    ),
)
OFFICE = Default(
    key=INSPECTION,
    title=_("Inspection of a sales office"),
    use="checklist",
    subject_kind="sales-office",
    intro=_("Every item that is not in order becomes a task for who is responsible."),
    on_complete=following.after_inspection,
    outline=Outline(
        (
            _section(
                _("Look of the store"),
                _asked("q1", _("Are sign, lights and windows clean and whole?")),
                _asked("q2", _("Do sand table, boards and screens show what is valid now?")),
                _asked("q3", _("Are the things to be disclosed shown and legible?")),
                _asked("q4", _("Are model flat and toilets clean?")),
                _photo("q5"),
            ),
            _section(
                _("Service manner"),
                _asked("q6", _("Is everybody in working dress with a name tag?")),
                _asked("q7", _("Are visitors met, seated and offered water?")),
                _asked("q8", _("Is every visit written down the same day?")),
            ),
            _section(
                _("Cultivation of the area"),
                _asked("q9", _("Is material put up at the agreed places nearby?")),
                _asked("q10", _("Was the plan of visits to neighbours and shops kept?")),
                _told("q11", _("What else was noticed")),
            ),
        )
    ),
)
INTERVIEW = Default(
    key=GUIDE,
    title=_("Guide of a depth interview"),
    use="interview",
    subject_kind="depth-interview",
    intro=_("Ask openly, let the customer speak, write down the customer's own words."),
    outline=Outline(
        (
            _section(
                _("The way to us"),
                _told("q1", _("How did the search for a home begin?"), required=True),
                _told("q2", _("What was compared, and by what?"), required=True),
            ),
            _section(
                _("The decision"),
                _told("q3", _("What decided for or against us?"), required=True),
                _told("q4", _("What nearly kept you from it?")),
                _told("q5", _("What would you tell a friend?")),
            ),
        )
    ),
)


def register() -> None:
    """Bring the forms along; safe to call again."""
    for default in (CHECK, MYSTERY_SHEET, OFFICE, INTERVIEW):
        register_default(default)
    for default in test_words.tests():
        register_default(default)
