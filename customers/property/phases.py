"""What the phases of a project open: its campaigns and checks, each from a phase on (MKT-07).

Whatever can only be done in certain phases registers here; the page of a project lists it, and
whoever does it asks ``is_open`` first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Project, ProjectPhase
from customers.property.rules import PhaseKind

Label = Any
HALL, LAUNCH, MEASURING = "hall", "launch", "measuring"


@dataclass(frozen=True, slots=True)
class Activity:
    """A campaign or check and the phases in which it is open; ``url_name`` takes the project."""

    key: str
    label: Label
    phases: frozenset[PhaseKind]
    url_name: str = ""


@dataclass(frozen=True, slots=True)
class OpenActivity:
    """An activity of a project now."""

    activity: Activity
    is_open: bool


_activities: dict[str, Activity] = {}


def register_activity(
    key: str, label: Label, phases: Iterable[PhaseKind], *, url_name: str = ""
) -> None:
    """Say that something may be done in ``phases`` only; registering again replaces it."""
    _activities[key] = Activity(key, label, frozenset(phases), url_name)


def running_phases(project: Project) -> set[str]:
    """Return the phases of the project that have begun and not ended."""
    rows = ProjectPhase.objects.filter(
        project=project, started_on__isnull=False, ended_on__isnull=True
    )
    return set(rows.values_list("kind", flat=True))


def activities_of(project: Project) -> list[OpenActivity]:
    """Return everything that phases open, and whether it is open in this project."""
    running = running_phases(project)
    return [OpenActivity(each, bool(running & each.phases)) for each in _activities.values()]


def is_open(key: str, project: Project) -> bool:
    """Return whether a running phase of the project opens the activity."""
    return bool(running_phases(project) & _activities[key].phases)


def delay_of(phase: ProjectPhase, *, today: date) -> int:
    """Return by how many days the end of a phase is behind its plan; 0 when it is in time."""
    end = phase.ended_on or max(today, phase.planned_until)
    return max((end - phase.planned_until).days, 0)


def register() -> None:
    """Register what this package offers."""
    before, after = PhaseKind.PRE_LAUNCH, PhaseKind.PEAK
    register_activity(
        HALL, _("Checklist of the sales hall"), (before, after), url_name="customers:project-launch"
    )
    register_activity(LAUNCH, _("Launch"), (before,), url_name="customers:project-launch")
    register_activity(
        MEASURING,
        _("Comparison of measured areas"),
        (PhaseKind.IMPLEMENTATION, PhaseKind.ACCEPTANCE, PhaseKind.POST_HANDOVER),
        url_name="customers:project-areas",
    )
