"""The questions asked of plans, alerts, sheets and reports, limited to what a user may see."""

from typing import Any, Self

from django.db import models

from service.surveys.querysets import in_scope


class ScopedQuerySet(models.QuerySet[Any]):
    """Questions about rows with a project and a region."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of one's project or region; those of the company for head office."""
        return self.filter(in_scope(user, is_shared=False))


class PlanQuerySet(models.QuerySet[Any]):
    """Questions about plans."""

    def visible_to(self, user: Any) -> Self:
        """Return the plans of the surveys ``user`` may see."""
        surveys = self.model._meta.get_field("survey").related_model._default_manager
        return self.filter(survey__in=surveys.visible_to(user))
