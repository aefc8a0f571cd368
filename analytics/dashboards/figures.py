"""How figures are written for people, by the unit of their KPI."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm_site.common import display

MINUS = "\N{MINUS SIGN}"
WAN = 10_000
YI = 100_000_000


def figure(value: Any, unit: str, *, digits: int = 1) -> str:
    """Return a figure with its unit: 26.3%, 1,284, ¥1,280,000, 4.5 days; ``--`` without data."""
    if value is None:
        return display.EMPTY
    amount = Decimal(str(value))
    if unit == "yuan":
        return display.money(amount.quantize(Decimal("0.01"), ROUND_HALF_UP)).replace("-", MINUS)
    text = number(amount, digits=0 if unit == "count" and _is_whole(amount) else digits)
    return with_unit(text, unit)


def with_unit(text: str, unit: str) -> str:
    """Return a number already written with the word of its unit."""
    match unit:
        case "percent":
            return f"{text}%"
        case "days":
            return _("%(n)s days") % {"n": text}
        case "hours":
            return _("%(n)s hours") % {"n": text}
        case "points":
            return _("%(n)s points") % {"n": text}
    return text


def number(amount: Decimal, *, digits: int = 1) -> str:
    """Return a number with thousands and at most so many decimals, halves rounded up."""
    rounded = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if rounded < 0 else text


def _is_whole(amount: Decimal) -> bool:
    return amount == amount.to_integral_value()


def split_figure(value: Any, unit: str) -> tuple[str, str]:
    """Return a figure for a card, short, and its unit apart: ("3.42", "亿"), ("26.3", "%")."""
    if value is None:
        return display.EMPTY, ""
    amount = Decimal(str(value))
    if unit == "yuan":
        return _short_money(amount)
    text = number(amount, digits=0 if unit == "count" and _is_whole(amount) else 1)
    whole = with_unit(text, unit)
    return text, whole.removeprefix(text).strip()


def in_cell(value: Any, unit: str) -> str:
    """Return a figure for a narrow cell: money with its unit, all else without."""
    text, ending = split_figure(value, unit)
    if unit != "yuan" or not ending:
        return text
    return f"{text} {ending}" if ending.isascii() else f"{text}{ending}"


def _short_money(amount: Decimal) -> tuple[str, str]:
    """Return money in hundred millions or ten thousands of yuan, in English in millions."""
    if (get_language() or "").startswith("en"):
        if abs(amount) < 100 * WAN:
            return number(amount, digits=0), "CNY"
        return number(amount / (100 * WAN), digits=2), "m CNY"
    if abs(amount) >= YI:
        return number(amount / YI, digits=2), _("hundred million yuan")
    if abs(amount) >= WAN:
        return number(amount / WAN, digits=1), _("10k yuan")
    return number(amount, digits=0), _("yuan")
