"""The words offered for preferences; a customer's own words are kept as they are (CUS-31)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from customers.rules.search import fold
from customers.rules.unit_match import Range
from customers.vocabulary import code_of, labels, options

WAN: Final = 10_000
LONGEST: Final = 60
MOST_VALUES: Final = 10

# Price bands in ten thousands of yuan; None is open.
BANDS: Final[dict[str, tuple[int | None, int | None]]] = {
    "to_100": (None, 100),
    "100_150": (100, 150),
    "150_200": (150, 200),
    "200_300": (200, 300),
    "300_500": (300, 500),
    "500_800": (500, 800),
    "from_800": (800, None),
}
WORDS: Final[dict[str, Sequence[tuple[str, Any]]]] = {
    "price_band": [
        ("to_100", _("up to 1 million")),
        ("100_150", _("1 to 1.5 million")),
        ("150_200", _("1.5 to 2 million")),
        ("200_300", _("2 to 3 million")),
        ("300_500", _("3 to 5 million")),
        ("500_800", _("5 to 8 million")),
        ("from_800", _("8 million and more")),
    ],
    "style": [
        ("modern", pgettext_lazy("style", "Modern")),
        ("chinese", pgettext_lazy("style", "New Chinese")),
        ("european", pgettext_lazy("style", "European")),
        ("american", pgettext_lazy("style", "American")),
        ("japanese", pgettext_lazy("style", "Japanese")),
        ("nordic", pgettext_lazy("style", "Nordic")),
        ("luxury", pgettext_lazy("style", "Light luxury")),
        ("bare", pgettext_lazy("style", "Bare shell")),
    ],
    "amenity": [
        ("school", _("School")),
        ("transit", _("Metro and bus")),
        ("parking", pgettext_lazy("amenity", "Parking")),
        ("park", _("Park and green")),
        ("hospital", _("Hospital")),
        ("mall", _("Shopping")),
        ("sport", _("Sports")),
        ("kindergarten", _("Kindergarten")),
        ("elderly", _("Care for the elderly")),
        ("smart", _("Smart home")),
    ],
    "service": [
        ("phone_contact", _("Contact by phone")),
        ("wechat_contact", _("Contact by WeChat")),
        ("weekend_visit", _("Visits at weekends")),
        ("escort", _("Accompanied viewing")),
        ("loan_help", _("Help with the loan")),
        ("decoration", _("Help with decoration")),
        ("butler", _("Personal butler")),
        ("quiet", _("No calls, messages only")),
    ],
}
LANGUAGES: Final = ("zh-hans", "en")


def offered(kind: str) -> list[tuple[str, str]]:
    """Return the words of a kind that may be chosen, as a choice field takes them."""
    if kind == "layout":
        return options("layout")
    return [(code, str(label)) for code, label in WORDS[kind]]


def words_of(kind: str) -> dict[str, str]:
    """Return the words of a kind by code in the current language."""
    return labels("layout") if kind == "layout" else dict(offered(kind))


def as_code(kind: str, text: str) -> str:
    """Return the code that ``text`` means in either language; own words as they are."""
    if kind == "layout":
        return code_of("layout", text) or text
    wanted = fold(text)
    for code, label in WORDS[kind]:
        if wanted in {fold(code), *_in_each_language(label)}:
            return code
    return text


def band_range(value: str) -> Range | None:
    """Return the yuan that a price band stands for; ``None`` for own words."""
    if value not in BANDS:
        return None
    low, high = BANDS[value]
    return (_yuan(low), _yuan(high))


def _yuan(wan: int | None) -> Decimal | None:
    return None if wan is None else Decimal(wan) * WAN


def _in_each_language(label: Any) -> set[str]:
    found = set()
    for language in LANGUAGES:
        with override(language):
            found.add(fold(str(label)))
    return found
