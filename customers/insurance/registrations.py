"""What repair insurance tells the other parts: events and marks."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from customers.insurance import choices

EVENTS = {
    "insurance.saved": _("Repair insurance saved"),
    "insurance.claimed": _("Claim on repair insurance written down"),
    "insurance.assessed": _("Claim on repair insurance assessed"),
    "insurance.rejected": _("Claim on repair insurance rejected"),
    "insurance.paid": _("Claim on repair insurance paid"),
    "insurance.repaired": _("Defect of an insurance claim repaired"),
}
TONES = {
    "claimed": ("amber", "half"),
    "assessed": ("blue", "half"),
    "paid": ("blue", "dot"),
    "repaired": ("green", "tick"),
    "rejected": ("red", "cross"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    marks = {value: Mark(*TONES[value], word=word) for value, word in choices.STATES}
    register_marks("repair-claim", marks)
