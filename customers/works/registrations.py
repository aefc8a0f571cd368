"""What building nodes tell the other parts: events, marks, subjects, approvals."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.subjects import Subject, register_subject
from customers.works import choices, notices, part
from customers.works.models import ProgressNotice

EVENTS = {
    "node.saved": _("Building node saved"),
    "node.reached": _("Building node reached"),
    "node.reported": _("Outside report on a building node kept"),
    "node.issues_closed": _("Issues of an outside report closed"),
    "node.accepted": _("Acceptance of a building node written down"),
    "payment.planned": _("Payment by node planned"),
    "payment.released": _("Payment by node released"),
    "payment.held": _("Payment by node held back"),
    "notice.changed": _("Progress notice changed"),
    "notice.submitted": _("Progress notice submitted"),
    "notice.sent": _("Progress notice sent"),
}
TONES = {
    "planned": ("amber", "half"),
    "released": ("green", "tick"),
    "held": ("red", "cross"),
    "draft": ("", "ring"),
    "waiting": ("amber", "half"),
    "sent": ("green", "tick"),
    "passed": ("green", "tick"),
    "failed": ("red", "cross"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, words in (
        ("node-result", choices.RESULTS),
        ("node-payment", choices.PAYMENTS),
        ("progress-notice", choices.NOTICES),
    ):
        register_marks(kind, {value: Mark(*TONES[value], word=word) for value, word in words})
    notices.register()
    part.register()
    register_subject(
        Subject(
            kind=notices.SUBJECT,
            model="customers.ProgressNotice",
            visible_to=lambda user: ProgressNotice.objects.visible_to(user),
            title=str,
            url_name="customers:notice-detail",
        )
    )
