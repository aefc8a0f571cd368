"""Names of the methods of forecasting, apart from the heavy libraries."""

from typing import Final

NAIVE: Final = "seasonal_naive"
SMOOTH: Final = "holt_winters"
DRIFT: Final = "season_and_trend"
