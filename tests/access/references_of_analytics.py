"""Every reference of analytics; part of the table of references."""

from tests.access.cases import Case
from tests.access.references_of_churn import CHURN_CASES
from tests.access.references_of_dashboards import DASHBOARDS_CASES
from tests.access.references_of_improvement import IMPROVEMENT_CASES
from tests.access.references_of_kpis import KPIS_CASES
from tests.access.references_of_reviews import REVIEWS_CASES
from tests.access.references_of_scoring import SCORING_CASES
from tests.access.references_of_value import VALUE_CASES
from tests.access.references_of_warehouse import WAREHOUSE_CASES
from tests.access.references_of_winback import WINBACK_CASES

ANALYTICS_CASES: dict[str, Case] = {
    **KPIS_CASES,
    **WAREHOUSE_CASES,
    **DASHBOARDS_CASES,
    **SCORING_CASES,
    **CHURN_CASES,
    **WINBACK_CASES,
    **VALUE_CASES,
    **REVIEWS_CASES,
    **IMPROVEMENT_CASES,
}
