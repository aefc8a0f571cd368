"""Figures and targets in words, one way for all pages."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.kpis import choices
from analytics.kpis.kinds import Goal, Kpi, Reading, Target
from analytics.kpis.rules.formulas import rate
from analytics.kpis.targets import COMPARISONS
from crm_site.common import display

DECIMALS = {"percent": 1, "yuan": 0, "days": 1, "hours": 1, "points": 2, "count": 0, "ratio": 2}


def figure(value: Decimal | None, unit: str) -> str:
    """Return a figure with its unit; ``--`` where there is no data."""
    if value is None:
        return display.EMPTY
    if unit == "yuan":
        return display.money(value.quantize(Decimal(1)) if abs(value) >= 1000 else value)
    exact = value.quantize(Decimal(1).scaleb(-DECIMALS[unit]), ROUND_HALF_UP)
    text = number_format(exact, DECIMALS[unit], use_l10n=True, force_grouping=True)
    suffix = str(choices.UNITS[unit])
    if suffix == "%":
        return f"{text} %"
    return f"{text} {suffix}" if suffix else text


def goal(target: Goal | None, unit: str) -> str:
    """Return a goal in words: "at least 15.0 %"; ``--`` without one."""
    if target is None:
        return display.EMPTY
    return f"{COMPARISONS[target.comparison]} {figure(target.value, unit)}"


def target(wanted: Target | None, unit: str) -> str:
    """Return a target in words."""
    return goal(wanted.goal if wanted else None, unit)


def goal_from_json(kept: dict[str, Any] | None) -> Goal | None:
    """Return the goal that a snapshot keeps."""
    if not kept:
        return None
    return Goal(kept["comparison"], Decimal(kept["value"]), Decimal(kept["amber"]))


def parts(kpi: Kpi, reading: Reading) -> str:
    """Return what a share consists of: "30 of 200"; empty for other figures."""
    if kpi.unit != "percent" or reading.top is None or not reading.bottom or reading.value is None:
        return ""
    if reading.bottom != reading.n or rate(reading.top, reading.n) != reading.value:
        return ""
    return _("%(top)s of %(n)s") % {"top": number_format(reading.top, 0), "n": reading.n}


def interval(reading: Reading, unit: str) -> str:
    """Return the 95 % interval of a figure in words, empty without one."""
    if reading.low is None or reading.high is None:
        return ""
    return " – ".join(figure(end, unit) for end in (reading.low, reading.high))


def note(reading: Reading) -> Any:
    """Return the words for the note of a figure."""
    return choices.NOTES.get(reading.note, "")


def cell(value: Any) -> Any:
    """Return what a list prints of a value: moments and days in local words, money with sign."""
    if value is None or value == "":
        return display.EMPTY
    if isinstance(value, datetime):
        return display.local_dt(value)
    if isinstance(value, date):
        return display.local_date(value)
    if isinstance(value, Decimal):
        return number_format(value.normalize() if value else 0, use_l10n=True, force_grouping=True)
    return value
