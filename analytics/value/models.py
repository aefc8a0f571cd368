"""Tables of value."""

from analytics.value.tables.advice import AdviceCard, MixLine, MixPlan
from analytics.value.tables.patterns import (
    BasketRule,
    Cluster,
    ClusterMember,
    ClusterRun,
    Forecast,
)
from analytics.value.tables.worth import (
    CostPool,
    CostShare,
    CustomerIncome,
    CustomerValue,
    LikelyValue,
    PurchaseIntent,
    ValueModel,
)

VIEW = "analytics.view_value"
VIEW_CUSTOMER = "analytics.view_customer_value"
DECIDE = "analytics.decide_value"
BOOK = "analytics.book_value"

__all__ = [
    "AdviceCard",
    "BasketRule",
    "Cluster",
    "ClusterMember",
    "ClusterRun",
    "CostPool",
    "CostShare",
    "CustomerIncome",
    "CustomerValue",
    "Forecast",
    "LikelyValue",
    "MixLine",
    "MixPlan",
    "PurchaseIntent",
    "ValueModel",
]
