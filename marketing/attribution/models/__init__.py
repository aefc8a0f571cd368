"""Tables of attribution."""

from marketing.attribution.models.touch import Touch

__all__ = ["Touch"]
