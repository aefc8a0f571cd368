"""What one part of an import wrote, kept so that a revert can take exactly that back."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from customers.models import Customer

# Columns of a known customer that an import can change, besides phone and what follows from others.
TRACED = (
    "name", "gender", "birthday", "id_number", "annual_income", "city", "district", "address",
    "occupation", "family", "budget_min", "budget_max", "layout", "motive", "intent",
    "spending_power", "remark", "custom", "is_unreachable", "completeness",
    "owner_id", "owned_since", "protected_until", "team_id", "project_id", "region_id",
)  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value of a column as the trace keeps it and compares it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date | datetime) else value


def column_value(column: str, kept: Any) -> Any:
    """Return what ``plain`` was given for ``column``."""
    if kept is None or column == "custom":
        return kept
    field: Any = Customer._meta.get_field(column)
    return field.to_python(kept)


def snapshot(customer: Customer) -> dict[str, Any]:
    """Return the values an import may change; a phone is only ever filled in."""
    values = {column: plain(getattr(customer, column)) for column in TRACED}
    return values | {"custom": dict(customer.custom)}


class Trace:
    """Collects what the rows of one part write."""

    def __init__(self, *, at: datetime) -> None:
        self._at = at
        self._created: list[tuple[int, int]] = []
        self._leads: list[tuple[int, int, int]] = []
        self._contacts: list[tuple[int, str, str]] = []
        self._updated: dict[int, tuple[int, dict[str, list[Any]]]] = {}

    def created(self, rows: Iterable[tuple[int, int]]) -> None:
        """Note new customers as (row, key)."""
        self._created += rows

    def lead(self, row: int, key: int, customer_id: int) -> None:
        """Note a new lead."""
        self._leads.append((row, key, customer_id))

    def contact(self, customer_id: int, kind: str, index: bytes) -> None:
        """Note a further way to reach a customer who was known before."""
        self._contacts.append((customer_id, kind, index.hex()))

    def changed(
        self, row: int, customer_id: int, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        """Note what changed of a known customer; the first old value is the one to come back."""
        _row, columns = self._updated.setdefault(customer_id, (row, {}))
        for column, value in new.items():
            if column in columns:
                columns[column][1] = value
            elif old.get(column) != value:
                columns[column] = [old.get(column), value]

    def to_json(self) -> dict[str, Any]:
        """Return what ``reverting`` reads; empty where nothing was written."""
        found: dict[str, Any] = {
            "created": self._created,
            "leads": self._leads,
            "contacts": self._contacts,
            "updated": {str(pk): list(entry) for pk, entry in self._updated.items()},
        }
        return {"at": self._at.isoformat(), **found} if any(found.values()) else {}
