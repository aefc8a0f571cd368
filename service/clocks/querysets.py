"""The questions asked of the time limits of tickets, limited to what a user may see."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When

from service.clocks.rules.rates import Period, Verdict
from service.tickets.querysets import NOT_STANDING, OfTicketQuerySet, ticket_condition

OPEN_STATES = ("running", "paused", "breached")


def conditions(period: Period) -> dict[str, Q]:
    """Return the condition of each verdict in a period; ``rules.rates.verdict`` as SQL."""
    seen = period.seen_at
    met = Q(met_at__gte=period.start, met_at__lt=seen)
    unmet = Q(met_at__isnull=True) | Q(met_at__gte=seen)
    return {
        Verdict.KEPT.value: met & Q(met_at__lte=F("due_at")),
        Verdict.LATE.value: met & Q(met_at__gt=F("due_at")),
        Verdict.OVERDUE.value: unmet & Q(due_at__lt=seen) & ~Q(state="paused"),
    }


class ClockQuerySet(OfTicketQuerySet):
    """Questions about the clocks of tickets."""

    def open(self) -> Self:
        """Return the clocks that wait for somebody."""
        return self.filter(state__in=OPEN_STATES)

    def judged(self, period: Period) -> Self:
        """Return the clocks that count in the period, each with its ``verdict`` (SVC-29).

        Handled in the period counts by its due time; open at its end and due before counts as
        overdue. Merged and cancelled tickets owe nothing; a clock that stands still is not late.
        """
        kept, late, overdue = conditions(period).values()
        found = self.exclude(state="cancelled").exclude(ticket__state__in=NOT_STANDING)
        return found.filter(kept | late | overdue).annotate(
            verdict=Case(
                When(kept, then=Value(Verdict.KEPT.value)),
                When(late, then=Value(Verdict.LATE.value)),
                default=Value(Verdict.OVERDUE.value),
                output_field=models.CharField(),
            )
        )

    def due_now(self, now: dt.datetime, open_tickets: list[str]) -> Self:
        """Return clocks with a step to take; a running one past its due time is always one."""
        return self.filter(
            Q(state__in=["running", "breached"], next_step_at__lte=now)
            | Q(state="running", due_at__lt=now),
            ticket__state__in=open_tickets,
        )


class OfClockQuerySet(models.QuerySet[Any]):
    """Questions about rows that belong to a clock."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of tickets ``user`` may see."""
        condition = ticket_condition(user, prefix="clock__ticket__")
        return self.all() if condition is None else self.filter(condition)
