"""The register of facilities promised with a project, and which of them will be late (SVC-43)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.common.navigation import Label
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import (
    Draft,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from service.delays import choices
from service.delays.models import KEEP, VIEW
from service.delays.rules import facility_late

FACILITIES: Final = "promised-facilities"
PROJECT: Final = "project"


def _check(draft: Draft) -> Mapping[str, Label]:
    """Refuse a promise without a day: nobody could say whether it was kept."""
    if draft.due_at is None:
        return {"due_at": _("Write the day for which it was promised.")}
    return {}


DEFINITION = RegisterDefinition(
    key=FACILITIES,
    label=gettext_lazy("Promised facilities"),
    item=gettext_lazy("Promised facility"),
    help=gettext_lazy(
        "What was promised around the homes of a project, for when, and whether it is there. What"
        " will be late is told to the customer centre."
    ),
    fields=(
        RegisterField(
            key="kind",
            label=pgettext_lazy("facility", "Kind"),
            type="choice",
            choices=choices.FACILITIES,
            required=True,
        ),
        RegisterField(
            key="where",
            label=gettext_lazy("Promised where"),
            type="choice",
            choices=choices.PLACES,
            required=True,
        ),
        RegisterField(
            key="expected",
            label=gettext_lazy("Expected on"),
            type="date",
            help=gettext_lazy("The day it will be ready as things stand now."),
        ),
        RegisterField(key="reason", label=gettext_lazy("Why it is late"), type="long"),
    ),
    title_label=pgettext_lazy("facility", "What was promised"),
    due_label=gettext_lazy("Promised for"),
    subject_kind=PROJECT,
    view_permission=VIEW,
    edit_permission=KEEP,
    check=_check,
    outcomes=(
        Outcome(
            key="done",
            label=pgettext_lazy("facility", "Done"),
            asks=gettext_lazy("Evidence"),
            action=gettext_lazy("Done: say what proves it"),
        ),
        Outcome(
            key="settled",
            label=gettext_lazy("Settled otherwise"),
            asks=gettext_lazy("What buyers were offered instead"),
            action=gettext_lazy("It will not come: say what buyers were offered"),
            tone="amber",
            shape="half",
        ),
    ),
)


def outstanding(project_id: int) -> list[RegisterEntry]:
    """Return the facilities of a project that are neither done nor settled, the oldest first."""
    rows = RegisterEntry.objects.of(FACILITIES).about(PROJECT, project_id).open()
    return list(rows.order_by("due_at", "pk"))


def promised_on(entry: RegisterEntry) -> date:
    """Return the day for which a facility was promised."""
    assert entry.due_at is not None  # noqa: S101 -- the register refuses one without
    return timezone.localdate(entry.due_at)


def expected_on(entry: RegisterEntry) -> date | None:
    """Return the day it is expected, None where nobody has said."""
    return parse_date(str(entry.values.get("expected") or ""))


def late_by(entry: RegisterEntry, *, today: date) -> int:
    """Return by how many days an open facility will be late, or is."""
    return facility_late(promised_on(entry), expected_on(entry), today=today)


def register() -> None:
    """Make the register known."""
    register_definition(DEFINITION)
