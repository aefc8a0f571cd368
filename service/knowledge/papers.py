"""The kinds of documents and registers of knowledge: articles, credo, standards, improvements."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.documents.registry import DocumentKind, register_kind
from crm_site.registers.registry import RegisterDefinition, RegisterField, register_definition
from service.knowledge import expectations
from service.knowledge.services.articles import KIND

WRITE, APPROVE = "service.write_knowledge", "service.approve_knowledge"
JUDGE = "service.view_ratings"
CREDO: Final = "service-credo"
STANDARD: Final = "service-standard"
POSTS: Final = frozenset(
    {
        *("consultant", "supervisor", "marketing", "channel", "agent", "specialist"),
        *("service_manager", "engineering"),
    }
)
KINDS = (
    DocumentKind(
        key=KIND,
        label=_("Article of the knowledge base"),
        prefix="KB",
        edit_permission=WRITE,
        approvers=(APPROVE,),
        help=_("One question and its approved answer, for the desk and the help page."),
    ),
    DocumentKind(
        key=CREDO,
        label=_("Service credo"),
        prefix="SC",
        edit_permission=WRITE,
        approvers=(APPROVE,),
        reader_roles=POSTS,
        sections=(
            _("We are proud of satisfied customers"),
            _("We keep what we promise"),
            _("A small surprise above what was expected"),
            _("The same respect for those who are no customers"),
        ),
        help=_("Few principles everybody confirms; the help page shows them to the public."),
    ),
    DocumentKind(
        key=STANDARD,
        label=_("Service standard of a post"),
        prefix="SS",
        edit_permission=WRITE,
        approvers=(APPROVE,),
        reader_roles=POSTS,
        sections=(_("Post"), _("What is done"), _("How it is checked")),
        help=_("What each post does for customers, confirmed by staff and checked."),
    ),
)
IMPROVEMENTS = RegisterDefinition(
    key="consult-improvements",
    label=_("Improvements of consultation"),
    item=_("Improvement of consultation"),
    help=_("What is done better after ratings of a month, by whom and until when."),
    fields=(
        RegisterField(key="month", label=_("Month looked at"), required=True),
        RegisterField(key="finding", label=_("What the ratings show"), type="long", required=True),
        RegisterField(key="measure", label=_("What is done"), type="long", required=True),
    ),
    title_label=_("Improvement"),
    view_permission=JUDGE,
    edit_permission=JUDGE,
)
CHECKS = RegisterDefinition(
    key="standard-checks",
    label=_("Checks of service standards"),
    item=_("Check of a service standard"),
    help=_("Which post was watched, whether the standard was kept, what is corrected."),
    fields=(
        RegisterField(key="post", label=_("Post"), required=True),
        RegisterField(key="standard", label=_("Standard"), required=True),
        RegisterField(
            key="kept",
            label=pgettext_lazy("standard", "Kept"),
            type="choice",
            choices=(
                ("yes", pgettext_lazy("standard", "Yes")),
                ("partly", pgettext_lazy("standard", "Partly")),
                ("no", pgettext_lazy("standard", "No")),
            ),
            required=True,
        ),
        RegisterField(key="finding", label=_("What was seen"), type="long", required=True),
    ),
    title_label=_("What was checked"),
    due_label=_("Correct by"),
    view_permission=JUDGE,
    edit_permission=JUDGE,
)


def register() -> None:
    """Make the kinds of documents and the registers known."""
    for kind in KINDS:
        register_kind(kind)
    for definition in (IMPROVEMENTS, CHECKS, expectations.DEFINITION):
        register_definition(definition)
