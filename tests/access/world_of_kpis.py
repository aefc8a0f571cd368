"""One record of each kind of kpis, for the tests of access."""

from datetime import date
from typing import Any

from analytics.kpis.models import MarketFigure
from customers.models import Customer


def kpis_of(_customer: Customer, _people: dict[str, Any], _made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    figure = MarketFigure.objects.create(
        city="杭州", month=date(2026, 4, 1), homes=900, source="统计局"
    )
    return {"kpi_key": "leads", "market_figure_id": figure.pk}
