"""Who else does actions of the programme: their pages, and the tasks that show how they stand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from customers.models import DeliveryRiskGroup, Project, Purchase, Task

Places = dict[str, tuple[int, int | None]]  # subject of a task -> project, purchase


def _projects(keys: Iterable[str]) -> Places:
    rows = Project.objects.filter(pk__in=[int(key) for key in keys]).values_list("pk", flat=True)
    return {str(pk): (pk, None) for pk in rows}


def _purchases(keys: Iterable[str]) -> Places:
    rows = Purchase.objects.filter(pk__in=[int(key) for key in keys])
    return {str(pk): (project, pk) for pk, project in rows.values_list("pk", "project_id")}


def _groups(keys: Iterable[str]) -> Places:
    rows = DeliveryRiskGroup.objects.filter(pk__in=[int(key) for key in keys])
    return {str(pk): (project, None) for pk, project in rows.values_list("pk", "project_id")}


@dataclass(frozen=True, slots=True)
class Carrier:
    """The page of an action that another part does, and which of its tasks count.

    ``places`` finds the projects of their subjects; None where the action makes no tasks.
    """

    url_name: str
    right: str
    source: str = ""
    part: str = ""  # of the key of the task's source
    places: Callable[[Iterable[str]], Places] | None = None

    def tasks(self) -> Any:
        """Return the tasks that show how the action stands."""
        rows = Task.objects.filter(source=self.source).exclude(subject_id="")
        return rows.filter(source_id__contains=self.part) if self.part else rows


UNITS: Final = "customers.view_units"
CARE: Final = "service.view_care"
CARRIERS: Final = {
    "launch-risk": Carrier("customers:project-list", UNITS, "launch", ":risk:", _projects),
    "launch-comfort": Carrier("customers:project-list", UNITS, "launch", ":comfort:", _projects),
    "specialist": Carrier("customers:first-contacts", UNITS, "specialist", "", _purchases),
    "delivery-group": Carrier("customers:delivery-list", UNITS, "delivery-group", "", _groups),
    "notices": Carrier("customers:project-list", UNITS),
    "inspections": Carrier("customers:delivery-units", UNITS),
    "handover": Carrier("customers:delivery-list", UNITS),
    "events": Carrier("service:care-events", CARE),
    "newsletter": Carrier("service:care-issues", CARE),
    "community": Carrier("service:care-events", CARE),
    "greetings": Carrier("service:care-greetings", CARE),
    "plans": Carrier("service:care-plans", CARE),
    "funds": Carrier("service:care-funds", CARE),
}
