"""The questions asked of the programme, limited to what a user may see."""

from datetime import datetime
from typing import Any, Self

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from crm_site.outbox.models import Message
from customers.models import Task
from customers.property.querysets import InProjectQuerySet
from service.care.rules import ItemState

VIEW = "service.view_care"
ADDRESSEE, GREETING = "customer", "care-greeting"


class CareQuerySet(InProjectQuerySet):
    """Rows of a project, for who may see owner care."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the projects ``user`` may see, none without the right."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        return super().visible_to(user)


class GreetingQuerySet(CareQuerySet):
    """Questions about greetings."""

    def with_message(self) -> Self:
        """Return the greetings with ``message_state`` and ``reason`` of their message, if any."""
        message = Message.objects.filter(
            addressee_kind=ADDRESSEE,
            addressee_id=Cast(OuterRef("customer_id"), CharField()),
            subject_kind=GREETING,
            subject_id=Cast(OuterRef("pk"), CharField()),
        )
        return self.annotate(
            message_state=Subquery(message.values("state")[:1]),
            reason=Subquery(message.values("reason")[:1]),
        )


class ItemQuerySet(CareQuerySet):
    """Questions about what is due in the programme."""

    def with_state(self, now: datetime) -> Self:
        """Return the items with ``state``, ``due``, ``task_id``, ``done_at`` as of ``now``.

        The task decides; an item whose task is not made yet is due by its own time.
        """
        task = Task.objects.filter(source=OuterRef("source"), source_id=OuterRef("source_id"))
        rows = self.annotate(
            task_id=Subquery(task.values("pk")[:1]),
            task_state=Subquery(task.values("state")[:1]),
            done_at=Subquery(task.values("done_at")[:1]),
            due=Coalesce(Subquery(task.values("due_at")[:1]), F("due_at")),
        )
        return rows.annotate(
            state=Case(
                When(task_state="done", then=Value(ItemState.DONE.value)),
                When(
                    Q(task_state="cancelled") | Q(task_state=None, dropped_at__isnull=False),
                    then=Value(ItemState.DROPPED.value),
                ),
                When(due__lt=now, then=Value(ItemState.OVERDUE.value)),
                default=Value(ItemState.DUE.value),
            )
        )
