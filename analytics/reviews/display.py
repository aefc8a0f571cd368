"""Figures in words for reports and lists."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.common.display import EMPTY, money

PLACES = {"percent": 1, "points": 2, "ratio": 2, "days": 1, "hours": 1, "count": 0}
NO_CENTS = 1000  # from so many yuan on cents say nothing


def shown(value: Decimal | None, unit: str) -> str:
    """Return a figure with its unit; dashes for no data, which is not zero."""
    if value is None:
        return EMPTY
    if unit == "yuan":
        step = Decimal(1) if abs(value) >= NO_CENTS else Decimal("0.01")
        return money(value.quantize(step, ROUND_HALF_UP))
    text = f"{value:,.{PLACES.get(unit, 2)}f}"
    words: dict[str, Any] = {
        "percent": f"{text}%",
        "days": _("%(n)s days") % {"n": text},
        "hours": _("%(n)s hours") % {"n": text},
        "points": pgettext("unit", "%(n)s points") % {"n": text},
    }
    return str(words.get(unit, text))
