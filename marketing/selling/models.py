"""Tables of selling."""

from marketing.selling.plan_models import SalesPlan, SalesPlanLine

__all__ = ["SalesPlan", "SalesPlanLine"]
