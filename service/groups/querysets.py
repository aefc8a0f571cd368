"""The questions asked of suggestions and crises, limited to what a user may see."""

from typing import Any, Self

from django.db import models

from customers.property.querysets import InProjectQuerySet
from service.groups.rules.linking import SuggestionState
from service.tickets.querysets import ticket_condition

VIEW = "service.view_groups"


class SuggestionQuerySet(InProjectQuerySet):
    """Questions about suggested groups."""

    def visible_to(self, user: Any) -> Self:
        """Return the suggestions in the projects of a user who may see groups."""
        return super().visible_to(user) if user.has_perm(VIEW) else self.none()

    def to_decide(self) -> Self:
        """Return those a manager has to accept or reject."""
        return self.filter(state=SuggestionState.OPEN.value)


class RoomQuerySet(models.QuerySet[Any]):
    """Questions about crisis rooms."""

    def visible_to(self, user: Any) -> Self:
        """Return the rooms of the crises a user who may see groups sees."""
        if not user.has_perm(VIEW):
            return self.none()
        condition = ticket_condition(user, prefix="ticket__")
        return self.all() if condition is None else self.filter(condition)


class OfRoomQuerySet(models.QuerySet[Any]):
    """Questions about rows that belong to a crisis room."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of rooms the user sees."""
        if not user.has_perm(VIEW):
            return self.none()
        condition = ticket_condition(user, prefix="room__ticket__")
        return self.all() if condition is None else self.filter(condition)
