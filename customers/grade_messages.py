"""The words of a changed grade, and what the audit trail may hold about grades."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm_site.audit.events import declare
from crm_site.outbox.kinds import MessageKind, declare_message
from customers import grade_policy

GRADE_CHANGED: Final = "grade.changed"
GRADES_CHANGED: Final = "grades.changed"


def register() -> None:
    """Make policy, messages and audit events of the grades known; for ``ready()``."""
    grade_policy.register()
    declare("grade.locked", _("Grade locked"))
    declare("grade.removed", _("Grade removed: assessment refused"))
    declare("grade.unlocked", _("Grade unlocked"))
    declare_message(
        MessageKind(
            key=GRADE_CHANGED,
            label=_("The grade of one customer changed"),
            title=_("The grade of a customer of yours has changed"),
            body=_("Open the record to see why."),
            icon="star",
        )
    )
    declare_message(
        MessageKind(
            key=GRADES_CHANGED,
            label=_("Grades changed in the night run"),
            title=ngettext_lazy(
                "%(count)d customer of yours changed grade",
                "%(count)d customers of yours changed grade",
                "count",
            ),
            body=_("The list of customers shows the new grades."),
            url_name="customers:customer-list",
            icon="star",
        )
    )
