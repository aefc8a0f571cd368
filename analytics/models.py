"""The tables of analytics; each part keeps its own."""

import analytics.churn.models
import analytics.dashboards.models
import analytics.improvement.models
import analytics.kpis.models
import analytics.reviews.models
import analytics.scoring.models
import analytics.value.models
import analytics.warehouse.models
import analytics.winback.models  # noqa: F401 -- makes the tables known
