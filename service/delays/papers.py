"""Prepared words: notice and hotline text, as controlled documents with places to fill (SVC-43).

While no version is in force, the words below are used, so that something is always prepared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm_site.common.navigation import Label
from crm_site.documents.models import DocumentVersion
from crm_site.documents.registry import DocumentKind, register_kind
from customers.rules.texts import fill
from service.delays.models import DelayRisk
from service.delays.policies import DelayRules
from service.delays.rules import Base, unknown_names

WRITE, APPROVE = "service.write_knowledge", "service.approve_knowledge"
NOTICE, FACILITY_NOTICE = "delay-notice", "facility-notice"
HOTLINE, FACILITY_HOTLINE = "delay-hotline", "facility-hotline"
NAMES: Final = ("project", "place", "due", "forecast", "days", "homes", "clause")
HELP: Final = gettext_lazy(
    "Filled when it is used: {project}, {place}, {due}, {forecast}, {days}, {homes}, {clause}."
)
KINDS: Final[tuple[tuple[str, str, Label], ...]] = (
    (NOTICE, "DN", gettext_lazy("Notice of a late handover")),
    (FACILITY_NOTICE, "FN", gettext_lazy("Notice of a missing facility")),
    (HOTLINE, "DH", gettext_lazy("Hotline text for a late handover")),
    (FACILITY_HOTLINE, "FH", gettext_lazy("Hotline text for a missing facility")),
)
WORDS: Final[Mapping[str, Label]] = {
    NOTICE: gettext_lazy(
        "Dear owner, the handover of {place}, {project}, was agreed for {due}. As things stand it"
        " will be on {forecast}, {days} days later. We apologise. The contract grants you {clause};"
        " we pay it without being asked. We write to you again as soon as the day changes."
    ),
    FACILITY_NOTICE: gettext_lazy(
        "Dear owner, “{place}” at {project} was to be ready on {due}. As things stand it will be"
        " ready on {forecast}. We apologise and write to you again as soon as the day changes."
    ),
    HOTLINE: gettext_lazy(
        "1. We are sorry that you have to wait. 2. The handover of {place} was agreed for {due} and"
        " is expected on {forecast}, {days} days later. 3. The contract grants {clause}; it is paid"
        " without being asked. 4. Whoever wants to know more is called back by the customer"
        " specialist: write a ticket. Promise no other day and no other sum."
    ),
    FACILITY_HOTLINE: gettext_lazy(
        "1. We are sorry. 2. “{place}” was promised for {due} and is expected on {forecast}."
        " 3. Whoever wants to know more is called back by the customer specialist: write a ticket."
        " Promise no other day."
    ),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text ready to use, with the version it comes from (None: the words built in)."""

    kind: str
    text: str
    version: DocumentVersion | None
    unknown: tuple[str, ...]


def notice_for(risk: DelayRisk, *, rules: DelayRules, today: date) -> Prepared:
    """Return what buyers are told of a risk, as it stands."""
    kind = NOTICE if risk.building_id is not None else FACILITY_NOTICE
    return prepared(risk, kind, rules=rules, today=today)


def hotline_for(risk: DelayRisk, *, rules: DelayRules, today: date) -> Prepared:
    """Return what the hotline answers while the risk is open."""
    kind = HOTLINE if risk.building_id is not None else FACILITY_HOTLINE
    return prepared(risk, kind, rules=rules, today=today)


def prepared(risk: DelayRisk, kind: str, *, rules: DelayRules, today: date) -> Prepared:
    """Return the text of a kind in force on ``today``, filled for a risk."""
    version = version_of(kind, today=today)
    with translation.override(settings.LANGUAGE_CODE):
        text = str(WORDS[kind]) if version is None else _text(version)
        words = words_of(risk, rules)
    return Prepared(kind, fill(text, words), version, tuple(unknown_names(text, NAMES)))


def version_of(kind: str, *, today: date) -> DocumentVersion | None:
    """Return the latest version of a kind that counts on ``today``."""
    rows = DocumentVersion.objects.in_force(today).filter(document__kind=kind)
    rows = rows.select_related("document").order_by("-approved_at", "-pk")
    found: DocumentVersion | None = rows.first()
    return found


def words_of(risk: DelayRisk, rules: DelayRules) -> dict[str, str]:
    """Return what fills the places of a text, in the language that is active."""
    return {
        "project": risk.project.name,
        "place": risk.what,
        "due": date_format(risk.due_on, "DATE_FORMAT"),
        "forecast": date_format(risk.forecast_on, "DATE_FORMAT"),
        "days": str(risk.days),
        "homes": str(risk.homes),
        "clause": clause_words(rules),
    }


def clause_words(rules: DelayRules) -> str:
    """Return the clause of the contract in words."""
    values = {"rate": _plain(rules.rate), "cap": _plain(rules.cap)}
    said = {
        Base.PAID: _("%(rate)s ten-thousandths of what was paid for each day"),
        Base.PRICE: _("%(rate)s ten-thousandths of the price for each day"),
    }[rules.base]
    parts = [said % values]
    if rules.cap:
        parts.append(_("at most %(cap)s %%") % values)
    if rules.grace:
        parts.append(_("after %(days)s days") % {"days": rules.grace})
    return pgettext("between parts of a clause", ", ").join(parts)


def title_for(risk: DelayRisk) -> str:
    """Return the heading of the notice about a risk, in the language of customers."""
    with translation.override(settings.LANGUAGE_CODE):
        if risk.building_id is None:
            words = _("%(what)s: ready later")
        else:
            words = _("%(what)s: handover later")
        return (words % {"what": risk.what})[:80]


def register() -> None:
    """Make the kinds of documents known."""
    for key, prefix, label in KINDS:
        register_kind(
            DocumentKind(
                key=key,
                label=label,
                prefix=prefix,
                edit_permission=WRITE,
                approvers=(APPROVE,),
                sections=(gettext_lazy("Text"),),
                help=HELP,
            )
        )


def _text(version: DocumentVersion) -> str:
    return "\n".join(one["text"] for one in version.sections if one["text"])


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
