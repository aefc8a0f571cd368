"""The checks of a campaign as questionnaires, and what they say (MKT-04, MKT-16, MKT-19)."""

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from marketing.campaigns.rules.gates import Check

SUBJECT: Final = "campaign"
EXECUTABILITY: Final = "campaign-executability"
PRINCIPLES: Final = "campaign-principles"
SCENE: Final = "scene-experience"


def _yes(key: str, label: Any, help: Any = "") -> Question:
    return Question(key=key, label=label, scale=Scale.YES, help=help)


def _section(title: Any, *questions: Question) -> Section:
    return Section(title, questions)


def _long(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.LONG, required=False)


def _ten(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.TEN)


FORMS: Final[Any] = (
    Default(
        key=EXECUTABILITY,
        title=_("Executability check of a campaign"),
        use="checklist",
        subject_kind=SUBJECT,
        intro=_("A “no” keeps the campaign from approval unless a reason is given."),
        outline=Outline(
            (
                _section(
                    _("Can it be carried out?"),
                    _yes(
                        "q1",
                        _("Were people, money and time agreed with every department?"),
                        _("Each department that has to give something has agreed to it."),
                    ),
                    _yes("q2", _("Is it realistic in this time and with these means?")),
                    _yes("q3", _("Does it fit the strategy of the company?")),
                    _yes("q4", _("Is it named who coordinates with whom, and when?")),
                    _long("q5", _("Who coordinates with whom")),
                ),
            )
        ),
    ),
    Default(
        key=PRINCIPLES,
        title=_("Four principles of a campaign"),
        use="checklist",
        subject_kind=SUBJECT,
        intro=_("A campaign is launched once all four are answered with yes."),
        outline=Outline(
            (
                _section(
                    _("The four principles"),
                    _yes("q1", _("Goal-driven: the goal is a figure, and all know it")),
                    _yes("q2", _("Data-driven: group, channel and price rest on data")),
                    _yes("q3", _("Customer-centred: it says what the customer gains")),
                    _yes("q4", _("Lawful: wording, prices and data were checked")),
                ),
            )
        ),
    ),
    Default(
        key=SCENE,
        title=_("Experience of the demonstration area"),
        use="record",
        subject_kind="lead",
        intro=_("Asked of the visitor at the end of the visit, 1 to 10."),
        outline=Outline(
            (
                _section(
                    _("The visit"),
                    _ten("q1", _("The way there and the welcome")),
                    _ten("q2", _("Gardens and surroundings")),
                    _ten("q3", _("Show flats")),
                    _ten("q4", _("Explanation by the consultant")),
                    _ten("q5", _("I could picture living here")),
                ),
            )
        ),
    ),
)


def latest_checks(campaign_id: int) -> dict[str, AnswerSheet]:
    """Return the latest complete sheet of each check of a campaign, by key; two queries."""
    rows = AnswerSheet.objects.about(SUBJECT, campaign_id).complete()
    rows = rows.filter(questionnaire__key__in=[EXECUTABILITY, PRINCIPLES])
    rows = rows.select_related("questionnaire", "version", "author").prefetch_related("answers")
    return {one.questionnaire.key: one for one in rows.order_by("pk")}


def check_of(sheet: AnswerSheet) -> Check:
    """Return the points of a sheet that can be refused, with its answers."""
    asked: Iterable[Question] = sheet.version.outline.questions()
    points = [(one.key, one.label) for one in asked if one.scale == Scale.YES]
    return Check(points, {one.question: one.value for one in sheet.answers.all()})


def register() -> None:
    """Bring the forms along; safe to call again."""
    for default in FORMS:
        register_default(default)
