"""The kinds of documents that sales papers of projects are sorted by (MKT-57)."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.documents.models import Document
from crm_site.documents.registry import DocumentKind, register_kind
from crm_site.staff.models import OrgNode

WRITE, APPROVE = "documents.write_documents", "documents.approve_documents"
READERS: Final = frozenset({"consultant"})
# key, label, prefix, what stands in it
SORTS: Final[tuple[tuple[str, Any, str, tuple[Any, ...]], ...]] = (
    ("sales-brochure", _("Brochures and images"), "SPB", (_("What it shows"), _("Sources"))),
    (
        "sales-layouts",
        _("Layouts and areas for sales"),
        "SPL",
        (_("Layouts"), pgettext_lazy("paper", "Areas")),
    ),
    (
        "sales-payment",
        _("Prices, payment and loans for sales"),
        "SPY",
        (_("Ways of payment"), _("Loans"), _("What is not promised")),
    ),
    (
        "sales-contract",
        _("Model contracts for sales"),
        "SPC",
        (_("Clauses that customers ask about"), _("Clauses that are not changed")),
    ),
    (
        "sales-comparison",
        _("Comparison with other projects"),
        "SPO",
        (_("Projects compared"), _("What is better, what is worse"), _("Sources")),
    ),
)
SORT_LABELS: Final = {key: label for key, label, _prefix, _sections in SORTS}


def register() -> None:
    """Make the kinds known."""
    for key, label, prefix, sections in SORTS:
        register_kind(
            DocumentKind(
                key=key,
                label=label,
                prefix=prefix,
                edit_permission=WRITE,
                approvers=(APPROVE,),
                subject_kind="project",
                reader_roles=READERS,
                place=_place,
                sections=sections,
                help=_("Sales papers of a project; every consultant confirms each version."),
            )
        )


def _place(document: Document) -> OrgNode | None:
    # a project shares the key of its node
    return OrgNode.objects.get(pk=document.subject_id or 0)
