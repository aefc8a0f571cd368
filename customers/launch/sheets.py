"""The forms of the checks and the test of the briefing, as they are first written.

Managers change them under *Questionnaires*; the keys of the questions stay.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

RISK_CHECK: Final = "sales-risk-check"
COMFORT_CHECK: Final = "comfort-check"
BRIEFING_TEST: Final = "technical-briefing-test"


def _asked(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.YES)


def _told(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.LONG, required=False)


def _section(title: Any, *questions: Question) -> Section:
    return Section(title, questions)


def _photo(key: str) -> Question:
    label: Any = _("Photos")
    return Question(key=key, label=label, scale=Scale.PHOTO, required=False)


def _chosen(key: str, label: Any, at: int, right: Any, *others: Any) -> Question:
    options = (*others[:at], right, *others[at:])
    return Question(key=key, label=label, scale=Scale.CHOICE, options=options, right=right)


RISKS = Default(
    key=RISK_CHECK,
    title=_("Sales risk check"),
    use="checklist",
    subject_kind="project",
    intro=_("What is not in order also becomes an entry of the register of sales risks."),
    outline=Outline(
        (
            _section(
                _("What customers are told"),
                _asked("q1", _("Do adverts, sand table and brochures match the permits?")),
                _asked("q2", _("Are all adverse factors shown and part of the wording?")),
                _asked("q3", _("Does the show flat say what is not delivered with a home?")),
                _asked("q4", _("Does everybody keep to manual and uniform wording?")),
            ),
            _section(
                _("Contract and price"),
                _asked("q5", _("Are contract and supplementary terms the reviewed ones?")),
                _asked("q6", _("Do the prices shown agree with the approved list?")),
                _asked("q7", _("Are pre-sale permit and supervised account shown?")),
                _asked("q8", _("Can the promised handover day be kept?")),
            ),
            _section(
                _("Site and order"),
                _asked("q9", _("Are queues, choice of units and safety planned?")),
                _asked("q10", _("Are open complaints of earlier phases answered?")),
                _told("q11", _("What else was noticed")),
                _photo("q12"),
            ),
        )
    ),
)
COMFORT = Default(
    key=COMFORT_CHECK,
    title=_("Comfort check"),
    use="checklist",
    subject_kind="project",
    intro=_("Walk through as a customer would. Suggestions go into their register."),
    outline=Outline(
        (
            _section(
                _("Sales site"),
                _asked("q1", _("Is the way there signposted, with parking?")),
                _asked("q2", _("Are light, air, temperature and noise pleasant?")),
                _asked("q3", _("Is there a place for children and the elderly?")),
                _asked("q4", _("Are visitors met within three minutes?")),
                _asked("q5", _("Are the toilets clean and easy to find?")),
            ),
            _section(
                _("Signing room"),
                _asked("q6", _("Can a contract be read there undisturbed?")),
                _asked("q7", _("Can nobody overhear or read another customer's papers?")),
                _asked("q8", _("Are the model contract and price statement at hand?")),
                _told("q9", _("What else was noticed")),
                _photo("q10"),
            ),
        )
    ),
)
TEST = Default(
    key=BRIEFING_TEST,
    title=_("Test of the technical briefing"),
    use="record",
    subject_kind="project",
    is_test=True,
    outline=Outline(
        (
            _section(
                _("What holds"),
                _chosen(
                    "q1",
                    _("An advert and the sales manual differ. What is said?"),
                    1,
                    _("What the manual says"),
                    _("What the advert says"),
                    _("What sells better"),
                ),
                _chosen(
                    "q2",
                    _("A customer asks for the exact area before it is measured."),
                    2,
                    _("The forecast area, with how a difference is settled"),
                    _("The largest area of the layout"),
                    _("That it will not differ"),
                ),
                _chosen(
                    "q3",
                    _("A customer wants to take out a bearing wall."),
                    0,
                    _("It must not be taken out"),
                    _("It may, after handover"),
                    _("It may, against a fee"),
                ),
            ),
            _section(
                _("What is told"),
                _chosen(
                    "q4",
                    _("When are adverse factors of a unit told?"),
                    1,
                    _("Before the subscription, in writing"),
                    _("When the customer asks"),
                    _("At handover"),
                ),
                _chosen(
                    "q5",
                    _("Fittings of the show flat that are not delivered"),
                    2,
                    _("are marked, and named when it is shown"),
                    _("are left unmentioned"),
                    _("are promised as a gift"),
                ),
            ),
        )
    ),
)


def register() -> None:
    """Bring the forms along; safe to call again."""
    for default in (RISKS, COMFORT, TEST):
        register_default(default)
