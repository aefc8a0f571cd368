"""Projects with their phases, certificates, buildings, units and adverse factors, as kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.staff.models import User
from customers.models import AdverseFactor, Project, Unit, UnitEvent

ONCE = {
    "building_name_once": gettext_lazy("The project has a building of this name already."),
    "certificate_once": gettext_lazy("This certificate is on file already."),
    "project_phase_once": gettext_lazy("The project has this phase already."),
    "unit_once": gettext_lazy("The building has a unit of this number already."),
}


FollowUp = Callable[[Project, datetime], None]
_follow_ups: dict[str, FollowUp] = {}


def register_project_follow_up(key: str, run: FollowUp) -> None:
    """Let ``run`` act whenever the facts of a project were saved, in that transaction."""
    _follow_ups[key] = run


class TwiceError(RefusedError):
    """The project has one like it."""

    code = "exists"
    title = gettext_lazy("It exists already")


@contextmanager
def _once() -> Iterator[None]:
    """Turn a second one of what there is once into TwiceError; nothing of the block is kept."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for name, words in ONCE.items():
            if name in str(error):
                raise TwiceError(words) from error
        raise


@transaction.atomic
def save_part(*, row: Any, actor: User, now: datetime) -> Any:
    """Save a phase, certificate, building or factor of a project and note that it was changed.

    Raise TwiceError for one the project has already.
    """
    row.updated_at = now
    kind = f"{row._meta.model_name}.saved"
    with _once():
        row.save()
    subject = ("project", row.project_id)
    record(kind=kind, actor=actor, subject=subject, facts={"row": row.pk}, now=now)
    return row


@transaction.atomic
def save_project(*, project: Project, actor: User, now: datetime) -> Project:
    """Save the facts of a project and note that they were changed."""
    project.save(update_fields=["name", "city", "address", "launch_on", "specialist"])
    record(kind="project.saved", actor=actor, subject=("project", project.pk), now=now)
    for run in _follow_ups.values():
        run(project, now)
    return project


@transaction.atomic
def save_unit(*, unit: Unit, changed: list[str], actor: User, now: datetime) -> Unit:
    """Save what was changed of a unit; its events and the audit trail name the fields.

    Raise TwiceError where the building has a unit of that number.
    """
    if not changed:
        return unit
    unit.updated_at = now
    with _once():
        unit.save(update_fields=[*changed, "updated_at"])
    UnitEvent.objects.create(
        unit=unit, at=now, kind="changed", facts={"fields": changed}, actor=actor
    )
    record(
        kind="unit.changed",
        actor=actor,
        subject=("unit", unit.pk),
        facts={"fields": changed},
        now=now,
    )
    return unit


@transaction.atomic
def end_factor(*, factor: AdverseFactor, on: date, actor: User, now: datetime) -> AdverseFactor:
    """Say that an adverse factor is gone; it stays on file."""
    row: AdverseFactor = AdverseFactor.objects.select_for_update(of=("self",)).get(pk=factor.pk)
    if row.ended_on is not None:
        raise StaleError(_("The adverse factor is ended already."))
    row.ended_on, row.updated_at = on, now
    row.save(update_fields=["ended_on", "updated_at"])
    subject = ("project", row.project_id)
    record(kind="adversefactor.ended", actor=actor, subject=subject, facts={"row": row.pk}, now=now)
    return row
