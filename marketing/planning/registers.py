"""The registers of planning: adjustments of plans, surveys, trends, competitors, points, brand."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.common.navigation import Label
from crm_site.documents.models import Document
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import (
    Draft,
    Flagger,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from customers.models import Project
from marketing.planning import choices, goals
from marketing.planning.papers import PLANS
from marketing.planning.policies import rules_at
from marketing.planning.querysets import KEEP, VIEW
from marketing.planning.rules.freshness import is_near, is_stale
from marketing.registering import must

ADJUSTMENTS: Final = "plan-adjustments"
SURVEYS: Final = "market-surveys"
TRENDS: Final = "market-trends"
COMPETITORS: Final = "competitors"
POINTS: Final = "selling-points"
BRAND: Final = "brand-measures"
CERTIFICATES: Final = "company-certificates"
YEARLY: Final = timedelta(days=365)
RIGHTS: Final[dict[str, Any]] = {"view_permission": VIEW, "edit_permission": KEEP}
MARKET: Final = (("marketing:market-knowledge", gettext_lazy("Market at a glance")),)
FIRST_YEAR, LAST_YEAR = 2000, 2100
DROPPED: Final = Outcome(
    key="dropped",
    label=pgettext_lazy("register", "No longer kept"),
    asks=gettext_lazy("Reason"),
    action=gettext_lazy("No longer kept: say why"),
    tone="",
    shape="cross",
)


def day_of(values: Mapping[str, Any], key: str) -> date | None:
    """Return a stored day."""
    return parse_date(str(values.get(key) or ""))


def check_trend(draft: Draft) -> Mapping[str, Label]:
    """Refuse a note that names no plan and does not say "no action" either (MKT-09)."""
    number = str(draft.values.get("plan") or "").strip()
    if draft.values["decision"] == "none":
        return {"plan": _("A note without action names no plan.")} if number else {}
    if not number:
        return {"plan": _("Name the plan that follows it, or choose no action.")}
    if not Document.objects.filter(kind__in=PLANS, number=number).exists():
        return {"plan": _("There is no plan with this number.")}
    return {}


def check_point(draft: Draft) -> Mapping[str, Label]:
    """Refuse to release for adverts what nothing proves (MKT-12)."""
    if draft.values.get("released") and not str(draft.values.get("evidence") or "").strip():
        return {"evidence": _("Without evidence it cannot be used in adverts.")}
    return {}


def check_competitor(draft: Draft) -> Mapping[str, Label]:
    """Refuse a price that is none and a project of ours that there is not (MKT-10)."""
    if Decimal(draft.values["price"]) <= 0:
        return {"price": _("Enter a price above 0.")}
    if not Project.objects.filter(code=draft.values["project"]).exists():
        return {"project": _("There is no project with this code.")}
    return {}


def check_measure(draft: Draft) -> Mapping[str, Label]:
    """Refuse a year that cannot be (MKT-18)."""
    year = Decimal(draft.values["year"])
    if year != int(year) or not FIRST_YEAR <= year <= LAST_YEAR:
        return {"year": _("Enter a year like 2026.")}
    return {}


def check_certificate(draft: Draft) -> Mapping[str, Label]:
    """Refuse a certificate without the day on which it runs out (MKT-20)."""
    return {} if draft.due_at else {"due_at": _("Write the day until which it holds.")}


def stale_flag(key: str, days: str, words: Any) -> Callable[[datetime], Flagger]:
    """Return flags of what was found on the day ``key`` longer ago than the policy's ``days``."""

    def at(now: datetime) -> Flagger:
        limit, today = getattr(rules_at(now), days), timezone.localdate(now)

        def judge(entry: RegisterEntry) -> Label:
            found = is_stale(day_of(entry.values, key), today=today, days=limit)
            return words if found else ""

        return judge

    return at


def unproven(_now: datetime) -> Flagger:
    """Return the flag of selling points that nothing proves."""
    words = gettext_lazy("No evidence: not for adverts")
    return lambda entry: "" if str(entry.values.get("evidence") or "").strip() else words


def near_end(now: datetime) -> Flagger:
    """Return the flag of certificates near their end."""
    limit, today = rules_at(now).certificate_days, timezone.localdate(now)
    words = gettext_lazy("Near its end")

    def judge(entry: RegisterEntry) -> Label:
        end = timezone.localdate(entry.due_at) if entry.due_at else None
        return words if end is not None and is_near(end, today=today, days=limit) else ""

    return judge


