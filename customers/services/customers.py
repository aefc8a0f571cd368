"""Recording customers, changing them, and showing their phone numbers (CUS-01, CUS-04, PLT-01)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy

from crm_site.audit.seen import STANDING
from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.data_categories import SENSITIVE_FIELDS, may_see_sensitive
from customers.errors import EntryError, RevealRefusedError, fault
from customers.indexes import phone_index
from customers.limits import spend_phone_question
from customers.masking import may_reveal_phone, may_see_phone
from customers.models import Customer, CustomerContact, Lead
from customers.rules.entry import (
    CapturePoint,
    CustomerEntry,
    EntryFault,
    FaultsError,
    check_budget,
    clean_changes,
)
from customers.rules.groups import fitting
from customers.rules.phones import show_phone
from customers.services.capture import add_to_known, cleaned, create, enquiry_of, find_known
from customers.services.columns import (
    CONTACT_KINDS,
    completeness_of,
    customer_columns,
    keep_contacts,
    local_day,
    with_codes,
)
from customers.services.field_history import EDIT, Origin, changed_fields, note_changes
from customers.services.grading import grade_soon
from customers.services.leads import capture_lead

SHORTEST_REASON = 4
SAVED_BEFORE = gettext_lazy("Compare both versions and save again.")
# Only who may learn the phone number may change these.
PRIVATE = frozenset({"phone", "id_number", "address", "email", "wechat"})


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a capture. ``is_hidden``: tell the capturer only that the customer exists."""

    customer: Customer
    created: bool
    lead: Lead | None
    is_hidden: bool = False


@transaction.atomic
def register_customer(*, entry: CustomerEntry, actor: User | None, now: datetime) -> Registered:
    """Record a capture: the known customer of this phone or external id, else a new one.

    Each capture leaves a source event and belongs to a lead. The number decides, even when two
    captures of it arrive at once. Raise ``EntryError`` with the faults of every field, and
    ``PhoneQuestionsUsedUpError`` for a person who runs into known numbers too often.
    """
    values = cleaned(entry, actor=actor, now=now)
    known = find_known(values)
    created = known is None
    if known is None:
        known, created = create(entry, values, actor=actor, now=now)
    hidden = False
    if not created:
        hidden = _met_again(known, entry, values, actor=actor, now=now)
    lead = capture_lead(
        customer=known, enquiry=enquiry_of(entry, values, actor=actor), actor=actor, now=now
    )
    grade_soon(known.pk)
    return Registered(Customer.objects.get(pk=known.pk), created, lead, hidden)


def _met_again(
    known: Customer,
    entry: CustomerEntry,
    values: Mapping[str, Any],
    *,
    actor: User | None,
    now: datetime,
) -> bool:
    """Add the capture to a known customer; return whether the capturer may not see it."""
    visible = actor is None or Customer.objects.visible_to(actor).filter(pk=known.pk).exists()
    if actor is not None and entry.capture_point != CapturePoint.IMPORT:
        spend_phone_question(purpose="duplicate", user=actor, now=now)
    passed = add_to_known(known, entry, values, is_visible=visible, actor=actor, now=now)
    record(
        kind="customer.captured_again",
        actor=actor,
        subject=("customer", known.pk),
        facts={"capture_point": entry.capture_point, "is_hidden": not visible and not passed},
        now=now,
    )
    return not visible and not passed


def find_duplicate(*, phone: str, actor: User, now: datetime) -> tuple[bool, Customer | None]:
    """Return whether the number is known, and its customer if ``actor`` may see it.

    Every question counts against the limit; one that finds somebody is audited. Raise
    ``EntryError`` for a text that is no number.
    """
    try:
        e164 = clean_changes({"phone": phone}, today=local_day(now))["phone"]
    except FaultsError as error:
        raise EntryError(error.faults) from None
    spend_phone_question(purpose="duplicate", user=actor, now=now)
    known = find_known({"phone": e164})
    if known is None:
        return False, None
    visible = Customer.objects.visible_to(actor).filter(pk=known.pk).first()
    record(
        kind="customer.duplicate_asked",
        actor=actor,
        subject=("customer", known.pk),
        facts={"is_hidden": visible is None},
        now=now,
    )
    return True, visible


