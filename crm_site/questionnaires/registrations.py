"""What questionnaires tell the floor below: subjects, audit events, marks, navigation."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.questionnaires.models import AnswerSheet, Questionnaire
from crm_site.questionnaires.querysets import FILL

EVENTS = {
    "questionnaire.saved": _("Questionnaire written"),
    "questionnaire.completed": _("Questionnaire filled in"),
}
MARKS = {
    "draft": Mark("amber", "half", pgettext_lazy("answer sheet", "Draft")),
    "complete": Mark("green", "tick", pgettext_lazy("answer sheet", "Complete")),
}


def register() -> None:
    """Declare everything; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    register_marks("answer-sheet", MARKS)
    register_subject(
        Subject(
            kind="questionnaire",
            model="questionnaires.Questionnaire",
            visible_to=lambda user: (
                Questionnaire.objects.all() if user.has_perm(FILL) else Questionnaire.objects.none()
            ),
            title=str,
        )
    )
    register_subject(
        Subject(
            kind="answer-sheet",
            model="questionnaires.AnswerSheet",
            visible_to=lambda user: AnswerSheet.objects.visible_to(user).select_related("version"),
            title=str,
            url_name="questionnaires:sheet-detail",
        )
    )
    place = ("questionnaires:questionnaire-list", _("Questionnaires"), "columns", 445)
    register_entry("questionnaires", *place, FILL)
