"""An advice in words: what to do, and the figures it rests on as they were frozen (ANA-54)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from analytics.value import choices, words
from analytics.value.models import AdviceCard
from crm_site.common.display import money, percent
from customers.models import Customer
from customers.vocabulary import labels

DAYS: Final = "days"


@dataclass(frozen=True, slots=True)
class Told:
    """What to do, why, the figures in a table, what is measured, and the customers it means."""

    title: str
    why: str
    heads: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    measure: str = ""
    is_share: bool = True
    customers: Any = None


def told(card: AdviceCard, user: Any = None) -> Told:
    """Return a card in words; with a user also the customers it names, of those one may see."""
    return TELLERS[card.kind](card.evidence, user)


def _shift(evidence: dict[str, Any], _user: Any) -> Told:
    sources = labels("source")
    worse = sources.get(evidence["from"], evidence["from"])
    better = sources.get(evidence["to"], evidence["to"])
    rows = [
        _share_row(worse, evidence["from_n"], evidence["from_visits"]),
        _share_row(better, evidence["to_n"], evidence["to_visits"]),
    ]
    return Told(
        title=_("Move effort from %(worse)s to %(better)s") % {"worse": worse, "better": better},
        why=_(
            "Over %(days)s days the leads of one come to visit far more often than the other's;"
            " chance alone would show such a difference in %(p)s of cases."
        )
        % {"days": evidence[DAYS], "p": percent(evidence["p"], 2)},
        heads=[_("Source"), _("Leads"), _("Visits"), _("Share")],
        rows=rows,
        measure=_("Share of the leads of both that come by %(worse)s") % {"worse": worse},
    )


def _calls(evidence: dict[str, Any], user: Any) -> Told:
    ids = evidence["customers"]
    customers = None
    if user is not None:
        seen = Customer.objects.visible_to(user).filter(pk__in=ids).select_related("owner")
        found = {one.pk: one for one in seen.only("name", "owner__name", "last_contact_at")}
        customers = [found[pk] for pk in ids if pk in found]
    return Told(
        title=_("Call %(n)s customers of high expected value") % {"n": len(ids)},
        why=_("Nobody has spoken to them for %(days)s days; together they are worth %(value)s.")
        % {"days": evidence["silent_days"], "value": money(evidence["value"])},
        measure=_("Share of them that was reached"),
        customers=customers,
    )


def _node(evidence: dict[str, Any], _user: Any) -> Told:
    step = words.STEPS[evidence["step"]]
    rows = [
        _share_row(_("The time before"), evidence["n_before"], evidence["went_on_before"]),
        _share_row(
            _("The last %(days)s days") % {"days": evidence[DAYS]},
            evidence["n"],
            evidence["went_on"],
        ),
    ]
    return Told(
        title=_("Fix the weakest step: %(step)s") % {"step": step},
        why=_("No other step of the way to a signature lost as much against the time before."),
        heads=[_("When"), _("Came so far"), _("Went on"), _("Share")],
        rows=rows,
        measure=_("Share that goes on to the %(step)s") % {"step": step},
    )


def _budget(evidence: dict[str, Any], _user: Any) -> Told:
    rows = [
        [one["name"], money(one["spent"]), money(one["spend"]), f"{one['answers']:.1f}"]
        for one in evidence["channels"]
    ]
    return Told(
        title=_("Split %(total)s: %(title)s")
        % {"total": money(Decimal(evidence["total"])), "title": evidence["title"]},
        why=_("Expected are %(new)s answers, against %(old)s with the split as it was.")
        % {"new": f"{evidence['answers']:.1f}", "old": f"{evidence['answers_as_was']:.1f}"},
        heads=[_("Channel"), _("Spent last"), _("Suggested"), _("Answers expected")],
        rows=rows,
        measure=_("Answers"),
        is_share=False,
    )


def _share_row(label: Any, whole: int, part: int) -> list[Any]:
    return [label, whole, part, percent(part / whole if whole else None)]


TELLERS: Final[dict[str, Callable[[dict[str, Any], Any], Told]]] = {
    choices.SHIFT: _shift,
    choices.CALLS: _calls,
    choices.NODE: _node,
    choices.BUDGET: _budget,
}
