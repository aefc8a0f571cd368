"""Which category each column about a customer's value belongs to (CUS-02, A-30)."""

from collections.abc import Mapping
from typing import Final

from customers.data_categories import by_category, declare_fields
from customers.rules.categories import DataCategory

FIELDS: Final[Mapping[str, Mapping[str, DataCategory]]] = {
    "CustomerValue": by_category(
        purchase="agreed contracts homes age stage wish sales fees returns contract_margin"
        " received_margin expected_first expected_second expected_referral expected_fees cost gross"
        " net by_value by_need by_behaviour by_stage",
        internal="customer model policy_version computed_at",
    ),
    "LikelyValue": by_category(purchase="chance drivers", internal="customer found_at"),
    "PurchaseIntent": by_category(
        purchase="stage probability reasons",
        internal="customer engine model_version scored_at",
    ),
    "CustomerIncome": by_category(
        purchase="kind amount received_on note",
        internal="id customer reference reverses recorded_by recorded_at",
    ),
    "CostPool": by_category(
        purchase="kind month_on amount unshared note",
        internal="id project customer reference reverses recorded_by recorded_at",
    ),
    "CostShare": by_category(purchase="amount", internal="id pool customer"),
    "ClusterMember": by_category(purchase="cluster", internal="id customer"),
}
# What says nothing about a single customer: models, groups, rules, forecasts, advice, budgets.
NOT_PERSONAL: Final = frozenset(
    {
        *("ValueModel", "ClusterRun", "Cluster", "BasketRule", "Forecast"),
        *("AdviceCard", "MixPlan", "MixLine"),
    }
)


def register() -> None:
    """Add the columns to the register of data categories."""
    for model, fields in FIELDS.items():
        declare_fields("analytics", model, fields)
