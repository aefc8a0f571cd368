"""What keeps a project from its launch: gates that each name what is still open (MKT-61).

A package that has something to say before a launch registers its gate; the launch page shows all
of them and refuses while one names anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Certificate, Disclosure, Project
from customers.property import choices
from customers.property.phases import LAUNCH, is_open

Label = Any
Check = Callable[[Project, date], list[str]]


# What the first of the steps of owner care asks for: manual, wording and display (SVC-71).
MANUAL, WORDING, DISPLAY = "manual", "wording", "hall"
WARM_WELCOME = (MANUAL, WORDING, DISPLAY)


@dataclass(frozen=True, slots=True)
class LaunchGate:
    """A gate: ``check`` returns what is open for a project on a day, each in words.

    ``url_name`` takes the project and leads to where it is done.
    """

    key: str
    label: Label
    check: Check
    url_name: str = ""


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate of one project and what it still asks for."""

    gate: LaunchGate
    blockers: list[str]


_gates: dict[str, LaunchGate] = {}


def register_launch_gate(key: str, label: Label, check: Check, *, url_name: str = "") -> None:
    """Add a gate; registering again replaces it."""
    _gates[key] = LaunchGate(key, label, check, url_name)


def gate_states(project: Project, *, today: date) -> list[GateState]:
    """Return every gate with what it still asks for."""
    return [GateState(gate, gate.check(project, today)) for gate in _gates.values()]


def launch_blockers(project: Project, *, today: date) -> list[str]:
    """Return in words all that keeps the project from its launch on ``today``; empty: nothing."""
    return [words for state in gate_states(project, today=today) for words in state.blockers]


def open_disclosures(project: Project, _today: date) -> list[str]:
    """Return the things of the sales hall that nobody has ticked."""
    rows = Disclosure.objects.filter(project=project, withdrawn_at=None)
    ticked = set(rows.values_list("kind", flat=True))
    return [
        _("Not shown in the sales hall: %(item)s") % {"item": label}
        for kind, label in choices.DISCLOSURES
        if kind not in ticked
    ]


def missing_certificates(project: Project, today: date) -> list[str]:
    """Return the certificates that the project lacks, or has only run out ones of."""
    ends: dict[str, list[date | None]] = {}
    for kind, end in Certificate.objects.filter(project=project).values_list("kind", "expires_on"):
        ends.setdefault(kind, []).append(end)
    found = []
    for kind, label in choices.CERTIFICATES:
        known = ends.get(kind, [])
        if not known:
            found.append(_("Missing: %(certificate)s") % {"certificate": label})
        elif all(end is not None and end < today for end in known):
            last = max(end for end in known if end is not None)
            words = {"certificate": label, "day": date_format(last, "SHORT_DATE_FORMAT")}
            found.append(_("Ran out on %(day)s: %(certificate)s") % words)
    return found


def wrong_day(project: Project, today: date) -> list[str]:
    """Return what is wrong with the day of the launch and the phase the project is in."""
    found = []
    if project.launch_on is None:
        found.append(_("No launch date is set."))
    elif project.launch_on < today:
        day = date_format(project.launch_on, "SHORT_DATE_FORMAT")
        found.append(_("The launch date %(day)s is past. Set the new one.") % {"day": day})
    if not is_open(LAUNCH, project):
        found.append(_("The phase before the launch is not running."))
    if not project.units.exists():
        found.append(_("The project has no units."))
    return found


def register() -> None:
    """Register the gates of this package."""
    register_launch_gate("day", gettext_lazy("Date, phase and units"), wrong_day)
    register_launch_gate(DISPLAY, gettext_lazy("Shown in the sales hall"), open_disclosures)
    register_launch_gate("certificates", gettext_lazy("Five certificates"), missing_certificates)
