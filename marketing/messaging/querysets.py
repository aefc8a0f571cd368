"""Who sees which template, batch, flow and experiment."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.staff.rules.organisation import Scope

VIEW = "marketing.view_messaging"
WRITE = "marketing.write_messaging"
LAUNCH = "marketing.launch_messaging"


def messaging_scope(user: Any) -> Q:
    """Return the condition on ``project`` and ``region`` of what ``user`` sees of messaging.

    The company sees all, a region its own, who works in one project its rows; what belongs to no
    project and no region is for everybody with the right.
    """
    nothing, everything = Q(pk__in=[]), ~Q(pk__in=[])
    if not user.is_authenticated or not user.has_perm(VIEW):
        return nothing
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return everything
    if node is None or node.region_id is None:
        return nothing
    shared = Q(project=None) & (Q(region=node.region_id) | Q(region=None))
    if node.project_id is not None and scope is not Scope.REGION:
        return Q(project=node.project_id) | shared
    return Q(region=node.region_id) | shared


class MessagingQuerySet(models.QuerySet[Any]):
    """Questions about what belongs to a project or a region of messaging."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of one's projects and region, and those of the whole company."""
        return self.filter(messaging_scope(user))


class MessageBatchQuerySet(MessagingQuerySet):
    """Questions about batches."""

    def for_list(self) -> Self:
        """Return them with what a line prints."""
        return self.select_related("project", "template")

    def at_work(self, now: datetime) -> Self:
        """Return the batches that a run of the job has something to do for."""
        return self.filter(state__in=("preparing", "sending"), starts_at__lte=now)


class FlowQuerySet(MessagingQuerySet):
    """Questions about flows."""

    def running(self) -> Self:
        """Return the flows that are switched on."""
        return self.filter(state="on")


class ExperimentQuerySet(MessagingQuerySet):
    """Questions about experiments."""

    def decided(self) -> Self:
        """Return those whose result stands in the library."""
        return self.filter(state="decided")
