"""The promised day of each sold home: pinned from its building, corrected by agreement."""

from datetime import date, datetime

from django.db import transaction

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.purchase.models import Purchase
from customers.rules.text import clean_text
from service.delays.models import SOLD, DeliveryTerm


def pin_terms(*, now: datetime) -> int:
    """Keep the promised day of every contract that has none yet; return how many.

    Contracts of buildings without a promised day wait until there is one.
    """
    rows = Purchase.objects.filter(
        state__in=SOLD, delivery_term__isnull=True, unit__building__handover_on__isnull=False
    )
    found = rows.values_list(
        "pk", "project_id", "unit__building_id", "unit__building__handover_on"
    ).order_by("pk")
    terms = [
        DeliveryTerm(
            purchase_id=key,
            project_id=project,
            building_id=building,
            deliver_on=day,
            created_at=now,
        )
        for key, project, building, day in found
        if day is not None
    ]
    DeliveryTerm.objects.bulk_create(terms, ignore_conflicts=True, batch_size=1000)
    return len(terms)


@transaction.atomic
def change_term(
    *, term: DeliveryTerm, deliver_on: date, agreement: str, actor: User, now: datetime
) -> DeliveryTerm:
    """Write the day a contract really promises, with what says so, and return the row."""
    row: DeliveryTerm = DeliveryTerm.objects.select_for_update(of=("self",)).get(pk=term.pk)
    before = row.deliver_on
    row.deliver_on, row.agreement, row.updated_at = deliver_on, clean_text(agreement), now
    row.save(update_fields=["deliver_on", "agreement", "updated_at"])
    record(
        kind="delay.term_changed",
        actor=actor,
        subject=("project", row.project_id),
        facts={
            "purchase": row.purchase_id,
            "before": before.isoformat(),
            "after": deliver_on.isoformat(),
        },
        now=now,
    )
    return row
