"""The controlled documents of planning: plans, comparison sheets, the company profile."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.documents.registry import DocumentKind, register_kind
from marketing.planning.querysets import KEEP, VIEW

STRATEGY: Final = "marketing-strategy"
PROJECT_PLAN: Final = "project-marketing-plan"
ANNUAL: Final = "annual-marketing-plan"
SHEET: Final = "comparison-sheet"
PROFILE: Final = "company-profile"
PLANS: Final = (STRATEGY, PROJECT_PLAN, ANNUAL)
APPROVE: Final = "documents.approve_documents"
READ: Final = "documents.view_documents"
PLAN: Final[dict[str, Any]] = {
    "edit_permission": KEEP,
    "view_permission": VIEW,
    "approvers": (APPROVE,),
    "is_complete": True,
}
FIVE_PARTS: Final = (
    _("Positioning"),
    _("Target groups"),
    _("Choice of channels"),
    _("Split of the budget"),
    _("Evaluation of the effect"),
)
KINDS: Final = (
    DocumentKind(
        key=STRATEGY,
        label=_("Marketing strategy plan"),
        prefix="MS",
        sections=FIVE_PARTS,
        help=_("The company's strategy in five parts; without one of them it is not approved."),
        **PLAN,
    ),
    DocumentKind(
        key=PROJECT_PLAN,
        label=_("Marketing plan of a project"),
        prefix="MP",
        subject_kind="project",
        sections=FIVE_PARTS,
        help=_("How one project is marketed, in the same five parts."),
        **PLAN,
    ),
    DocumentKind(
        key=ANNUAL,
        label=_("Annual marketing plan"),
        prefix="MA",
        sections=(
            _("What last year brought"),
            _("Goals of the year"),
            _("Measures by quarter"),
            _("Budget of the year"),
            _("Who answers for what"),
        ),
        help=_("Approved before 1 January; its first day of force lies on or before that day."),
        **PLAN,
    ),
    DocumentKind(
        key=SHEET,
        label=_("Comparison sheet for customers"),
        prefix="CS",
        edit_permission=KEEP,
        view_permission=READ,
        approvers=(APPROVE,),
        subject_kind="project",
        sections=(
            _("Projects compared"),
            pgettext_lazy("sheet", "Comparison"),
            _("Sources and dates"),
        ),
        is_complete=True,
        needs_end=True,
        help=_(
            "What customers are told about competing projects, with sources. Only an approved one"
            " that has not run out is handed over."
        ),
    ),
    DocumentKind(
        key=PROFILE,
        label=_("Company profile"),
        prefix="CO",
        edit_permission=KEEP,
        view_permission=READ,
        approvers=(APPROVE,),
        sections=(
            pgettext_lazy("company", "Founded"),
            pgettext_lazy("company", "Seat"),
            _("Registered capital"),
            _("About us"),
        ),
        is_complete=True,
        help=_("What adverts say about the company, word for word. Certificates have a register."),
    ),
)


def register() -> None:
    """Make the kinds known."""
    for kind in KINDS:
        register_kind(kind)
