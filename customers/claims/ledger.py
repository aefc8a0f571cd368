"""The register of claims about a project, and what it keeps from the handover (SVC-103, BEY-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crm_site.common.navigation import Label
from crm_site.registers.models import RegisterEntry, RegisterEntryQuerySet
from crm_site.registers.registry import (
    OPEN,
    Draft,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from customers.claims.sources import published
from customers.models import Project
from customers.promises import PROMISE, PROMISES
from customers.purchase.hooks import PartState
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState

CLAIMS: Final = "claims"
PROJECT: Final = "project"
MET, UNMET = "met", "unmet"
ADVERT, MANUAL, WORDING, MODEL_HOME, CONSULTANT, CONTRACT = (
    *("advert", "manual", "wording"),
    *("model_home", "consultant", "contract"),
)
SOURCES = (
    (ADVERT, pgettext_lazy("claim", "Advert")),
    (MANUAL, pgettext_lazy("claim", "Sales manual")),
    (WORDING, pgettext_lazy("claim", "Uniform wording")),
    (MODEL_HOME, pgettext_lazy("claim", "Show flat")),
    (CONSULTANT, pgettext_lazy("claim", "Promise of a consultant")),
    (CONTRACT, pgettext_lazy("claim", "Contract")),
)
VIEW, CHECK = "customers.view_units", "customers.check_claims"
OPEN_REGISTER: Final = "customers.view_customer"
BOUGHT: Final = (
    PurchaseState.SUBSCRIBED.value,
    PurchaseState.SIGNED.value,
    PurchaseState.HANDED_OVER.value,
)


def _check(draft: Draft) -> Mapping[str, Label]:
    """Refuse a promise of a consultant that names nobody's purchase."""
    if draft.values.get("source") == CONSULTANT and not draft.values.get("purchase"):
        return {"purchase": _("Name the purchase of the buyer it was promised to.")}
    return {}


DEFINITION = RegisterDefinition(
    key=CLAIMS,
    label=gettext_lazy("Claims"),
    item=gettext_lazy("Claim"),
    help=gettext_lazy(
        "What adverts, manual, wording, show flat, consultants and contract say; each is compared"
        " with what was built before homes are handed over."
    ),
    fields=(
        RegisterField(
            key="source",
            label=gettext_lazy("Where it was said"),
            type="choice",
            choices=SOURCES,
            required=True,
        ),
        RegisterField(
            key="reference",
            label=gettext_lazy("Where exactly"),
            required=True,
            help=gettext_lazy("Document, version and section; medium and day of an advert."),
        ),
        RegisterField(
            key="purchase",
            label=gettext_lazy("Only for purchase number"),
            type="number",
            help=gettext_lazy("Empty: it holds for every home of the project."),
        ),
    ),
    title_label=gettext_lazy("What was said"),
    due_label=gettext_lazy("Compared by"),
    subject_kind=PROJECT,
    view_permission=OPEN_REGISTER,
    edit_permission=CHECK,
    outcomes=(
        Outcome(
            key=MET,
            label=pgettext_lazy("claim", "Met"),
            asks=gettext_lazy("What was built"),
            action=gettext_lazy("Met: say what was built"),
        ),
        Outcome(
            key=UNMET,
            label=pgettext_lazy("claim", "Unmet"),
            asks=gettext_lazy("What was built, and what is done about it"),
            action=gettext_lazy("Unmet: say what was built and what is done about it"),
            tone="red",
            shape="cross",
        ),
    ),
    check=_check,
)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """How the claims of one source stand."""

    label: Any
    open: int
    met: int
    unmet: int


def claims_of(project_id: int) -> RegisterEntryQuerySet:
    """Return the claims about a project."""
    return RegisterEntry.objects.of(CLAIMS).about(PROJECT, project_id)


def by_source(project: Project) -> list[SourceLine]:
    """Return how many claims of each source are open, met and unmet; one statement."""
    counted = (
        claims_of(project.pk)
        .values("values__source")
        .annotate(
            open=Count("pk", filter=Q(state=OPEN)),
            met=Count("pk", filter=Q(state=MET)),
            unmet=Count("pk", filter=Q(state=UNMET)),
        )
        .order_by()
    )
    found = {row["values__source"]: row for row in counted}
    none = {"open": 0, "met": 0, "unmet": 0}
    return [
        SourceLine(label, *(found.get(key, none)[name] for name in ("open", "met", "unmet")))
        for key, label in SOURCES
    ]


def claims_for(purchase: Purchase) -> RegisterEntryQuerySet:
    """Return the claims that hold for one home: of its project, and those made to its buyer."""
    own = Q(values__purchase=str(purchase.pk))
    return claims_of(purchase.project_id).filter(~Q(values__has_key="purchase") | own)


def promises_left_out(purchase: Purchase) -> RegisterEntryQuerySet:
    """Return the promises to the buyer that the ledger does not hold yet, for whichever home."""
    known = claims_of(purchase.project_id).filter(values__source=CONSULTANT)
    references = set(known.values_list("values__reference", flat=True))
    rows = RegisterEntry.objects.of(PROMISES).about("customer", purchase.customer_id)
    keys = [
        key
        for key in rows.filter(values__kind=PROMISE).order_by("pk").values_list("pk", flat=True)
        if reference_of(key) not in references
    ]
    return RegisterEntry.objects.filter(pk__in=keys).order_by("pk")


def published_left_out(project_id: int, now: datetime) -> int:
    """Return how many published claims of the project the ledger does not hold yet."""
    said = list(published(project_id, now))
    if not said:
        return 0
    known = set(claims_of(project_id).values_list("values__reference", "title"))
    return sum((one.reference, one.words) not in known for one in said)


def reference_of(promise_id: int) -> str:
    """Return how the ledger names a promise of the register of promises."""
    return f"promise:{promise_id}"


def unmarked(purchase: Purchase, now: datetime) -> list[str]:
    """Return in words what keeps a home from its handover: claims nobody compared (SVC-103)."""
    waiting = claims_for(purchase).open().count()
    left_out = promises_left_out(purchase).count()
    found = []
    if waiting:
        words = ngettext(
            "%(n)s claim was not compared with what was built",
            "%(n)s claims were not compared with what was built",
            waiting,
        )
        found.append(words % {"n": waiting})
    if left_out:
        words = ngettext(
            "%(n)s promise to the buyer is missing in the ledger of claims",
            "%(n)s promises to the buyer are missing in the ledger of claims",
            left_out,
        )
        found.append(words % {"n": left_out})
    said = published_left_out(purchase.project_id, now)
    if said:
        words = ngettext(
            "%(n)s published claim is missing in the ledger of claims",
            "%(n)s published claims are missing in the ledger of claims",
            said,
        )
        found.append(words % {"n": said})
    return found


def part_state(purchase: Purchase, now: datetime) -> PartState | None:
    """Return how the claims stand on the page of a purchase."""
    if purchase.state not in BOUGHT:
        return None
    if unmarked(purchase, now):
        return PartState(_("Not compared yet"), "amber")
    if claims_for(purchase).filter(state=UNMET).exists():
        return PartState(_("Some unmet"), "red")
    return PartState(_("Compared"), "green")


def register() -> None:
    """Make the register known."""
    register_definition(DEFINITION)
