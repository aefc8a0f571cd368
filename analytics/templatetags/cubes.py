"""How figures of cubes are written."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template

from analytics.kpis.display import figure
from crm_site.common import display

register = template.Library()


@register.filter
def cube_number(value: Any, digits: int = 0) -> Any:
    """Return a figure with thousands apart; what is no number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return "--" if value is None else value
    return f"{value:,.{digits}f}"


@register.filter
def process_time(value: Any, unit: str) -> str:
    """Return hours or days with one decimal and their unit; ``--`` without a value."""
    return figure(None if value is None else Decimal(str(value)), unit)


@register.filter
def process_cell(value: Any) -> Any:
    """Return a cell of a row: moments and days as people write them."""
    if isinstance(value, datetime):
        return display.local_dt(value)
    return display.local_date(value) if isinstance(value, date) else display.dash(value)
