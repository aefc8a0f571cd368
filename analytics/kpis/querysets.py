"""The questions asked of frozen figures."""

from typing import Any, Self

from django.db import models

from analytics.kpis.kinds import Period, Place


class SnapshotQuerySet(models.QuerySet[Any]):
    """Questions about frozen figures."""

    def at(self, place: Place) -> Self:
        """Return the figures of a place."""
        return self.filter(place_kind=place.kind.value, place_id=place.key)

    def over(self, period: Period) -> Self:
        """Return the figures of exactly these days."""
        return self.filter(start=period.start, end=period.end)