@transaction.atomic
def update_customer(
    *,
    customer: Customer,
    changes: Mapping[str, Any],
    version: int,
    actor: User | None,
    now: datetime,
) -> Customer:
    """Write the changed fields onto version ``version`` and return the customer.

    Indexes, search tokens, spending power and completeness follow. Fields outside the allow-list
    are refused (A-04). Raise ``StaleError`` when somebody saved first, ``EntryError`` for
    values that cannot be stored or a number that another customer has, and
    ``PhoneQuestionsUsedUpError`` for too many new numbers: each is a question who has it (A-24).
    """
    _refuse_private(customer, changes, actor)
    try:
        values = with_codes(clean_changes(changes, today=local_day(now)))
    except FaultsError as error:
        raise EntryError(error.faults) from None
    current = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if current.version != version:
        raise StaleError(SAVED_BEFORE, current_version=current.version)
    if actor is not None and values.get("phone") not in (None, current.phone):
        spend_phone_question(purpose="duplicate", user=actor, now=now)
    _check_against(current, values)
    columns = customer_columns(values)
    _merge_parts(current, columns)
    changed = [name for name in columns if not _is_same(current, name, columns[name])]
    if not changed and not any(kind in values for kind in CONTACT_KINDS):
        return current
    columns["completeness"] = completeness_of(current, columns)
    if columns.get("phone"):
        columns["is_unreachable"] = False
    _write(current, columns, version=version, now=now)
    keep_contacts(current, values, replace=True)
    note_changes(
        current.pk,
        changed_fields(current, {name: columns[name] for name in changed}),
        origin=Origin(source=EDIT, actor=actor, now=now),
    )
    names = sorted({name for name in changed if name in values} | {*CONTACT_KINDS} & {*values})
    record(
        kind="customer.changed",
        actor=actor,
        subject=("customer", current.pk),
        facts={"fields": names},
        now=now,
    )
    grade_soon(current.pk)
    return Customer.objects.get(pk=current.pk)


@transaction.atomic
def reveal_phone(
    *, customer: Customer, reason: str, actor: User, now: datetime, ip: str | None = None
) -> str:
    """Return the whole number as it is written; the look is audited, one row per customer.

    Consultants see the numbers of their own customers; other roles with the right give a reason of
    four characters or more. Raise ``RevealRefusedError`` for the rest, ``EntryError`` without a
    reason, ``PhoneQuestionsUsedUpError`` beyond 30 numbers a minute.
    """
    visible = Customer.objects.visible_to(actor).filter(pk=customer.pk).first()
    if visible is None or not may_reveal_phone(actor, visible):
        raise RevealRefusedError()
    stated = reason.strip()
    if not may_see_phone(actor, visible) and len(stated) < SHORTEST_REASON:
        raise fault("reason", "reason_short", limit=SHORTEST_REASON)
    spend_phone_question(purpose="reveal", user=actor, now=now)
    record(
        kind="customer.phone_revealed",
        actor=actor,
        subject=("customer", visible.pk),
        reason=stated or STANDING,
        facts={"result": "shown"},
        ip=ip,
        now=now,
    )
    return show_phone(str(visible.phone)) if visible.phone else ""


def _merge_parts(current: Customer, columns: dict[str, Any]) -> None:
    """Add what a change says of custom fields and needs to what stands; needs follow the group."""
    if "custom" in columns:
        columns["custom"] = {**current.custom, **columns["custom"]}
    if "needs" in columns or "nature" in columns:
        nature = columns.get("nature", current.nature)
        columns["needs"] = fitting({**current.needs, **columns.get("needs", {})}, nature)


def _refuse_private(customer: Customer, changes: Mapping[str, Any], actor: User | None) -> None:
    """Refuse what ``actor`` does not see: contact details and the sensitive categories (CUS-02)."""
    if actor is None:
        return
    hidden = frozenset() if may_see_sensitive(actor, customer) else SENSITIVE_FIELDS
    private = frozenset() if may_reveal_phone(actor, customer) else PRIVATE
    refused = sorted((hidden | private) & changes.keys())
    if refused:
        raise fault(refused[0], EntryFault.UNKNOWN_FIELD)


def _check_against(current: Customer, values: Mapping[str, Any]) -> None:
    """Refuse what contradicts the rest of the record or another customer."""
    low = values.get("budget_min", current.budget_min)
    high = values.get("budget_max", current.budget_max)
    try:
        check_budget(low, high)
    except FaultsError as error:
        raise EntryError(error.faults) from None
    if "phone" not in values:
        return
    e164 = values["phone"]
    if not e164:
        if current.phone and not current.external_id:
            raise fault("phone", EntryFault.REQUIRED)
        return
    index = phone_index(e164)
    others = Customer.objects.exclude(pk=current.pk)
    contacts = CustomerContact.objects.exclude(customer=current)
    if others.filter(phone_index=index).exists() or contacts.filter(value_index=index).exists():
        raise fault("phone", EntryFault.PHONE_TAKEN)


def _write(current: Customer, columns: dict[str, Any], *, version: int, now: datetime) -> None:
    try:
        with transaction.atomic():
            written = Customer.objects.filter(pk=current.pk, version=version).update(
                **columns, version=F("version") + 1, updated_at=now
            )
    except IntegrityError as error:
        if "customer_phone_once" in str(error):
            raise fault("phone", EntryFault.PHONE_TAKEN) from None
        raise
    if not written:
        newest = Customer.objects.values_list("version", flat=True).get(pk=current.pk)
        raise StaleError(SAVED_BEFORE, current_version=newest)


def _is_same(current: Customer, name: str, value: Any) -> bool:
    if name in ("tokens", "sort_key", "phone_index", "phone_tail_index", "id_number_index"):
        return True
    before = getattr(current, name)
    return bool(before == value or (before in (None, "") and value in (None, "")))
