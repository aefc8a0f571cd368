"""Writing what is done about a main concern (SVC-39)."""

import datetime as dt

from django.db import transaction

from crm_site.audit.services import record
from crm_site.staff.models import User
from service.clocks.models import ConcernMeasure
from service.tickets.models import TicketCategory


@transaction.atomic
def decide_measure(
    measure: ConcernMeasure,
    *,
    month: dt.date,
    category: TicketCategory,
    actor: User,
    now: dt.datetime,
) -> ConcernMeasure:
    """Write a measure or a decision for a class and month and return it."""
    measure.month, measure.category, measure.by, measure.at = month, category, actor, now
    measure.save()
    record(
        kind="concern.decided",
        actor=actor,
        subject=("ticket_category", category.pk),
        facts={"month": f"{month:%Y-%m}", "kind": measure.kind},
        now=now,
    )
    return measure
