"""Which drafts are new customers, which belong to known ones, and what those gain by them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from crm_site.exchange.registry import Outcome, Plan, Problem
from customers.importers.rows import Draft
from customers.indexes import contact_index
from customers.models import Customer, CustomerContact, Lead, SourceEvent
from customers.rules.names import NameRelation, compare_names

CREATED, UPDATED, UNCHANGED, REPEATED = "created", "updated", "unchanged", "repeated"
PLAIN_FIELDS = (
    "gender", "birthday", "id_number", "annual_income", "city", "district", "address",
    "occupation", "family", "layout", "motive", "intent", "remark",
)  # fmt: skip
MOST_SHARING = 50  # records of different names with one number; more is a filler, no family
Enquiry = tuple[int | None, str, datetime | None]  # project, source, received at


@dataclass(slots=True)
class Decision:
    """What becomes of one draft. ``known`` is an existing customer, ``twin`` an earlier draft of
    the same new customer; with neither a customer is created."""

    draft: Draft
    verdict: str
    known: Customer | None = None
    twin: "Decision | None" = None
    changes: dict[str, Any] = field(default_factory=dict)
    contacts: list[tuple[str, str]] = field(default_factory=list)
    makes_lead: bool = True
    takes_owner: bool = False
    customer_id: int = 0


class Matcher:
    """Compares the drafts of one part with the database and with each other."""

    def __init__(self, plan: Plan, *, lock: bool) -> None:
        self._plan = plan
        self._lock = lock
        self._source = plan.options["external_source"]
        self._mode = plan.options["mode"]

    def decide(self, drafts: Sequence[Draft], outcome: Outcome) -> list[Decision]:
        """Return a decision per draft; drafts that touch foreign customers are counted as bad."""
        self._load(drafts)
        decisions = []
        for draft in drafts:
            decision = self._one(draft, outcome)
            if decision is not None:
                decisions.append(decision)
        return decisions

    def _load(self, drafts: Sequence[Draft]) -> None:
        indexes = [draft.phone_index for draft in drafts if draft.phone_index is not None]
        numbers = [draft.external_id for draft in drafts if draft.external_id]
        by_number = {"external_source": self._source, "external_id__in": numbers}
        leads = dict(Lead.objects.filter(**by_number).values_list("external_id", "customer_id"))
        found = set(leads.values())
        if indexes:
            same_phone = Customer.objects.filter(phone_index__in=indexes)
            found.update(same_phone.values_list("pk", flat=True))
            second = CustomerContact.objects.filter(kind="phone", value_index__in=indexes)
            found.update(second.values_list("customer_id", flat=True))
        if numbers:
            found.update(Customer.objects.filter(**by_number).values_list("pk", flat=True))
        customers = Customer.objects.filter(pk__in=found).defer("phone", "tokens", "sort_key")
        if self._lock:
            customers = customers.order_by("pk").select_for_update(of=("self",))
        known = {customer.pk: customer for customer in customers} if found else {}
        self._lead_numbers = set(leads)
        self._by_phone: dict[bytes, Customer | Decision] = {
            bytes(c.phone_index): c for c in known.values() if c.phone_index is not None
        }
        self._by_number: dict[str, Customer | Decision] = {
            number: known[pk] for number, pk in leads.items() if pk in known
        }
        for customer in known.values():
            if customer.external_source == self._source and customer.external_id:
                self._by_number[customer.external_id] = customer
        self._holders: dict[bytes, list[Customer | Decision]] = {
            index: [holder] for index, holder in self._by_phone.items()
        }
        self._load_contacts(set(known), known)
        self._visible = self._visible_among(set(known))
        self._enquiries = self._enquiries_of(set(known))
        self._mine = self._created_by_this_import(set(known))

    def _load_contacts(self, keys: set[int], known: dict[int, Customer]) -> None:
        self._contacts: set[tuple[int, str, bytes]] = set()
        if not keys:
            return
        rows = CustomerContact.objects.filter(customer__in=keys)
        for pk, kind, index in rows.values_list("customer_id", "kind", "value_index"):
            self._contacts.add((pk, kind, bytes(index)))
            if kind == "phone":
                self._by_phone.setdefault(bytes(index), known[pk])
                self._hold(bytes(index), known[pk])

    def _visible_among(self, keys: set[int]) -> set[int]:
        actor = self._plan.actor
        if actor is None or not keys:
            return keys
        visible = Customer.objects.visible_to(actor).filter(pk__in=keys)
        return set(visible.values_list("pk", flat=True))

    def _enquiries_of(self, keys: set[int]) -> dict[Any, set[Enquiry]]:
        found: dict[Any, set[Enquiry]] = {}
        if keys:
            leads = Lead.objects.filter(customer__in=keys)
            for pk, *rest in leads.values_list(
                "customer_id", "project_id", "source", "received_at"
            ):
                found.setdefault(pk, set()).add((rest[0], rest[1], rest[2]))
        return found

    def _created_by_this_import(self, keys: set[int]) -> set[int]:
        if not keys or not self._lock:
            return set()
        events = SourceEvent.objects.filter(import_job=self._plan.job_id, customer__in=keys)
        return set(events.values_list("customer_id", flat=True))

    def _hold(self, index: bytes, holder: "Customer | Decision") -> None:
        holders = self._holders.setdefault(index, [])
        if not any(known is holder for known in holders):
            holders.append(holder)

    def _one(self, draft: Draft, outcome: Outcome) -> Decision | None:
        by_phone = self._by_phone.get(draft.phone_index) if draft.phone_index else None
        by_number = self._by_number.get(draft.external_id) if draft.external_id else None
        if by_phone is not None and by_number is None and draft.phone_index is not None:
            holders = self._holders.get(draft.phone_index, [by_phone])
            same = next((holder for holder in holders if may_be_one(holder, draft)), None)
            if same is None and len(holders) >= MOST_SHARING:
                outcome.refuse(too_many_share(draft))
                return None
            if same is None and self._are_seen(holders):
                outcome.problems.append(Problem(draft.row, "", "shared_phone", is_warning=True))
                return self._fresh(sharing(draft), shared=draft.phone_index)
            by_phone = same or by_phone
        if by_phone is not None and by_number is not None and by_phone is not by_number:
            outcome.refuse(Problem(draft.row, "", "identity_conflict"))
            return None
        match = by_phone or by_number
        if match is None:
            return self._fresh(draft)
        if isinstance(match, Decision):
            return self._repeat(draft, match)
        if match.pk not in self._visible:
            outcome.refuse(Problem(draft.row, "", "exists_elsewhere"))
            return None
        return self._known(draft, match)

    def _are_seen(self, holders: "Sequence[Customer | Decision]") -> bool:
        """Return whether the importing person sees everybody who has the number."""
        return all(isinstance(each, Decision) or each.pk in self._visible for each in holders)

    def _fresh(self, draft: Draft, *, shared: bytes | None = None) -> Decision:
        decision = Decision(
            draft, CREATED, takes_owner=draft.owner is not None, contacts=draft.contacts
        )
        if draft.phone_index is not None:
            self._by_phone[draft.phone_index] = decision
            self._hold(draft.phone_index, decision)
        if shared is not None:
            self._hold(shared, decision)
        if draft.external_id:
            self._by_number[draft.external_id] = decision
        self._note_lead(draft, id(decision))
        return decision

    def _repeat(self, draft: Draft, twin: Decision) -> Decision:
        makes_lead = self._is_new_lead(draft, id(twin))
        if makes_lead:
            self._note_lead(draft, id(twin))
        return Decision(draft, REPEATED, twin=twin, makes_lead=makes_lead)

    def _known(self, draft: Draft, customer: Customer) -> Decision:
        if self._mode == "create":
            return Decision(draft, UNCHANGED, known=customer, makes_lead=False)
        makes_lead = self._is_new_lead(draft, customer.pk)
        if makes_lead:
            self._note_lead(draft, customer.pk)
        if customer.pk in self._mine:
            return Decision(draft, REPEATED, known=customer, makes_lead=makes_lead)
        takes_owner = customer.owner_id is None and draft.owner is not None
        changes = changes_for(customer, draft, overwrite=self._mode == "update")
        if self._by_phone.get(draft.phone_index or b"", customer) is not customer:
            changes.pop("phone", None)  # the first phone of somebody else, who shares it
        contacts = self._new_contacts(customer, draft)
        changed = bool(changes) or makes_lead or takes_owner or bool(contacts)
        return Decision(
            draft,
            UPDATED if changed else UNCHANGED,
            known=customer,
            changes=changes,
            contacts=contacts,
            makes_lead=makes_lead,
            takes_owner=takes_owner,
        )

    def _new_contacts(self, customer: Customer, draft: Draft) -> list[tuple[str, str]]:
        """Return ways to reach ``customer`` that are new; a different number is a second phone."""
        contacts = draft.contacts
        index = draft.phone_index
        if index and customer.phone_index and bytes(customer.phone_index) != index:
            contacts.append(("phone", draft.values["phone"]))
        return [
            (kind, value)
            for kind, value in contacts
            if (customer.pk, kind, contact_index(kind, value)) not in self._contacts
        ]

    def _is_new_lead(self, draft: Draft, owner_key: int) -> bool:
        """Return whether the enquiry is not known yet: by its number, else by project, source and
        moment (any moment where the file gives none)."""
        if draft.external_id:
            return draft.external_id not in self._lead_numbers
        asked = self._enquiries.get(owner_key, set())
        if draft.received_at is None:
            return not any(e[:2] == (draft.lead_project, draft.source) for e in asked)
        return (draft.lead_project, draft.source, draft.received_at) not in asked

    def _note_lead(self, draft: Draft, owner_key: int) -> None:
        if draft.external_id:
            self._lead_numbers.add(draft.external_id)
        enquiry = (draft.lead_project, draft.source, draft.received_at)
        self._enquiries.setdefault(owner_key, set()).add(enquiry)


def may_be_one(holder: "Customer | Decision", draft: Draft) -> bool:
    """Return whether ``draft`` means whoever has its number: not under quite another name.

    One number and two names are mostly a family or an agent, never one person for sure (BEY-01).
    """
    if draft.values.get("is_unnamed"):
        return True
    if isinstance(holder, Decision):
        values = holder.draft.values
        name, number = values["name"], values.get("id_number")
        if values.get("is_unnamed"):
            return True
    else:
        name, number = holder.name, holder.id_number
    if number and number == draft.values.get("id_number"):
        return True
    return compare_names(name, draft.values["name"]) is not NameRelation.DIFFERENT


def too_many_share(draft: Draft) -> Problem:
    """Return why a row with the number of a whole crowd is not imported."""
    return Problem(draft.row, "", "number_of_many", {"n": MOST_SHARING})


def sharing(draft: Draft) -> Draft:
    """Return ``draft`` as a record of its own that has the number as a further contact."""
    values = draft.values | {"shared_phone": draft.values["phone"], "phone": None}
    return replace(draft, values=values, phone_index=None)


def changes_for(customer: Customer, draft: Draft, *, overwrite: bool) -> dict[str, Any]:
    """Return the columns of ``customer`` that ``draft`` fills, or replaces with ``overwrite``."""
    values, changes = draft.values, {}
    for name in PLAIN_FIELDS:
        value = values.get(name)
        if value in (None, ""):
            continue
        text = str(value) if name == "annual_income" else value
        current = getattr(customer, name)
        if current in (None, "") or (overwrite and current != text):
            changes[name] = text
    _change_name(customer, values, changes, overwrite=overwrite)
    _change_budget(customer, values, changes, overwrite=overwrite)
    custom = {
        key: value
        for key, value in draft.custom.items()
        if customer.custom.get(key) in (None, "") or (overwrite and customer.custom[key] != value)
    }
    if custom:
        changes["custom"] = customer.custom | custom
    if customer.phone_index is None and draft.phone_index is not None:
        changes["phone"] = values["phone"]
    return changes


def _change_name(
    customer: Customer, values: dict[str, Any], changes: dict[str, Any], *, overwrite: bool
) -> None:
    if values.get("is_unnamed") or customer.name == values["name"]:
        return
    if overwrite or customer.is_unreachable:
        changes["name"] = values["name"]


def _change_budget(
    customer: Customer, values: dict[str, Any], changes: dict[str, Any], *, overwrite: bool
) -> None:
    low, high = customer.budget_min, customer.budget_max
    if values.get("budget_min") is not None and (overwrite or low is None):
        low = values["budget_min"]
    if values.get("budget_max") is not None and (overwrite or high is None):
        high = values["budget_max"]
    if low is not None and high is not None and low > high:
        return
    if (low, high) != (customer.budget_min, customer.budget_max):
        changes["budget_min"], changes["budget_max"] = low, high
