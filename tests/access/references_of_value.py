"""The references of value: part of the table of references."""

from typing import Any

from tests.access.cases import Case
from tests.access.conftest import World


def income(_world: World) -> dict[str, Any]:
    return {"kind": "fee", "amount": "9", "received_on": "2026-01-05", "reference": "WY-9"}


def cost(_world: World) -> dict[str, Any]:
    return {"kind": "care", "amount": "9", "month_on": "2026-01-05", "reference": "CB-9"}


def budget(_world: World) -> dict[str, Any]:
    return {"title": "四季度", "total": "1000"}


VALUE_CASES: dict[str, Case] = {
    "IncomeForm.customer": Case("finance", "/value/incomes/add/", "customer", "customer", income),
    "CostForm.project": Case("finance", "/value/costs/add/", "project", "project", cost),
    "NewIncomeSerializer.customer": Case(
        "finance", "customer-incomes/", "customer", "customer", income
    ),
    "NewCostSerializer.project": Case("finance", "customer-costs/", "project", "project", cost),
    "BudgetForm.project": Case("marketing", "/value/budgets/add/", "project", "project", budget),
}
