"""One record of each kind of analytics, for the tests of access."""

from typing import Any

from customers.models import Customer
from tests.access.world_of_churn import churn_of
from tests.access.world_of_dashboards import dashboards_of
from tests.access.world_of_improvement import improvement_of
from tests.access.world_of_kpis import kpis_of
from tests.access.world_of_marketing import promoted
from tests.access.world_of_reviews import reviews_of
from tests.access.world_of_scoring import scoring_of
from tests.access.world_of_service import served
from tests.access.world_of_value import value_of
from tests.access.world_of_warehouse import warehouse_of
from tests.access.world_of_winback import winback_of

PARTS = (
    kpis_of,
    warehouse_of,
    dashboards_of,
    scoring_of,
    churn_of,
    winback_of,
    value_of,
    reviews_of,
    improvement_of,
)


def served_and_measured(
    customer: Customer, people: dict[str, Any], sold: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses of the service desk, marketing and analytics."""
    found = served(customer, people, sold)
    found |= promoted(customer, people, sold | found)
    for part in PARTS:
        found |= part(customer, people, sold | found)
    return found
