"""The questions asked of tickets, limited to what a user may see."""

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm_site.staff.rules.organisation import Scope
from customers.property.querysets import project_condition
from service.tickets.rules import OPEN_STATES, TicketState

VIEW = "service.view_tickets"
OPEN = [state.value for state in OPEN_STATES]
WAITING = Q(state=TicketState.WAITING.value)
NOT_STANDING = [TicketState.CANCELLED.value, TicketState.MERGED.value]


def own_condition(user: Any, *, prefix: str = "") -> Q:
    """Return the condition of tickets one works on, has a part of, or whose customer is one's."""
    keys = ("customer__owner", "customer__backup", "first_responder", "handler")
    found = Q()
    for key in keys:
        found |= Q(**{f"{prefix}{key}": user})
    offers = apps.get_model("service", "TicketTransfer")._default_manager
    offered = offers.filter(taker=user, state="asked").values("ticket")
    given = apps.get_model("service", "TicketTask")._default_manager.filter(owner=user)
    return (
        found | Q(**{f"{prefix}pk__in": offered}) | Q(**{f"{prefix}pk__in": given.values("ticket")})
    )


def ticket_condition(user: Any, *, prefix: str = "") -> Q | None:
    """Return the condition that ``user``'s place puts on tickets; ``None`` for all.

    A consultant sees the tickets of own customers and those received, handled or with a sub-task of
    theirs; others those of the projects they see.
    """
    if not user.is_authenticated or not user.has_perm(VIEW):
        return Q(pk__in=[])
    if user.role_definition.scope is Scope.OWN:
        return own_condition(user, prefix=prefix)
    return project_condition(user, prefix=f"{prefix}project__")


class TicketQuerySet(models.QuerySet[Any]):
    """Questions about tickets."""

    def visible_to(self, user: Any) -> Self:
        """Return the tickets ``user`` may see."""
        condition = ticket_condition(user)
        return self.all() if condition is None else self.filter(condition)

    def visible_by_keys(self, user: Any) -> Self:
        """Return what ``visible_to`` does, the projects of a region read first and named by key.

        For questions about very many tickets: by keys an index answers, by a join the whole table.
        """
        if not user.has_perm(VIEW) or user.role_definition.scope in {Scope.OWN, Scope.COMPANY}:
            return self.visible_to(user)
        projects = apps.get_model("customers", "Project")._default_manager
        seen = projects.filter(project_condition(user) or Q()).values_list("pk", flat=True)
        return self.filter(project__in=list(seen))

    def open(self) -> Self:
        """Return tickets that still need something done."""
        return self.filter(state__in=OPEN)

    def standing(self) -> Self:
        """Return tickets that are neither merged into another one nor cancelled."""
        return self.exclude(state__in=NOT_STANDING)

    def overdue(self, now: datetime) -> Self:
        """Return open tickets past a limit; while one waits for the customer no step is late."""
        steps = Q(step_due_at__lt=now) & ~WAITING
        return self.open().filter(Q(due_at__lt=now) | steps)

    def due_between(self, start: datetime, end: datetime) -> Self:
        """Return open tickets with a limit from ``start`` to before ``end``."""
        steps = Q(step_due_at__gte=start, step_due_at__lt=end) & ~WAITING
        return self.open().filter(Q(due_at__gte=start, due_at__lt=end) | steps)

    def for_list(self) -> Self:
        """Return what lists show in the same query."""
        return self.select_related(
            "project", "unit__building", "customer", "handler", "first_responder", "category"
        )


class OfTicketQuerySet(models.QuerySet[Any]):
    """Questions about rows that belong to a ticket."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of tickets ``user`` may see."""
        condition = ticket_condition(user, prefix="ticket__")
        return self.all() if condition is None else self.filter(condition)


class TaskQuerySet(OfTicketQuerySet):
    """Questions about sub-tasks."""

    def visible_to(self, user: Any) -> Self:
        """Return the sub-tasks of tickets ``user`` may see, and those given to ``user``."""
        condition = ticket_condition(user, prefix="ticket__")
        return self.all() if condition is None else self.filter(condition | Q(owner=user))

    def open(self) -> Self:
        """Return sub-tasks nobody has finished."""
        return self.filter(state="open")


class CategoryQuerySet(models.QuerySet[Any]):
    """Questions about classes of tickets."""

    def in_use(self) -> Self:
        """Return the classes that can be chosen."""
        return self.filter(is_active=True)

    def leaves(self) -> Self:
        """Return the classes without classes below them."""
        below = self.model._default_manager.filter(parent=OuterRef("pk"), is_active=True)
        return self.in_use().filter(~Exists(below))
