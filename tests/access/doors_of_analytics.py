"""Every address of analytics; part of the table of access."""

from tests.access.doors_of_churn import CHURN_DOORS
from tests.access.doors_of_dashboards import DASHBOARDS_DOORS
from tests.access.doors_of_improvement import IMPROVEMENT_DOORS
from tests.access.doors_of_kpis import KPIS_DOORS
from tests.access.doors_of_reviews import REVIEWS_DOORS
from tests.access.doors_of_scoring import SCORING_DOORS
from tests.access.doors_of_value import VALUE_DOORS
from tests.access.doors_of_warehouse import WAREHOUSE_DOORS
from tests.access.doors_of_winback import WINBACK_DOORS
from tests.access.gates import Door

ANALYTICS_DOORS: dict[str, Door] = {
    **KPIS_DOORS,
    **WAREHOUSE_DOORS,
    **DASHBOARDS_DOORS,
    **SCORING_DOORS,
    **CHURN_DOORS,
    **WINBACK_DOORS,
    **VALUE_DOORS,
    **REVIEWS_DOORS,
    **IMPROVEMENT_DOORS,
}
