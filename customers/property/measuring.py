"""Measured areas against forecast ones: entered, compared, flagged (MKT-52)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Abs
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import Unit, UnitEvent
from customers.property.policies import PROPERTY
from customers.property.rules import AreaDifference, area_difference


class AreaRefusedError(RefusedError):
    """The areas of a unit cannot be what was typed."""

    code = "area-refused"
    title = gettext_lazy("The areas cannot be saved")


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of a unit in m², as its measuring found them."""

    measured: Decimal
    inner: Decimal | None = None
    shared: Decimal | None = None


@transaction.atomic
def measure_unit(*, unit: Unit, areas: Areas, actor: User, now: datetime) -> Unit:
    """Enter what the measuring found and return the unit; the former values stay in its events."""
    if areas.measured <= 0 or (areas.inner or 1) <= 0 or (areas.shared or 0) < 0:
        raise AreaRefusedError(_("An area is above 0."))
    if areas.inner is not None and areas.inner > areas.measured:
        raise AreaRefusedError(_("The inner area is larger than the measured area."))
    row: Unit = Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
    values = {
        "measured_area": areas.measured,
        "inner_area": areas.inner,
        "shared_area": areas.shared,
    }
    facts = {
        name: [_text(getattr(row, name)), _text(value)]
        for name, value in values.items()
        if getattr(row, name) != value
    }
    if not facts:
        return row
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = now
    row.save(update_fields=[*values, "updated_at"])
    UnitEvent.objects.create(unit=row, at=now, kind="measured", facts=facts, actor=actor)
    record(
        kind="unit.measured",
        actor=actor,
        subject=("unit", row.pk),
        facts={"fields": sorted(facts)},
        now=now,
    )
    return row


def areas_of(unit: Unit, *, now: datetime) -> dict[str, Any]:
    """Return the difference of the unit's areas (None: not measured) and how it is settled."""
    rules = in_force(PROPERTY, at=now).value
    difference: AreaDifference | None = area_difference(
        forecast=unit.forecast_area, measured=unit.measured_area, limit=rules.area_share
    )
    return {"difference": difference, "settlement": rules.settlement}


def over_limit(units: Any, *, share: Decimal) -> Any:
    """Return the units whose measured area is further from the forecast than the share."""
    apart = Abs(F("measured_area") - F("forecast_area"))
    rows = units.filter(measured_area__isnull=False).annotate(apart=apart)
    return rows.filter(Q(apart__gt=F("forecast_area") * share))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
