"""The jobs of analytics; each part keeps its own."""

import analytics.churn.tasks
import analytics.dashboards.tasks
import analytics.improvement.tasks
import analytics.kpis.tasks
import analytics.reviews.tasks
import analytics.scoring.tasks
import analytics.value.tasks
import analytics.warehouse.tasks
import analytics.winback.tasks  # noqa: F401 -- makes the jobs known
