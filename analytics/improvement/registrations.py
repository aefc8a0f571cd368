"""What improvement tells the other parts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.improvement import choices, messages, panels, policies, registers
from analytics.improvement.people_models import Appraisal, BonusRun, IncentiveAccount
from analytics.improvement.programme_models import PdcaItem, Programme
from analytics.improvement.querysets import APPRAISE, OWN, SEE_PAY, VIEW
from analytics.improvement.rules.appraisal import KPIS
from analytics.improvement.rules.programme import DIMENSIONS
from analytics.improvement.selectors import items_of_week
from analytics.improvement.services import rewards
from analytics.improvement.services.library import keep_result
from analytics.kpis.registry import name_kpis
from analytics.registering import declare_events, mark_states, offer_pages, offer_subjects
from analytics.reviews.hooks import register_week_source
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from marketing.messaging.hooks import register_decided

EVENTS = {
    "improvement.programme_written": _("Programme written"),
    "improvement.gate_passed": _("Gate of a programme passed"),
    "improvement.evaluated": _("Programme evaluated"),
    "improvement.workshop_held": _("Workshop noted"),
    "improvement.item_changed": _("Improvement item changed"),
    "improvement.item_moved": _("Improvement item moved"),
    "improvement.means_kept": _("Means of an improvement item kept"),
    "improvement.appraisal_opened": _("Appraisal opened"),
    "improvement.appraisal_judged": _("Appraisal judged"),
    "improvement.appraisal_published": _("Appraisal published"),
    "improvement.appealed": _("Appeal against an appraisal"),
    "improvement.appeal_decided": _("Appeal decided"),
    "improvement.incentive_granted": _("Incentive granted"),
    "improvement.incentive_reversed": _("Incentive reversed"),
    "improvement.honoured": _("Colleague honoured"),
    "improvement.bonus_computed": _("Bonus fund computed"),
    "improvement.pay_list_exported": _("Pay list taken as a file"),
    "improvement.bonus_paid": _("Bonus fund paid"),
    "improvement.star_named": _("Colleague named for the service star"),
    "improvement.star_awarded": _("Service star awarded"),
}
TONES = {
    "pdca": {
        "plan": ("", "ring"),
        "do": ("blue", "half"),
        "check": ("amber", "dia"),
        "act": ("blue", "dot"),
        "closed": ("green", "tick"),
        "dropped": ("", "cross"),
    },
    "phase": {
        "diagnosis": ("", "ring"),
        "implementation": ("blue", "half"),
        "evaluation": ("amber", "dia"),
        "closed": ("green", "tick"),
    },
    "appraisal": {
        "draft": ("", "ring"),
        "published": ("green", "tick"),
        "appealed": ("amber", "half"),
        "final": ("green", "dot"),
    },
    "bonus": {
        "draft": ("", "ring"),
        "asked": ("amber", "half"),
        "approved": ("green", "dot"),
        "refused": ("red", "cross"),
        "paid": ("green", "tick"),
    },
    "advice": {"promote": ("green", "tick"), "move": ("amber", "dia"), "none": ("", "ring")},
}
WORDS = {
    "pdca": choices.STAGES,
    "phase": choices.PHASES,
    "appraisal": choices.APPRAISAL_STATES,
    "bonus": choices.BONUS_STATES,
    "advice": choices.ADVICE,
}
SUBJECTS: tuple[tuple[str, Any, str, Any], ...] = (
    ("programme", Programme, "programme", _("Programmes")),
    ("pdca-item", PdcaItem, "pdca-item", _("Improvement items")),
    ("appraisal", Appraisal, "appraisal", _("Appraisals")),
    ("bonus-run", BonusRun, "bonus-run", _("Bonus funds")),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    messages.register()
    registers.register()
    rewards.register()
    panels.register()
    register_decided("library of results", keep_result)
    name_kpis("appraisal", KPIS.values())
    name_kpis("bonus fund", rewards.ADJUSTED_BY)
    for dimension, keys in DIMENSIONS.items():
        name_kpis(f"programme {dimension}", keys)
    declare_events(EVENTS)
    mark_states(TONES, WORDS)
    offer_subjects(SUBJECTS)
    register_subject(
        Subject(
            kind="incentive-account",
            model="analytics.IncentiveAccount",
            visible_to=IncentiveAccount.objects.visible_to,
            title=str,
        )
    )
    register_week_source("improvement", _("Improvement items"), items_of_week)
    _offer_pages()


def _offer_pages() -> None:
    board = ("analytics:pdca-board", pgettext_lazy("menu", "Improvement"), "refresh", 548, VIEW)
    register_entry("improvement", *board)
    pages = (
        ("programmes", _("Programmes"), 549, VIEW),
        ("department-indicators", _("Departments"), 550, VIEW),
        ("experiment-results", _("Experiments"), 551, VIEW),
    )
    offer_pages("improvement", "refresh", pages)
    own = ("analytics:own-results", _("Results and rewards"), "star", 552, OWN)
    register_entry("own-results", *own)
    own_pages = (
        ("appraisals", _("Appraisals"), 553, OWN),
        ("service-star", _("Service star"), 553, OWN),
        ("promotion-candidates", _("Candidates"), 554, APPRAISE),
        ("bonus-runs", _("Bonus funds"), 554, SEE_PAY),
    )
    offer_pages("own-results", "star", own_pages)
