"""The questions asked of repairs, limited to what a user may see."""

from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Max, Q, Sum

from customers.property.querysets import project_condition
from service.repairs.rules.steps import OPEN, ChargeState, Outcome

DECIDED = Q(outcome__in=[Outcome.ACCEPTED.value, Outcome.REFUSED.value])
FIRST = Q(number=1) & DECIDED
FIXED_FIRST = Q(number=1, outcome=Outcome.ACCEPTED.value, came_back_at__isnull=True)
ACCEPTED = Q(outcome=Outcome.ACCEPTED.value)
CAME_BACK = Q(outcome=Outcome.ACCEPTED.value, came_back_at__isnull=False)
REFUSED = Q(outcome=Outcome.REFUSED.value)
VISITED = Q(visited_at__isnull=False)
IN_TIME = Q(visited_at__isnull=False, visited_at__lte=F("until"))
MEASURES = {
    "jobs": Q(),
    "decided": DECIDED,
    "first": FIRST,
    "fixed_first": FIXED_FIRST,
    "accepted": ACCEPTED,
    "came_back": CAME_BACK,
    "refused": REFUSED,
    "visited": VISITED,
    "in_time": IN_TIME,
}


class _InProject(models.QuerySet[Any]):
    place = "project__"

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the projects ``user`` may see."""
        condition = project_condition(user, prefix=self.place)
        return self.all() if condition is None else self.filter(condition)


class InProjectQuerySet(_InProject):
    """Questions about rows that belong to a project."""


class OrderQuerySet(_InProject):
    """Questions about repairs."""

    place = "ticket__project__"

    def open(self) -> Self:
        """Return the repairs that are neither accepted nor dropped."""
        return self.filter(stage__in=[stage.value for stage in OPEN])


class JobQuerySet(_InProject):
    """Questions about what contractors did."""

    place = "order__ticket__project__"

    def measured(self) -> dict[str, int]:
        """Return how many jobs each measure of the scorecard counts."""
        found: dict[str, int] = self.aggregate(
            **{f"n_{key}": Count("pk", filter=rule) for key, rule in MEASURES.items()}
        )
        return {key: found[f"n_{key}"] for key in MEASURES}

    def of_measure(self, measure: str) -> Self:
        """Return the jobs that a measure of the scorecard counts."""
        return self.filter(MEASURES[measure])

    def by_contractor(self) -> Any:
        """Return the counts of every measure by contractor, the busiest first."""
        counts = {f"n_{key}": Count("pk", filter=rule) for key, rule in MEASURES.items()}
        return self.values("contractor").annotate(**counts).order_by("-n_jobs", "contractor")


class ChargeQuerySet(_InProject):
    """Questions about charge-backs."""

    place = "order__ticket__project__"

    def standing(self) -> Self:
        """Return those not withdrawn."""
        return self.exclude(state=ChargeState.WITHDRAWN.value)


class UpkeepQuerySet(_InProject):
    """Questions about plans of upkeep."""

    def with_totals(self) -> Self:
        """Return the plans with number of items, done ones, last day and money."""
        kept = ~Q(items__state="dropped")
        return self.annotate(
            item_count=Count("items", filter=kept),
            done_count=Count("items", filter=Q(items__state="done")),
            planned_cost=Sum("items__cost", filter=kept),
            paid_cost=Sum("items__spent", filter=kept),
            last_day=Max("items__due_on", filter=kept),
        )
