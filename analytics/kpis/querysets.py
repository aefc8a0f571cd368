"""The questions asked of frozen figures."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from analytics.kpis.kinds import Period, Place


class SnapshotQuerySet(models.QuerySet[Any]):
    """Questions about frozen figures."""

    def at(self, place: Place) -> Self:
        """Return the figures of a place."""
        return self.filter(place_kind=place.kind.value, place_id=place.key)

    def over(self, period: Period) -> Self:
        """Return the figures of exactly these days."""
        return self.filter(start=period.start, end=period.end)

    def taken_since(self, moment: datetime) -> Self:
        """Return what needs no further look: final, or taken since a moment."""
        return self.filter(Q(is_final=True) | Q(taken_at__gte=moment))

    def unchecked(self, since: datetime) -> Self:
        """Return what was not held against its rows since it was taken and since a moment."""
        stale = Q(checked_at__isnull=True) | Q(checked_at__lt=F("taken_at"))
        return self.filter(stale | Q(checked_at__lt=since))


class DifferenceQuerySet(models.QuerySet[Any]):
    """Questions about figures that differ from their rows."""

    def in_places(self, places: Iterable[Place]) -> Self:
        """Return those of some places."""
        condition = Q(pk__in=[])
        keys: dict[str, list[int]] = {}
        for place in places:
            keys.setdefault(place.kind.value, []).append(place.key)
        for kind, ids in keys.items():
            condition |= Q(snapshot__place_kind=kind, snapshot__place_id__in=ids)
        return self.filter(condition)
