"""Which records of an import somebody has worked with since, so that a revert keeps them.

Whatever refers to a record counts, tables of apps above included; only what the import itself
wrote and what jobs derive from the record does not.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Model, Q

from customers.importers.removing import pointing
from customers.models import Customer, Lead

EDITED, MERGED, OTHER = "kept_edited", "kept_merged", "kept_other"
MOVED, ENQUIRY = "kept_moved", "kept_enquiry"
_FOLLOWS = {
    "customers.customercontact", "customers.customergrade", "customers.customerstanding",
    "customers.gradeevent", "customers.leadclock", "customers.poolwarning",
}  # fmt: skip
_CODES = {
    "customers.fieldevent": EDITED,
    "customers.interaction": "kept_interaction",
    "customers.lead": ENQUIRY,
    "customers.leadevent": MOVED,
    "customers.merge": MERGED,
    "customers.ownershipevent": "kept_owner",
    "customers.sourceevent": ENQUIRY,
    "customers.task": "kept_task",
}


class Held(NamedTuple):
    """A locked customer of the import, as far as its being touched is judged."""

    pk: int
    merged_into_id: int | None
    version: int
    household_id: int | None


def touched_leads(leads: dict[int, int], *, job_id: int, at: datetime) -> dict[int, str]:
    """Return why leads of the import (lead -> customer, written at ``at``) cannot go, by lead."""
    found: dict[int, str] = {}
    rows = Lead.objects.filter(pk__in=leads).values_list("pk", "customer_id", "updated_at")
    for pk, customer_id, updated_at in rows:
        if customer_id != leads[pk]:
            found[pk] = MERGED
        elif updated_at > at:
            found[pk] = MOVED
    own = {
        "customers.leadevent": Q(kind="captured", at=at),
        "customers.sourceevent": Q(import_job=job_id),
    }
    return found | referred(Lead, list(leads), own)


def touched_customers(
    customers: Iterable[Held], *, job_id: int, at: datetime, leads: Sequence[int]
) -> dict[int, str]:
    """Return why customers the import created, with ``leads``, cannot go, by customer."""
    found: dict[int, str] = {}
    keys = []
    for customer in customers:
        keys.append(customer.pk)
        if customer.merged_into_id is not None:
            found[customer.pk] = MERGED
        elif customer.version > 1 or customer.household_id is not None:
            found[customer.pk] = EDITED
    own = {
        "customers.classevent": Q(actor=None),
        "customers.customertag": Q(by_rule=True),
        "customers.duplicatesuggestion": Q(state="open"),
        "customers.lead": Q(pk__in=list(leads)),
        "customers.ownershipevent": Q(at=at),
        "customers.phaseevent": Q(actor=None),
        "customers.sourceevent": Q(import_job=job_id),
        "customers.stageevent": Q(actor=None),
    }
    return found | referred(Customer, keys, own)


def referred(model: type[Model], keys: Sequence[int], own: Mapping[str, Q]) -> dict[int, str]:
    """Return a reason for each of ``keys`` that a row of somebody else refers to."""
    found: dict[int, str] = {}
    for relation, there in pointing(model, keys):
        label = relation.related_model._meta.label_lower
        if not there or label in _FOLLOWS:
            continue
        if label in own:
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": there})
            rows = rows.exclude(own[label]).distinct()
            there = list(rows.values_list(f"{name}_id", flat=True))
        code = _CODES.get(label, OTHER)
        found |= {key: code for key in there if code != OTHER or key not in found}
    return found