DEFINITIONS: Final = (
    RegisterDefinition(
        key=ADJUSTMENTS,
        label=gettext_lazy("Adjustments of plans"),
        item=gettext_lazy("Adjustment of a plan"),
        help=gettext_lazy("What was changed in a plan, why, and the figures that caused it."),
        fields=(
            must("reason", gettext_lazy("Reason"), "long"),
            must("data", gettext_lazy("Figures that caused it"), "long"),
            must("decided_on", gettext_lazy("Decided on"), "date"),
        ),
        title_label=gettext_lazy("What is changed"),
        due_label=gettext_lazy("Carry out by"),
        subject_kind="document",
        pages=(("marketing:plan-list", gettext_lazy("Plans of marketing")),),
        **RIGHTS,
    ),
    RegisterDefinition(
        key=SURVEYS,
        label=gettext_lazy("Market surveys"),
        item=gettext_lazy("Market survey"),
        help=gettext_lazy("What was asked, how, what came out and what it is used for."),
        fields=(
            must("method", gettext_lazy("Method"), "choice", choices=choices.METHODS),
            must("done_on", gettext_lazy("Carried out on"), "date"),
            must("result", gettext_lazy("Result"), "long"),
            must("use", gettext_lazy("Used for"), "long"),
        ),
        title_label=pgettext_lazy("survey", "Question"),
        outcomes=(DROPPED,),
        flags=stale_flag("done_on", "survey_days", gettext_lazy("Too old: ask again")),
        pages=MARKET,
        **RIGHTS,
    ),
    RegisterDefinition(
        key=TRENDS,
        label=gettext_lazy("Trends of the market"),
        item=gettext_lazy("Trend"),
        help=gettext_lazy("What changes around us, what it means, and which plan follows it."),
        fields=(
            must("trend", gettext_lazy("Trend"), "choice", choices=choices.TRENDS),
            must("seen_on", gettext_lazy("Seen on"), "date"),
            must("source", gettext_lazy("Source")),
            must("effect", gettext_lazy("Effect on the strategy"), "long"),
            must("decision", gettext_lazy("Decision"), "choice", choices=choices.DECISIONS),
            RegisterField(
                key="plan",
                label=gettext_lazy("Number of the plan"),
                help=gettext_lazy("Such as MS-00012; empty where no action follows."),
            ),
        ),
        title_label=gettext_lazy("What was seen"),
        outcomes=(DROPPED,),
        check=check_trend,
        pages=MARKET,
        **RIGHTS,
    ),
    RegisterDefinition(
        key=COMPETITORS,
        label=gettext_lazy("Competitors"),
        item=gettext_lazy("Competing project"),
        help=gettext_lazy("Projects customers compare with ours; each fact with source and day."),
        fields=(
            must(
                "kind", pgettext_lazy("competitor", "Kind"), "choice", choices=choices.COMPETITORS
            ),
            must("developer", gettext_lazy("Developer")),
            must("project", gettext_lazy("Code of our project it competes with")),
            must("price", gettext_lazy("Price (yuan per m²)"), "number"),
            must("points", gettext_lazy("Selling points"), "long"),
            must("source", gettext_lazy("Source")),
            must("seen_on", gettext_lazy("As of"), "date"),
        ),
        title_label=gettext_lazy("Competing project"),
        outcomes=(DROPPED,),
        check=check_competitor,
        flags=stale_flag("seen_on", "competitor_days", gettext_lazy("Out of date")),
        pages=MARKET,
        **RIGHTS,
    ),
    RegisterDefinition(
        key=POINTS,
        label=gettext_lazy("Selling points"),
        item=gettext_lazy("Selling point"),
        help=gettext_lazy("What a project is sold with, what proves it, how others compare."),
        fields=(
            must("kind", pgettext_lazy("selling point", "Kind"), "choice", choices=choices.POINTS),
            RegisterField(key="evidence", label=gettext_lazy("Evidence"), type="long"),
            RegisterField(
                key="contrast", label=gettext_lazy("How competitors compare"), type="long"
            ),
            RegisterField(
                key="released", label=gettext_lazy("May be used in adverts"), type="boolean"
            ),
        ),
        title_label=gettext_lazy("Selling point"),
        subject_kind="project",
        outcomes=(DROPPED,),
        check=check_point,
        flags=unproven,
        pages=MARKET,
        **RIGHTS,
    ),
    RegisterDefinition(
        key=BRAND,
        label=gettext_lazy("Measures of the brand"),
        item=gettext_lazy("Measure of the brand"),
        help=gettext_lazy("Awareness, loyalty, association and premium, once a year each."),
        fields=(
            must("component", gettext_lazy("Component"), "choice", choices=choices.BRAND),
            must("year", gettext_lazy("Year"), "number"),
            must("value", gettext_lazy("Value (%)"), "number"),
            must("method", gettext_lazy("Method"), "long"),
        ),
        title_label=gettext_lazy("What was measured"),
        outcomes=(DROPPED,),
        check=check_measure,
        pages=(("marketing:brand", gettext_lazy("Brand over the years")),),
        **RIGHTS,
    ),
    RegisterDefinition(
        key=CERTIFICATES,
        label=gettext_lazy("Certificates of the company"),
        item=gettext_lazy("Certificate of the company"),
        help=gettext_lazy("Licences and qualifications; their owner is told before one runs out."),
        fields=(
            must("number", gettext_lazy("Number")),
            must("issuer", gettext_lazy("Issued by")),
        ),
        title_label=gettext_lazy("Certificate"),
        due_label=gettext_lazy("Valid until"),
        outcomes=(
            Outcome(
                key="renewed",
                label=pgettext_lazy("certificate", "Renewed"),
                asks=gettext_lazy("Number of the new one"),
                action=gettext_lazy("Renewed: write the number of the new one"),
            ),
            DROPPED,
        ),
        check=check_certificate,
        flags=near_end,
        pages=(("marketing:brand", gettext_lazy("Company and brand")),),
        **RIGHTS,
    ),
)


def entries(register: str) -> Any:
    """Return the open entries of a register with their owners."""
    return RegisterEntry.objects.of(register).open().select_related("owner")


def register() -> None:
    """Make the registers known."""
    goals.register()
    for definition in DEFINITIONS:
        register_definition(definition)
