"""What claims tell the other parts: subjects, events, marks, places, policies."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.arbitration import choices, policies
from customers.arbitration.models import ClaimCase
from customers.arbitration.services.events import follow_purchase
from customers.purchase.hooks import register_follow_up

VIEW = "customers.view_claims"
TONES = {
    "claim": ("green", "tick"),
    "walk_in": ("", "ring"),
    "undecided": ("amber", "half"),
}
KIND_TONES = {
    "reported": ("blue", "ring"),
    "verified": ("blue", "tick"),
    "visited": ("amber", "half"),
    "re_reported": ("blue", "ring"),
    "deposit": ("green", "dia"),
    "signed": ("green", "dot"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    for kind, label in (
        ("claim.noted", _("Claim on a customer noted")),
        ("claim.decided", _("Claims on a customer decided")),
        ("claim.appealed", _("Claims on a customer decided anew")),
    ):
        declare(kind, label)
    for kind, tones, words in (
        ("claim", TONES, choices.OUTCOMES),
        ("claim_event", KIND_TONES, choices.KINDS),
    ):
        register_marks(kind, {value: Mark(*tones[value], word=word) for value, word in words})
    register_subject(
        Subject(
            kind="claim_case",
            model="customers.ClaimCase",
            visible_to=lambda user: ClaimCase.objects.visible_to(user).select_related(
                "project", "customer"
            ),
            title=str,
            url_name="customers:claim-detail",
            label=_("Claims"),
        )
    )
    register_follow_up("claims", follow_purchase)
    register_entry(
        "claims", "customers:claim-list", pgettext_lazy("page", "Claims"), "flag", 48, VIEW
    )
