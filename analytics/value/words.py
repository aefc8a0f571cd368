"""Words for codes that jobs write: features of groups, wishes, methods, drivers, steps."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.value.rules.forecast_names import DRIFT, NAIVE, SMOOTH
from analytics.value.rules.relation import Driver
from customers import choices
from customers.preference_words import WORDS, words_of
from customers.rules.axes import LeadState

FEATURES: Final = {
    "value": pgettext_lazy("feature", "value"),
    "budget": pgettext_lazy("feature", "budget"),
    "activity": pgettext_lazy("feature", "activity"),
    "visits": pgettext_lazy("feature", "visits"),
    "contracts": pgettext_lazy("feature", "contracts"),
    "referrals": pgettext_lazy("feature", "referrals"),
    "years": pgettext_lazy("feature", "years known"),
    "spending_power": pgettext_lazy("feature", "spending power"),
    "intent": pgettext_lazy("feature", "intent"),
    "talks": pgettext_lazy("feature", "talks"),
    "referred": pgettext_lazy("feature", "came by referral"),
    "organisation": pgettext_lazy("feature", "is an organisation"),
}
UNITS: Final = {"budget": gettext_lazy("ten thousand yuan"), "value": gettext_lazy("log of yuan")}
METHODS: Final = {
    NAIVE: gettext_lazy("Same season of the last cycle"),
    SMOOTH: gettext_lazy("Exponential smoothing"),
    DRIFT: gettext_lazy("Trend with seasons"),
}
DRIVERS: Final = {
    Driver.SATISFACTION: gettext_lazy("Satisfaction in surveys"),
    Driver.PROMISES: gettext_lazy("Promises kept in time"),
    Driver.COMPLAINTS: gettext_lazy("Complaints and repairs in time"),
    Driver.ANSWERS: gettext_lazy("Enquiries answered in time"),
    Driver.PRICE: gettext_lazy("Discount received"),
}
STEPS: Final = {
    LeadState.CONTACTED.value: gettext_lazy("first contact"),
    LeadState.QUALIFIED.value: gettext_lazy("qualification"),
    LeadState.VISITED.value: gettext_lazy("visit"),
    LeadState.SUBSCRIBED.value: gettext_lazy("subscription"),
    LeadState.SIGNED.value: gettext_lazy("signature"),
}
KINDS: Final = {
    "purpose": gettext_lazy("Purpose"),
    "family": gettext_lazy("Family"),
    "layout": gettext_lazy("Layout"),
    "price_band": gettext_lazy("Price"),
    "style": gettext_lazy("Style"),
    "amenity": gettext_lazy("Facilities"),
    "service": gettext_lazy("Service"),
}


def cluster_name(words: Sequence[Sequence[str]]) -> str:
    """Return what a group is called: "high value, low visits"; the average one without words."""
    if not words:
        return _("Average customers")
    parts = []
    for feature, side in words:
        pattern = _("high %(feature)s") if side == "high" else _("low %(feature)s")
        parts.append(pattern % {"feature": FEATURES[feature]})
    return ", ".join(parts)


def wish(code: str) -> str:
    """Return a wish in words: "Facilities: School"; what a customer typed stays as it is."""
    kind, _colon, value = code.partition(":")
    known: dict[str, Any] = {}
    if kind == "purpose":
        known = dict(choices.PURPOSES_OF_BUYING)
    elif kind == "layout" or kind in WORDS:
        known = words_of(kind)
    label = str(known.get(value, value))
    return f"{KINDS[kind]}: {label}" if kind in KINDS else label


def wishes(codes: Iterable[str]) -> str:
    """Return several wishes in words."""
    return " + ".join(wish(code) for code in codes)
