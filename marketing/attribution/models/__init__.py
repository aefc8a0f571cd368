"""Tables of attribution."""

from marketing.attribution.models.share import AttributionRun, AttributionShare
from marketing.attribution.models.touch import Touch

__all__ = ["AttributionRun", "AttributionShare", "Touch"]
