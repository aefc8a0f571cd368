"""Values that an import changed, put back where the record still has them."""

from collections.abc import Iterator, Mapping
from typing import Any

from crm_site.exchange.registry import Kept, Plan, Undone
from customers.importers.tracing import column_value, plain
from customers.indexes import id_number_index, phone_columns, phone_index
from customers.models import Customer, CustomerContact, FieldEvent, OwnershipEvent, PhaseEvent
from customers.rules.search import name_tokens, sort_key
from customers.services.columns import completeness_of
from customers.services.field_history import changed_fields

IMPORT_REVERT = "import_revert"
CHANGED = "kept_changed"
PLACE = ("owner_id", "owned_since", "protected_until", "team_id", "project_id", "region_id")
BUDGET = ("budget_min", "budget_max")
FOLLOWING = ("spending_power", "is_unreachable", "completeness")
Columns = Mapping[str, list[Any]]  # column -> value before the import, value it wrote


class Restorer:
    """Puts the values of one part back, and writes them in few statements."""

    def __init__(self, plan: Plan, undone: Undone) -> None:
        self._plan = plan
        self._undone = undone
        self._groups: dict[tuple[str, ...], list[Customer]] = {}
        self._fields: list[FieldEvent] = []
        self._owners: list[OwnershipEvent] = []
        self._phases: list[PhaseEvent] = []

    def restore(
        self, customer: Customer, row: int, columns: Columns, *, lost_contact: bool
    ) -> None:
        """Put back what ``customer`` still has of the import; note what it does not."""
        back, kept = _still_imported(customer, columns)
        if kept:
            self._undone.kept.append(Kept(row, customer.pk, CHANGED, tuple(kept)))
        if not back and not lost_contact:
            return
        self._note(customer, back)
        changed = _put(customer, back)
        changed |= _follow(customer, columns, back, exact=not kept)
        customer.version += 1
        customer.updated_at = self._plan.now
        names = tuple(sorted(changed | {"version", "updated_at"}))
        self._groups.setdefault(names, []).append(customer)
        self._undone.counts["restored"] += 1

    def write(self) -> None:
        """Write the customers, those with the same columns in one statement, and the history."""
        for names, customers in self._groups.items():
            columns = [Customer._meta.get_field(name).name for name in names]
            Customer.objects.bulk_update(customers, columns, batch_size=200)
        FieldEvent.objects.bulk_create(self._fields, batch_size=1000)
        OwnershipEvent.objects.bulk_create(self._owners, batch_size=1000)
        PhaseEvent.objects.bulk_create(self._phases, batch_size=1000)

    def _note(self, customer: Customer, back: Mapping[str, Any]) -> None:
        """Keep in the history that the values of the import went again."""
        actor, now = self._plan.actor, self._plan.now
        values = {name: value for name, value in back.items() if name not in (*PLACE, "phone")}
        values.pop("phase", None)
        found = changed_fields(customer, values)
        for key in customer.custom.keys() - values.get("custom", customer.custom).keys():
            found[f"custom:{key}"] = (str(customer.custom[key]), None)
        if "phone" in back:
            found["phone"] = (str(customer.phone), None)
        self._fields += [
            FieldEvent(
                customer=customer, field=field, old_value=old, new_value=new, at=now, actor=actor,
                source=IMPORT_REVERT, source_id=str(self._plan.job_id),
            )
            for field, (old, new) in found.items()
        ]  # fmt: skip
        same = {"customer": customer, "at": now, "actor": actor, "reason": IMPORT_REVERT}
        if "owner_id" in back:
            owners = {"from_owner_id": customer.owner_id, "to_owner_id": back["owner_id"]}
            self._owners.append(OwnershipEvent(**same, **owners))
        if "phase" in back:
            phases = {"from_phase": customer.phase, "to_phase": back["phase"]}
            self._phases.append(PhaseEvent(**same, **phases))


def _still_imported(customer: Customer, columns: Columns) -> tuple[dict[str, Any], list[str]]:
    """Return the old values of what ``customer`` still has of the import, and what it has not."""
    back: dict[str, Any] = {}
    kept: list[str] = []
    for group in _groups(columns):
        if all(_has(customer, column, columns[column][1]) for column in group):
            back |= {column: column_value(column, columns[column][0]) for column in group}
        else:
            kept += ["owner"] if group[0] in PLACE else group
    if "custom" in columns:
        old, new = (part or {} for part in columns["custom"])
        custom = dict(customer.custom)
        for key in (key for key in new if new[key] != old.get(key)):
            if custom.get(key) != new[key]:
                kept.append(f"custom:{key}")
            elif key in old:
                custom[key] = old[key]
            else:
                del custom[key]
        if custom != customer.custom:
            back["custom"] = custom
    return back, kept


def _groups(columns: Columns) -> Iterator[tuple[str, ...]]:
    """Yield the columns that come back together or not at all."""
    for together in (PLACE, BUDGET):
        group = tuple(column for column in together if column in columns)
        if group:
            yield group
    apart = {*PLACE, *BUDGET, *FOLLOWING, "custom"}
    yield from ((column,) for column in columns if column not in apart)


def _has(customer: Customer, column: str, imported: Any) -> bool:
    if column == "phone":
        index = customer.phone_index
        return index is not None and bytes(index) == phone_index(imported)
    return bool(plain(getattr(customer, column)) == imported)


def _put(customer: Customer, back: Mapping[str, Any]) -> set[str]:
    """Set the values and what only follows from them; return the changed columns."""
    for column, value in back.items():
        setattr(customer, column, value)
    changed = set(back)
    derived: dict[str, Any] = {}
    if "name" in back:
        derived |= {"sort_key": sort_key(customer.name), "tokens": name_tokens(customer.name)}
    if "phone" in back:
        derived |= phone_columns(back["phone"])
    if "id_number" in back:
        number = back["id_number"]
        derived["id_number_index"] = id_number_index(number) if number else None
    for column, value in derived.items():
        setattr(customer, column, value)
    return changed | set(derived)


def _follow(
    customer: Customer, columns: Columns, back: Mapping[str, Any], *, exact: bool
) -> set[str]:
    """Bring back the band of income, whether the customer can be reached, and completeness."""
    changed = set()
    if "annual_income" in back and "spending_power" in columns:
        customer.spending_power = columns["spending_power"][0]
        changed.add("spending_power")
    if columns.get("is_unreachable", [False])[0] and not customer.is_unreachable:
        has_contact = CustomerContact.objects.filter(customer=customer).exists()
        customer.is_unreachable = customer.phone_index is None and not has_contact
        changed.add("is_unreachable")
    if "completeness" in columns:
        old, new = columns["completeness"]
        same = exact and customer.completeness == new
        customer.completeness = old if same else completeness_of(customer)
        changed.add("completeness")
    return changed
