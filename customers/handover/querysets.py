"""The questions asked of the handover, limited to what a user may see."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When

from customers.handover.rules import DefectState, Outcome, Severity
from customers.property.querysets import project_condition

NOT_CLOSED = [DefectState.OPEN.value, DefectState.REPAIRED.value]
OPEN_MAJOR = Q(defects__severity=Severity.MAJOR, defects__state__in=NOT_CLOSED)
OPEN_ANY = Q(defects__state__in=NOT_CLOSED)


class _InProject(models.QuerySet[Any]):
    place = ""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the projects ``user`` may see."""
        condition = project_condition(user, prefix=self.place)
        return self.all() if condition is None else self.filter(condition)


class BatchQuerySet(_InProject):
    """Questions about batches."""

    place = "project__"


class OfBatchQuerySet(_InProject):
    """Questions about rows that belong to a batch."""

    place = "batch__project__"


class OfDeliveryQuerySet(_InProject):
    """Questions about rows that belong to the handover of a unit."""

    place = "delivery__batch__project__"


class UnitDeliveryQuerySet(OfBatchQuerySet):
    """Questions about units to be handed over."""

    def with_outcome(self, *, now: datetime) -> Self:
        """Return them with ``outcome``: how far each has come (SVC-92)."""
        visits = self.model._meta.get_field("visits").related_model
        running = visits._default_manager.filter(delivery=OuterRef("pk"), ended_at=None)
        return self.annotate(
            outcome=Case(
                When(taken_at__isnull=False, then=Value(Outcome.TAKEN.value)),
                When(invited_at__isnull=True, then=Value(Outcome.PLANNED.value)),
                When(Exists(running), then=Value(Outcome.PRESENT.value)),
                When(refused_at__isnull=False, then=Value(Outcome.REFUSED.value)),
                When(slot__isnull=True, then=Value(Outcome.UNBOOKED.value)),
                When(slot__ends_at__lt=now, then=Value(Outcome.MISSED.value)),
                default=Value(Outcome.BOOKED.value),
                output_field=models.CharField(),
            )
        )

    def with_defects(self) -> Self:
        """Return them with ``majors`` and ``defects_open``: how many defects are not closed."""
        return self.annotate(
            majors=Count("defects", filter=OPEN_MAJOR, distinct=True),
            defects_open=Count("defects", filter=OPEN_ANY, distinct=True),
        )

    def released(self) -> Self:
        """Return the units of approved batches that are walked and have no open major defect."""
        defects = self.model._meta.get_field("defects").related_model
        majors = defects._default_manager.filter(
            delivery=OuterRef("pk"), severity=Severity.MAJOR, state__in=NOT_CLOSED
        )
        approved = self.filter(batch__approved_at__isnull=False, walked_at__isnull=False)
        return approved.filter(~Exists(majors))

    def invited(self) -> Self:
        """Return the units whose buyers were invited."""
        return self.filter(invited_at__isnull=False)
