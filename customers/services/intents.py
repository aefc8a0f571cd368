"""Registering what a customer wants, a new version at each contact (CUS-33)."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers import choices
from customers.errors import EntryError, fault
from customers.models import Customer, IntentRegistration, Lead, Project
from customers.rules.entry import EntryFault, Fault
from customers.rules.text import clean_text
from customers.services.capture import may_use_project
from customers.services.customers import update_customer
from customers.vocabulary import code_of, labels

LENGTHS = {"deciders": 200, "competitors": 300, "obstacle": 300}
RANGES = ("area", "price")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentEntry:
    """What the customer wants, as somebody writes it down; areas in m², prices in yuan."""

    purpose: str
    project: Project | None = None
    layout: str = ""
    area_min: Decimal | None = None
    area_max: Decimal | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    timing: str = ""
    deciders: str = ""
    competitors: str = ""
    obstacle: str = ""


FIELDS = tuple(item.name for item in fields(IntentEntry))


@transaction.atomic
def register_intent(
    *, customer: Customer, entry: IntentEntry, actor: User | None, now: datetime
) -> IntentRegistration:
    """Keep ``entry`` as the newest version and return it; older versions stay as they are.

    Budget, layout and motive of the record follow where the entry names them. Raise ``EntryError``
    by field; nothing is written then.
    """
    values = _cleaned(entry, actor)
    current = Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)
    newest = IntentRegistration.objects.filter(customer=current).order_by("-version").first()
    leads = Lead.objects.filter(customer=current).open()
    registered = IntentRegistration.objects.create(
        customer=current,
        lead=leads.order_by("-received_at", "-pk").first(),
        version=newest.version + 1 if newest else 1,
        at=now,
        actor=actor,
        **values,
    )
    _update_record(current, values, actor=actor, now=now)
    record(
        kind="customer.intent_registered",
        actor=actor,
        subject=("customer", current.pk),
        facts={"version": registered.version},
        now=now,
    )
    return registered


def _cleaned(entry: IntentEntry, actor: User | None) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in FIELDS}
    values |= {name: clean_text(values[name]) for name in LENGTHS}
    values["layout"] = clean_text(entry.layout) and (
        code_of("layout", entry.layout) or entry.layout
    )
    faults = _too_long(values) | _not_offered(values) | _out_of_order(values)
    if faults:
        raise EntryError(faults)
    if entry.project is not None and not may_use_project(actor, entry.project):
        raise fault("project", EntryFault.UNKNOWN_REFERENCE)
    return values


def _too_long(values: dict[str, Any]) -> dict[str, list[Fault]]:
    return {
        name: [Fault(EntryFault.TOO_LONG, {"limit": limit, "count": len(values[name])})]
        for name, limit in LENGTHS.items()
        if len(values[name]) > limit
    }


def _not_offered(values: dict[str, Any]) -> dict[str, list[Fault]]:
    faults: dict[str, list[Fault]] = {}
    if values["layout"] and values["layout"] not in labels("layout"):
        faults["layout"] = [Fault(EntryFault.UNKNOWN_WORD, {"word": values["layout"][:60]})]
    if values["purpose"] not in dict(choices.PURPOSES_OF_BUYING):
        faults["purpose"] = [Fault(EntryFault.CHOICE)]
    if values["timing"] and values["timing"] not in dict(choices.TIMINGS):
        faults["timing"] = [Fault(EntryFault.CHOICE)]
    return faults


def _out_of_order(values: dict[str, Any]) -> dict[str, list[Fault]]:
    ranges = {f"{name}_max": (values[f"{name}_min"], values[f"{name}_max"]) for name in RANGES}
    return {
        name: [Fault("range_order")]
        for name, (low, high) in ranges.items()
        if low is not None and high is not None and high < low
    }


def _update_record(
    customer: Customer, values: dict[str, Any], *, actor: User | None, now: datetime
) -> None:
    """Bring the wish columns of the record up to what was registered."""
    changes: dict[str, Any] = {}
    if values["price_min"] is not None or values["price_max"] is not None:
        changes |= {"budget_min": values["price_min"], "budget_max": values["price_max"]}
    if values["layout"]:
        changes["layout"] = values["layout"]
    with override(settings.LANGUAGE_CODE):
        changes["motive"] = str(dict(choices.PURPOSES_OF_BUYING)[values["purpose"]])
    update_customer(
        customer=customer, changes=changes, version=customer.version, actor=actor, now=now
    )
