"""Which records of an import somebody has worked with since, so that a revert keeps them.

Whatever refers to a record counts, tables of apps above included; only what the import itself
wrote and what jobs derive from the record does not.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

from django.db.models import Model, Q
from django.db.models.fields.reverse_related import ForeignObjectRel

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
    customers: Sequence[Customer], *, job_id: int, at: datetime, leads: Sequence[int]
) -> dict[int, str]:
    """Return why customers the import created, with ``leads``, cannot go, by customer."""
    found: dict[int, str] = {}
    for customer in customers:
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
    return found | referred(Customer, [customer.pk for customer in customers], own)


def referred(model: type[Model], keys: Sequence[int], own: Mapping[str, Q]) -> dict[int, str]:
    """Return a reason for each of ``keys`` that a row of somebody else refers to."""
    found: dict[int, str] = {}
    if not keys:
        return found
    for relation in _references(model):
        label = relation.related_model._meta.label_lower
        if label in _FOLLOWS:
            continue
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": keys})
        if label in own:
            rows = rows.exclude(own[label])
        code = _CODES.get(label, OTHER)
        for key in rows.values_list(f"{name}_id", flat=True).distinct():
            if code != OTHER or key not in found:
                found[key] = code
    return found


@cache
def _references(model: type[Model]) -> tuple[ForeignObjectRel, ...]:
    return tuple(_reverse(model))


def _reverse(model: type[Model]) -> Iterator[ForeignObjectRel]:
    """Yield every foreign key to ``model``, those without a name of their own as well."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and (relation.one_to_many or relation.one_to_one):
            yield relation
