"""What the list of projects and the page of one show, each in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import AdverseFactor, Certificate, Project, ProjectPhase, Unit
from customers.property import choices
from customers.property.board import tabs_of
from customers.property.phases import activities_of, delay_of
from customers.property.policies import PROPERTY
from customers.property.rules import PhaseKind

EDIT = "customers.edit_units"
ORDER = {kind.value: place for place, kind in enumerate(PhaseKind)}


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in the list."""

    project: Project
    units: int
    phases: list[str]
    certificates: int  # kinds of the five that are in force


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase with how many days it is behind its plan."""

    phase: ProjectPhase
    days_late: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One kind of certificate: the one in force or the last one, and how it stands."""

    kind: str
    label: Any
    certificate: Certificate | None
    state: str  # missing, expired, soon, valid


def project_rows(projects: list[Project]) -> list[ProjectRow]:
    """Return the rows of a page of projects."""
    keys = [project.pk for project in projects]
    counted = Unit.objects.filter(project__in=keys).values_list("project").annotate(Count("pk"))
    units: dict[int, int] = dict(counted.order_by())
    words = dict(choices.PHASES)
    running: dict[int, list[str]] = {}
    phases = ProjectPhase.objects.filter(project__in=keys, started_on__isnull=False, ended_on=None)
    for project_id, kind in sorted(
        phases.values_list("project", "kind"), key=lambda pair: ORDER[pair[1]]
    ):
        running.setdefault(project_id, []).append(str(words[kind]))
    today = timezone.localdate()
    valid: dict[int, set[str]] = {}
    rows = Certificate.objects.filter(project__in=keys).exclude(expires_on__lt=today)
    for project_id, kind in rows.values_list("project", "kind"):
        valid.setdefault(project_id, set()).add(kind)
    return [
        ProjectRow(
            project,
            units.get(project.pk, 0),
            running.get(project.pk, []),
            len(valid.get(project.pk, ())),
        )
        for project in projects
    ]


def project_page(project: Project, *, user: User, now: datetime) -> dict[str, Any]:
    """Return what the page of a project prints."""
    today = timezone.localtime(now).date()
    rules = in_force(PROPERTY, at=now).value
    factors = AdverseFactor.objects.filter(project=project).select_related(
        "building", "unit__building"
    )
    phases = ProjectPhase.objects.filter(project=project).select_related("owner")
    papers = Certificate.objects.filter(project=project).order_by("issued_on", "pk")
    return {
        "project": project,
        "launch": getattr(project, "launch", None),
        "phases": phase_lines(phases, today=today),
        "activities": activities_of(project),
        "certificates": certificate_lines(papers, today=today, days=rules.certificate_days),
        "buildings": tabs_of(project),
        "factors": factors.order_by("ended_on", "kind", "pk"),
        "may_edit": user.has_perm(EDIT),
        "may_import": user.has_perm(EDIT),
    }


def phase_lines(phases: Iterable[ProjectPhase], *, today: date) -> list[PhaseLine]:
    """Return the phases in their order, each compared with its plan."""
    ordered = sorted(phases, key=lambda phase: ORDER[phase.kind])
    return [
        PhaseLine(
            phase,
            delay_of(phase, today=today),
            phase.started_on is not None and phase.ended_on is None,
        )
        for phase in ordered
    ]


def certificate_lines(
    papers: Sequence[Certificate] | Any, *, today: date, days: int
) -> list[CertificateLine]:
    """Return each of the five kinds with the certificate that counts, each older one left out."""
    latest: dict[str, Certificate] = {}
    for paper in papers:
        known = latest.get(paper.kind)
        if known is None or _end(paper) >= _end(known):
            latest[paper.kind] = paper
    soon = today + timedelta(days=days)
    return [
        CertificateLine(kind, label, latest.get(kind), _state(latest.get(kind), today, soon))
        for kind, label in choices.CERTIFICATES
    ]


def _end(paper: Certificate) -> date:
    return paper.expires_on or date.max


def _state(paper: Certificate | None, today: date, soon: date) -> str:
    if paper is None:
        return "missing"
    if _end(paper) < today:
        return "expired"
    return "soon" if _end(paper) <= soon else "valid"
