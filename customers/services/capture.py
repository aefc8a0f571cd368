"""The parts of a capture: cleaning the entry, finding the known customer, writing a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import NodeKind, Scope
from customers.errors import EntryError, fault
from customers.indexes import id_number_index, phone_index
from customers.models import Customer, CustomerContact, FieldEvent, OwnershipEvent, Project
from customers.policies import MANDATORY
from customers.rules.entry import CapturePoint, CustomerEntry, EntryFault, FaultsError, clean_entry
from customers.rules.matching import Identity, is_match, match_score
from customers.rules.names import NameRelation, compare_names
from customers.rules.ownership import Claim, claim
from customers.services.changing_hands import give, handover, place_of
from customers.services.columns import (
    add_contact,
    completeness_of,
    customer_columns,
    keep_contacts,
    local_day,
    with_codes,
)
from customers.services.field_history import OTHER_NAME, Origin, changed_fields, note_changes
from customers.services.leads import Enquiry
from customers.services.ownership import assignable_to
from customers.services.pool import is_cooling_down

FIRST_CAPTURE = "first capture"
PROTECTION_OVER = "captured again after the protection"
CONSULTANT = "consultant"
# What a further capture may fill in where the record has nothing.
FILLABLE = (
    *("gender", "birthday", "id_number", "annual_income", "city", "district", "address"),
    *("occupation", "family", "budget_min", "budget_max", "layout", "motive", "intent"),
    *("project_role", "remark"),
)


def cleaned(entry: CustomerEntry, *, actor: User | None, now: datetime) -> dict[str, Any]:
    """Return the values of an entry as they are stored, mandatory fields of its place checked.

    A project or an owner outside the actor's reach is refused like an unknown one (A-03).
    """
    mandatory = in_force(MANDATORY, at=now).value.of(entry.capture_point)
    try:
        values = clean_entry(entry, mandatory=mandatory, today=local_day(now))
    except FaultsError as error:
        raise EntryError(error.faults) from None
    if entry.project is not None and not may_use_project(actor, entry.project):
        raise fault("project", EntryFault.UNKNOWN_REFERENCE)
    if entry.owner is not None and not assignable_to(actor).filter(pk=entry.owner.pk).exists():
        raise fault("owner", EntryFault.UNKNOWN_REFERENCE)
    if values["external_id"] and not values["external_source"]:
        raise fault("external_source", EntryFault.REQUIRED)
    return with_codes(values)


def may_use_project(actor: User | None, project: Any) -> bool:
    """Return whether ``actor`` may capture customers for ``project``: within the own scope."""
    if actor is None:
        return True
    scope, node = actor.role_definition.scope, actor.node
    if scope is Scope.COMPANY:
        return True
    if node is None or scope is Scope.NONE:
        return False
    if scope is Scope.REGION:
        return bool(project.node.region_id == node.region_id)
    return bool(project.pk == node.project_id)


def find_known(values: Mapping[str, Any]) -> Customer | None:
    """Return the customer that these values mean, by phone, second phone, ID number or external id.

    Raise ``EntryError`` where the number belongs to somebody with another ID number.
    """
    wanted = identity_of_values(values)
    candidates = _candidates(wanted).prefetch_related("contacts")
    scored = [(match_score(identity_of(each), wanted), -each.pk, each) for each in candidates]
    found = max(scored, default=None, key=lambda item: item[:2])
    if found is None:
        return None
    if not is_match(identity_of(found[2]), wanted):
        raise fault("phone", EntryFault.PHONE_TAKEN)
    return found[2]


def identity_of(customer: Customer) -> Identity:
    """Return what of a record is compared; its contacts should be prefetched."""
    numbers = {bytes(c.value_index) for c in customer.contacts.all() if c.kind == "phone"}
    return Identity(
        name=customer.name,
        phone=_bytes(customer.phone_index),
        id_number=_bytes(customer.id_number_index),
        external=(customer.external_source, customer.external_id),
        contacts=frozenset(numbers),
        city=customer.city,
    )


def identity_of_values(values: Mapping[str, Any]) -> Identity:
    """Return what of a cleaned entry is compared."""
    phone, id_number = values.get("phone"), values.get("id_number")
    return Identity(
        name=values.get("name", ""),
        phone=phone_index(phone) if phone else None,
        id_number=id_number_index(id_number) if id_number else None,
        external=(values.get("external_source", ""), values.get("external_id", "")),
        city=values.get("city", ""),
    )


def create(
    entry: CustomerEntry, values: Mapping[str, Any], *, actor: User | None, now: datetime
) -> tuple[Customer, bool]:
    """Write a new customer and return it with True; the one that came first with False."""
    customer = Customer(**_new_columns(entry, values, actor=actor, now=now))
    customer.completeness = completeness_of(customer)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError:
        first = find_known(values)
        if first is None:
            raise
        return first, False
    keep_contacts(customer, values, replace=False)
    if customer.owner_id is not None:
        OwnershipEvent.objects.create(
            customer=customer,
            to_owner_id=customer.owner_id,
            reason=FIRST_CAPTURE,
            actor=actor,
            at=now,
        )
    record(
        kind="customer.created",
        actor=actor,
        subject=("customer", customer.pk),
        facts={"capture_point": entry.capture_point, "completeness": customer.completeness},
        now=now,
    )
    return customer, True


def add_to_known(
    known: Customer,
    entry: CustomerEntry,
    values: Mapping[str, Any],
    *,
    is_visible: bool,
    actor: User | None,
    now: datetime,
) -> bool:
    """Add what a further capture says to a known customer; return whether it passed to the actor.

    Blank fields are filled only from people who see the record and from imports, so that a public
    form cannot write into somebody's record. Of two numbers the newer one becomes the first phone,
    the older one stays as a further contact and in the history (CUS-06). Another name given with
    the number stays in the history.
    """
    locked = Customer.objects.select_for_update(of=("self",)).get(pk=known.pk)
    is_import = entry.capture_point == CapturePoint.IMPORT
    origin = Origin(source=entry.capture_point, actor=actor, now=now)
    if is_import or (actor is not None and is_visible):
        _fill_blanks(locked, values, at=entry.received_at or now, origin=origin)
    if compare_names(locked.name, values.get("name", "")) is NameRelation.DIFFERENT:
        note_changes(locked.pk, {OTHER_NAME: (None, values["name"])}, origin=origin)
    capturer = _capturer(actor, locked)
    outcome = claim(
        owner=locked.owner_id,
        protected_until=locked.protected_until,
        capturer=capturer.pk if capturer else None,
        now=now,
    )
    if outcome is Claim.STAYS or capturer is None or is_import:
        return False
    if locked.owner_id is None and is_cooling_down(locked, user=capturer, now=now):
        return False
    give([locked.pk], owner=capturer, change=handover(reason=PROTECTION_OVER, actor=actor, now=now))
    return True


def enquiry_of(entry: CustomerEntry, values: Mapping[str, Any], *, actor: User | None) -> Enquiry:
    """Return the enquiry inside an entry; without a project it is about the actor's own."""
    return Enquiry(
        capture_point=entry.capture_point,
        source=values["source"],
        campaign=values["campaign"],
        project=entry.project or _own_project(actor),
        text=values["enquiry"],
        urgency=values["urgency"],
        complexity=values["complexity"],
        received_at=entry.received_at,
        external_source=values["external_source"],
        external_id=values["external_id"],
        state=entry.lead_state,
        starts_clocks=entry.starts_clocks,
        import_job=entry.import_job,
    )


