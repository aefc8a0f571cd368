"""Contractors as they are kept, and who built which trade of a project."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Project
from customers.rules.text import clean_text
from service.repairs.models import BuiltBy, Contractor


@transaction.atomic
def save_contractor(contractor: Contractor, *, actor: User, now: datetime) -> Contractor:
    """Write a contractor and return it."""
    contractor.name = clean_text(contractor.name)
    contractor.save()
    record(
        kind="contractor.saved",
        actor=actor,
        subject=("contractor", contractor.pk),
        facts={"trades": list(contractor.trades), "is_active": contractor.is_active},
        now=now,
    )
    return contractor


@transaction.atomic
def save_built_by(
    project: Project, chosen: Mapping[str, Contractor | None], *, actor: User, now: datetime
) -> None:
    """Write who built each trade of a project; a trade without a contractor has no row."""
    known = {row.trade: row for row in BuiltBy.objects.select_for_update().filter(project=project)}
    for trade, contractor in chosen.items():
        row = known.get(trade)
        if contractor is None:
            if row is not None:
                row.delete()
        elif row is None:
            BuiltBy.objects.create(project=project, trade=trade, contractor=contractor)
        elif row.contractor_id != contractor.pk:
            row.contractor = contractor
            row.save(update_fields=["contractor", "updated_at"])
    record(
        kind="contractor.built",
        actor=actor,
        subject=("project", project.pk),
        facts={"trades": sorted(trade for trade, one in chosen.items() if one is not None)},
        now=now,
    )
