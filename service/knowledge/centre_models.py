"""The customer-relations centre: its units in the organisation, its duties on tasks (PLT-26)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode
from crm_site.staff.rules.organisation import NodeKind
from customers.models.task import Task
from service.knowledge import choices

VIEW = "service.view_centre"


def places_of(user: Any) -> models.QuerySet[OrgNode]:
    """Return the places ``user`` may set units of the centre up at; head office plans for all."""
    places, node = OrgNode.objects.exclude(kind=NodeKind.TEAM.value), user.node
    if node is None:
        return places.none()
    if node.project_id:
        return places.filter(project=node.project_id)
    return places.filter(region=node.region_id) if node.region_id else places


class CentreUnitQuerySet(models.QuerySet["CentreUnit"]):
    """Questions about units of the centre."""

    def visible_to(self, user: Any) -> Self:
        """Return all units to whoever may see the centre: who is responsible is no secret."""
        return self.all() if user.is_authenticated and user.has_perm(VIEW) else self.none()

    def planned_by(self, user: Any) -> Self:
        """Return the units whose place ``user`` may plan for: one's own place and those below."""
        return self.visible_to(user).filter(node__in=places_of(user))


class CentreUnit(TimeStamped):
    """A unit of the centre at one place of the organisation, and who leads it."""

    function = models.CharField(_("unit"), max_length=16, choices=choices.FUNCTIONS)
    node = models.ForeignKey(
        OrgNode, on_delete=models.PROTECT, related_name="centre_units", verbose_name=_("place")
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who leads it"),
    )
    charge = models.CharField(_("in charge of"), max_length=300, blank=True)

    objects: ClassVar[CentreUnitQuerySet] = CentreUnitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_centre", "See the customer-relations centre"),
            ("plan_centre", "Set up the customer-relations centre and plan its work"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["node", "function"], name="centre_unit_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_function_display()} · {self.node}"


class CentreTask(models.Model):
    """The duty a task of a unit belongs to: plan, promote, carry out, monitor, evaluate."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="centre")
    unit = models.ForeignKey(CentreUnit, on_delete=models.PROTECT, related_name="tasks")
    duty = models.CharField(_("duty"), max_length=10, choices=choices.DUTIES)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["unit", "duty"], name="centre_task_by_duty")]

    def __str__(self) -> str:
        return f"{self.duty} · {self.task_id}"