def _own_project(actor: User | None) -> Project | None:
    node = actor.node if actor is not None else None
    if node is None or node.project_id is None:
        return None
    return Project.objects.filter(pk=node.project_id).first()


def _candidates(wanted: Identity) -> QuerySet[Customer]:
    """Return the records that share a number or an id, each found through an index."""
    keys: set[int] = set()
    if wanted.phone:
        firsts = Customer.objects.filter(phone_index=wanted.phone)
        seconds = CustomerContact.objects.filter(kind="phone", value_index=wanted.phone)
        keys |= set(firsts.values_list("pk", flat=True))
        keys |= set(seconds.values_list("customer", flat=True))
    if wanted.id_number:
        same = Customer.objects.filter(id_number_index=wanted.id_number, merged_into__isnull=True)
        keys |= set(same.values_list("pk", flat=True))
    source, external_id = wanted.external
    if external_id:
        same = Customer.objects.filter(external_source=source, external_id=external_id)
        keys |= set(same.values_list("pk", flat=True))
    return Customer.objects.filter(pk__in=keys)


def _new_columns(
    entry: CustomerEntry, values: Mapping[str, Any], *, actor: User | None, now: datetime
) -> dict[str, Any]:
    named = {**values, "name": values["name"] or _placeholder(values)}
    reachable = any(values[name] for name in ("phone", "email", "wechat"))
    columns = customer_columns(named) | {
        "source": values["source"],
        "is_unreachable": not reachable,
        "created_at": now,
        "stage_since": now,
    }
    owner = entry.owner or _first_owner(entry, actor)
    if owner is None:
        return columns | _pool_place(entry, actor)
    until = handover(reason=FIRST_CAPTURE, actor=actor, now=now).until
    responsible = {"owner": owner, "owned_since": now, "protected_until": until}
    return columns | responsible | place_of(owner)


