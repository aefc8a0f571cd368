"""Reasons of a score in the words of whoever is to act on them (CUS-98)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from analytics.churn.rules.columns import CUSTOM, plain
from customers.models import CustomField
from customers.vocabulary import labels

Words = Callable[[float], str]
HOURS_A_DAY: Final = 24

BLOCKS: Final[dict[str, Any]] = {
    "service": pgettext_lazy("block of reasons", "Service"),
    "price": pgettext_lazy("block of reasons", "Price"),
    "construction": pgettext_lazy("block of reasons", "Construction"),
    "engagement": pgettext_lazy("block of reasons", "Interest shown"),
    "finance": pgettext_lazy("block of reasons", "Financing"),
    "channel": pgettext_lazy("block of reasons", "Origin"),
    "custom": gettext_lazy("Fields of the company"),
}
COLUMNS: Final[dict[str, Any]] = {
    "answer_time": gettext_lazy("Time to the first answer (hours)"),
    "silence": gettext_lazy("Days without a talk"),
    "no_answers": gettext_lazy("Calls nobody answered, 30 days"),
    "complaints_open": gettext_lazy("Complaints open"),
    "complaints_overdue": gettext_lazy("Complaints overdue, 180 days"),
    "complaints_on_time": gettext_lazy("Complaints solved in time, 180 days"),
    "rating": gettext_lazy("Last satisfaction rating (of 10)"),
    "bad_moods": gettext_lazy("Talks in a bad mood, 90 days"),
    "consultant_changes": gettext_lazy("Changes of consultant, 90 days"),
    "price_changes": gettext_lazy("Price changes seen, 90 days"),
    "price_move": gettext_lazy("Mean size of the price changes (%)"),
    "budget_gap": gettext_lazy("Usual price above the budget (share)"),
    "delay_months": gettext_lazy("Construction behind plan (months)"),
    "visits": gettext_lazy("Visits, 90 days"),
    "visits_fallen": gettext_lazy("Fewer visits than in the 90 days before"),
    "talks": gettext_lazy("Talks, 30 days"),
    "talks_fallen": gettext_lazy("Fewer talks than in the months before"),
    "online_moves": gettext_lazy("Moves online, 30 days"),
    "online_fallen": gettext_lazy("Fewer moves online than before"),
    "visit_booked": gettext_lazy("A visit is booked"),
    "known_time": gettext_lazy("Days since we know the customer"),
    "stage_time": gettext_lazy("Days at this stage"),
    "competitor_seen": gettext_lazy("Looks at competing projects"),
    "refused_us": gettext_lazy("Refused clearly, 90 days"),
    "loan_refused": gettext_lazy("The bank refused the loan"),
    "payments": gettext_lazy("Payments so far"),
    "paid": gettext_lazy("Paid so far (10,000 yuan)"),
    "payment_time": gettext_lazy("Days since the last payment"),
    "channel": gettext_lazy("Source"),
    "referrals": gettext_lazy("Customers referred"),
    "was_referred": gettext_lazy("Was referred"),
    "bought_before": gettext_lazy("Bought before"),
}


@dataclass(frozen=True, slots=True)
class SaidReason:
    """One reason in words, with its share of the log odds."""

    block: Any
    text: str
    share: float


def _days(value: float) -> str:
    n = max(round(value), 0)
    return ngettext("No talk for %(n)s day", "No talk for %(n)s days", n) % {"n": n}


def _number(value: float, digits: int) -> str:
    """Return a number rounded half up; the formats of Django would cut the digits off."""
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return number_format(exact, digits)


def _answer(value: float) -> str:
    if value >= 2 * HOURS_A_DAY:
        n = round(value / HOURS_A_DAY)
        return _("The first answer took %(n)s days") % {"n": n}
    return _("The first answer took %(n)s hours") % {"n": _number(value, 1)}


def _percent(value: float) -> str:
    return _number(value * 100, 0)


def _fell(value: float) -> str:
    if value <= 0:
        return _("Few visits of late")
    return _("Fewer visits: %(n)s less than in the 90 days before") % {"n": round(value)}


def _gap(value: float) -> str:
    if value <= 0:
        return _("The usual price is close to the budget")
    return _("The usual price is %(n)s%% above the budget") % {"n": _percent(value)}


def _rating(value: float) -> str:
    return _("The last rating was %(n)s of 10") % {"n": _number(value, 1)}


def _late(value: float) -> str:
    return _("Construction is %(n)s months behind plan") % {"n": _number(value, 1)}


def _payment(value: float) -> str:
    n = round(value)
    words = ngettext("The last payment was %(n)s day ago", "The last payment was %(n)s days ago", n)
    return words % {"n": n}


def _moves(value: float) -> str:
    return _("Prices moved by %(n)s%% on average") % {"n": _number(value, 1)}


SAID: Final[dict[str, Words]] = {
    "answer_time": _answer,
    "silence": _days,
    "rating": _rating,
    "budget_gap": _gap,
    "delay_months": _late,
    "payment_time": _payment,
    "price_move": _moves,
    "visits_fallen": _fell,
}


def _told_count(name: str, n: int) -> str:
    """Return the sentence of a count; every text stands here whole, for the translators."""
    sentences = {
        "no_answers": ngettext(
            "%(n)s call was not answered in 30 days", "%(n)s calls were not answered in 30 days", n
        ),
        "complaints_open": ngettext("%(n)s complaint is open", "%(n)s complaints are open", n),
        "complaints_overdue": ngettext(
            "%(n)s complaint is overdue", "%(n)s complaints are overdue", n
        ),
        "complaints_on_time": ngettext(
            "%(n)s complaint in 180 days", "%(n)s complaints in 180 days", n
        ),
        "bad_moods": ngettext("%(n)s talk in a bad mood", "%(n)s talks in a bad mood", n),
        "consultant_changes": ngettext(
            "%(n)s change of consultant in 90 days", "%(n)s changes of consultant in 90 days", n
        ),
        "price_changes": ngettext(
            "%(n)s price change seen in 90 days", "%(n)s price changes seen in 90 days", n
        ),
        "visits": ngettext("%(n)s visit in 90 days", "%(n)s visits in 90 days", n),
        "talks": ngettext("%(n)s talk in 30 days", "%(n)s talks in 30 days", n),
        "talks_fallen": _("Fewer talks than in the months before"),
        "online_moves": ngettext(
            "%(n)s move online in 30 days", "%(n)s moves online in 30 days", n
        ),
        "online_fallen": _("Fewer moves online than before"),
        "visit_booked": _("No visit is booked") if not n else _("A visit is booked"),
        "competitor_seen": _("Looks at competing projects"),
        "refused_us": _("Refused clearly within 90 days"),
        "loan_refused": _("The bank refused the loan"),
    }
    return sentences.get(name, str(COLUMNS.get(name, name))) % {"n": n}


def said(name: str, value: Any) -> str:
    """Return one reason as a sentence; a field of the company with its value."""
    if name.startswith(CUSTOM):
        return _("%(field)s: %(value)s") % {"field": custom_label(name), "value": _shown(value)}
    if value is None:
        return _("%(field)s is not known") % {"field": COLUMNS.get(name, name)}
    if name in SAID:
        return SAID[name](plain(name, float(value)))
    return _told_count(name, round(float(value)))


def reasons_in_words(reasons: Sequence[Any], block_of: Callable[[str], str]) -> list[SaidReason]:
    """Return stored reasons as sentences, the strongest first."""
    return [
        SaidReason(BLOCKS.get(block_of(name), block_of(name)), said(name, value), share)
        for name, value, share in reasons
    ]


def label_of(name: str) -> str:
    """Return what a column is called."""
    return custom_label(name) if name.startswith(CUSTOM) else str(COLUMNS.get(name, name))


def shown_value(name: str, value: Any) -> str:
    """Return the value of a column as a person reads it; a dash for what is not known."""
    if isinstance(value, str):
        return labels("source").get(value, value) if name == "channel" else value or "–"
    if value is None or value != value:
        return "–"
    return _shown(plain(name, float(value)))


def custom_label(name: str) -> str:
    """Return what a field of the company is called."""
    key = name.removeprefix(CUSTOM)
    found = CustomField.objects.filter(key=key).values_list("label", flat=True).first()
    return str(found or key)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return _number(value, 0 if value == round(value) else 2)
    return str(value)
