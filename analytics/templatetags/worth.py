"""How the pages of value write large amounts."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template

from crm_site.common.display import EMPTY, money

register = template.Library()


@register.filter
def whole_money(yuan: Any) -> str:
    """Return an amount in whole yuan: ¥1,518,189; what is worked out has no true cents."""
    if yuan is None or yuan == "":
        return EMPTY
    return money(Decimal(yuan).quantize(Decimal(1), ROUND_HALF_UP))