def _placeholder(values: Mapping[str, Any]) -> str:
    """Return the name of somebody who gave none, in the language of the company."""
    sign = values["external_id"] or (values["phone"] or "")[-4:]
    with override(settings.LANGUAGE_CODE):
        return f"{_('Unnamed customer')} · {sign}"[:80]


def _first_owner(entry: CustomerEntry, actor: User | None) -> User | None:
    """Return the consultant who captured the customer; imports leave it in the pool."""
    if actor is None or entry.capture_point == CapturePoint.IMPORT:
        return None
    return actor if actor.role == CONSULTANT and actor.node_id else None


def _capturer(actor: User | None, customer: Customer) -> User | None:
    """Return the actor if it is a consultant of the customer's project."""
    if actor is None or actor.role != CONSULTANT or actor.node is None:
        return None
    same = customer.project_id in (None, actor.node.project_id)
    return actor if same else None


def _pool_place(entry: CustomerEntry, actor: User | None) -> dict[str, Any]:
    """Return the columns that say in whose pool a customer without owner waits."""
    own = getattr(actor, "node", None)
    node = entry.project.node if entry.project is not None else own
    if node is None:
        return {}
    place = {"project_id": node.project_id, "region_id": node.region_id}
    if own is not None and own.kind == NodeKind.TEAM and own.project_id == node.project_id:
        place["team_id"] = own.pk  # who leads a team sees what they captured
    return place


def _fill_blanks(
    customer: Customer, values: Mapping[str, Any], *, at: datetime, origin: Origin
) -> None:
    new = {
        name: values[name]
        for name in FILLABLE
        if values.get(name) not in (None, "") and getattr(customer, name) in (None, "")
    }
    phone, former = values.get("phone"), customer.phone
    if phone and phone != former and _becomes_first(customer, phone, at=at):
        new["phone"] = phone
    columns = customer_columns(new)
    note_changes(customer.pk, changed_fields(customer, columns), origin=origin)
    if columns:
        columns["completeness"] = completeness_of(customer, columns)
        columns["version"] = F("version") + 1
        columns["updated_at"] = origin.now
    if phone or values.get("email") or values.get("wechat"):
        columns["is_unreachable"] = False
    if columns:
        Customer.objects.filter(pk=customer.pk).update(**columns)
    second = former if "phone" in new else phone
    if second and second != new.get("phone", former):
        add_contact(customer, kind="phone", value=str(second))
    keep_contacts(customer, values, replace=False)


def _becomes_first(customer: Customer, phone: str, *, at: datetime) -> bool:
    """Return whether a number known since ``at`` is newer than the first phone, and free."""
    index = phone_index(phone)
    if Customer.objects.filter(phone_index=index).exclude(pk=customer.pk).exists():
        return False
    if CustomerContact.objects.filter(customer=customer, value_index=index).exists():
        return False  # the second phone was met again; it stays the second
    if not customer.phone:
        return True
    events = FieldEvent.objects.filter(customer=customer, field="phone")
    since = events.order_by("-at").values_list("at", flat=True).first() or customer.created_at
    return at >= since


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
