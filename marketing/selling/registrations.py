"""What selling tells the other parts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.record_tabs import RecordTab, register_tab
from marketing.selling import choices, data_categories, papers, policies, registers, sheets
from marketing.selling.check_models import SalesOffice, SellingCheck
from marketing.selling.customer_models import DepthInterview, InterviewProgramme
from marketing.selling.plan_models import SalesPlan
from marketing.selling.querysets import BRING, SEE_INTERVIEWS, SEE_QUALITY, TESTS, VIEW
from marketing.selling.services import plans

EVENTS: dict[str, Any] = {
    "selling.plan_written": _("Sales plan written"),
    "selling.plan_changed": _("Sales plan changed"),
    "selling.plan_adjusted": _("Sales plan adjusted"),
    "selling.plan_discarded": _("Draft of a sales plan discarded"),
    "selling.plan_approved": _("Sales plan in force"),
    "selling.statistics_exported": _("Sales statistics taken as a file"),
    "selling.check_planned": _("Mystery visit written down"),
    "selling.check_struck": _("Check of selling struck"),
    "selling.office_kept": _("Sales office written"),
    "selling.third_party_brought": _("Result of a third party kept"),
    "selling.third_party_refused": _("Result of a third party refused"),
    "selling.third_party_dropped": _("Result of a third party deleted"),
    "selling.interviews_planned": _("Depth interviews planned"),
    "selling.interviews_drawn": _("Sample of depth interviews drawn"),
    "selling.interview_held": _("Depth interview held"),
    "selling.interview_dropped": _("Depth interview not held"),
    "selling.finding_linked": _("Finding of an interview linked to an improvement"),
}
TONES: dict[str, dict[str, tuple[str, str]]] = {
    "sales-plan": {
        "draft": ("", "ring"),
        "asked": ("amber", "half"),
        "approved": ("green", "tick"),
        "replaced": ("", "cross"),
    },
    "selling-check": {
        "open": ("blue", "ring"),
        "done": ("green", "tick"),
        "void": ("", "cross"),
    },
    "competence": {
        "expert": ("green", "tick"),
        "qualified": ("blue", "dot"),
        "training": ("red", "tri"),
        "untested": ("", "ring"),
    },
    "third-party": {
        "good": ("green", "tick"),
        "limited": ("amber", "half"),
        "poor": ("red", "tri"),
        "unclear": ("", "ring"),
    },
    "interview": {
        "planned": ("blue", "ring"),
        "held": ("green", "tick"),
        "dropped": ("", "cross"),
    },
}
WORDS: dict[str, Any] = {
    "sales-plan": choices.PLAN_STATES,
    "selling-check": choices.CHECK_STATES,
    "competence": choices.LEVELS,
    "third-party": choices.VERDICTS,
    "interview": choices.INTERVIEW_STATES,
}
SUBJECTS: tuple[tuple[str, Any, str, Any], ...] = (
    ("sales-plan", SalesPlan, "sales-plan", _("Sales plans")),
    ("selling-check", SellingCheck, "selling-check", _("Checks of selling")),
    ("sales-office", SalesOffice, "sales-office", _("Sales offices")),
    ("interview-programme", InterviewProgramme, "interview-programme", _("Depth interviews")),
    ("depth-interview", DepthInterview, "depth-interview", _("Talks of depth interviews")),
)
# parent, then: key, label, order, right
PLAN_PAGES = (("sales-statistics", _("Sales statistics"), 381, VIEW),)
QUALITY_PAGES = (
    ("competence", _("Competence"), 386, SEE_QUALITY),
    ("sales-offices", _("Sales offices"), 387, SEE_QUALITY),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for part in (plans, policies, registers, sheets, papers, data_categories):
        part.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, found in TONES.items():
        words = dict(WORDS[kind])
        register_marks(kind, {key: Mark(*tone, words[key]) for key, tone in found.items()})
    for kind, model, url_name, label in SUBJECTS:
        register_subject(
            Subject(
                kind=kind,
                model=f"marketing.{model.__name__}",
                visible_to=model.objects.visible_to,
                title=str,
                url_name=f"marketing:{url_name}",
                label=label,
            )
        )
    register_tab(RecordTab("third-party", "marketing:third-party", _("Third parties"), 85, BRING))
    _offer_pages()


def _offer_pages() -> None:
    register_entry("sales-plans", "marketing:sales-plans", _("Sales plan"), "chart", 380, VIEW)
    _under("sales-plans", "chart", PLAN_PAGES)
    label = pgettext_lazy("menu", "Quality of selling")
    register_entry("selling-checks", "marketing:selling-checks", label, "shield", 385, SEE_QUALITY)
    _under("selling-checks", "shield", QUALITY_PAGES)
    own = pgettext_lazy("menu", "My selling")
    register_entry("own-selling", "marketing:own-selling", own, "shield", 388, TESTS)
    right = ("documents.view_documents", "customers.view_units")
    papers_page = ("marketing:sales-papers", _("Sales papers"), "file", 383, right)
    register_entry("sales-papers", *papers_page, parent="documents")
    talks = _("Depth interviews")
    url = "marketing:interview-programmes"
    register_entry("interview-programmes", url, talks, "mic", 389, SEE_INTERVIEWS)


def _under(parent: str, icon: str, pages: tuple[tuple[str, Any, int, str], ...]) -> None:
    for key, label, order, right in pages:
        register_entry(key, f"marketing:{key}", label, icon, order, right, parent=parent)
