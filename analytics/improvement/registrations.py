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
from analytics.kpis.registry import name_kpis
from analytics.reviews.hooks import register_week_source
from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject

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
    "improvement.bonus_paid": _("Bonus fund paid"),
    "improvement.star_named": _("Colleague named for the service star"),
    "improvement.star_awarded": _("Service star awarded"),
}
TONES: dict[str, tuple[Any, dict[str, tuple[str, str]]]] = {
    "pdca": (
        choices.STAGES,
        {
            "plan": ("", "ring"),
            "do": ("blue", "half"),
            "check": ("amber", "dia"),
            "act": ("blue", "dot"),
            "closed": ("green", "tick"),
            "dropped": ("", "cross"),
        },
    ),
    "phase": (
        choices.PHASES,
        {
            "diagnosis": ("", "ring"),
            "implementation": ("blue", "half"),
            "evaluation": ("amber", "dia"),
            "closed": ("green", "tick"),
        },
    ),
    "appraisal": (
        choices.APPRAISAL_STATES,
        {
            "draft": ("", "ring"),
            "published": ("green", "tick"),
            "appealed": ("amber", "half"),
            "final": ("green", "dot"),
        },
    ),
    "bonus": (
        choices.BONUS_STATES,
        {
            "draft": ("", "ring"),
            "asked": ("amber", "half"),
            "approved": ("green", "dot"),
            "refused": ("red", "cross"),
            "paid": ("green", "tick"),
        },
    ),
    "advice": (
        choices.ADVICE,
        {"promote": ("green", "tick"), "move": ("amber", "dia"), "none": ("", "ring")},
    ),
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
    name_kpis("appraisal", KPIS.values())
    name_kpis("bonus fund", rewards.ADJUSTED_BY)
    for dimension, keys in DIMENSIONS.items():
        name_kpis(f"programme {dimension}", keys)
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, (labels, tones) in TONES.items():
        words = dict(labels)
        register_marks(kind, {key: Mark(*tone, word=words[key]) for key, tone in tones.items()})
    for kind, model, url_name, label in SUBJECTS:
        register_subject(
            Subject(
                kind=kind,
                model=f"analytics.{model.__name__}",
                visible_to=model.objects.visible_to,
                title=str,
                url_name=f"analytics:{url_name}",
                label=label,
            )
        )
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
    for key, label, order in (
        ("programmes", _("Programmes"), 549),
        ("department-indicators", _("Departments"), 550),
        ("experiment-results", _("Experiments"), 551),
    ):
        entry = (f"analytics:{key}", label, "refresh", order, VIEW)
        register_entry(key, *entry, parent="improvement")
    own = ("analytics:own-results", _("Results and rewards"), "star", 552, OWN)
    register_entry("own-results", *own)
    for key, label, order, right in (
        ("appraisals", _("Appraisals"), 553, OWN),
        ("service-star", _("Service star"), 553, OWN),
        ("promotion-candidates", _("Candidates"), 554, APPRAISE),
        ("bonus-runs", _("Bonus funds"), 554, SEE_PAY),
    ):
        entry = (f"analytics:{key}", label, "star", order, right)
        register_entry(key, *entry, parent="own-results")
