"""How figures of cubes are written."""

from decimal import Decimal
from typing import Any

from django import template

register = template.Library()


@register.filter
def cube_number(value: Any, digits: int = 0) -> Any:
    """Return a figure with thousands apart; what is no number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return "--" if value is None else value
    return f"{value:,.{digits}f}"
