"""What writes segments, opportunities and recommendations."""

from marketing.segments.services.freezing import freeze, members_of

__all__ = ["freeze", "members_of"]
