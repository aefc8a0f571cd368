"""What a field of a record was before, from where the new value came, and who wrote it (CUS-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm_site.staff.models import User
from customers.models import Customer, FieldEvent

EDIT, MERGE, UNMERGE = "edit", "merge", "unmerge"
# Follow from other fields, or count changes.
DERIVED = frozenset(
    (
        *("tokens", "sort_key", "phone_index", "phone_tail_index", "id_number_index"),
        *("completeness", "version", "updated_at", "is_unreachable", "spending_power", "custom"),
    )
)
SECOND_PHONE = "second_phone"
OTHER_NAME = "other_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value comes from: capture point, ``edit``, ``import`` or ``merge``; by whom, when."""

    source: str
    actor: User | None
    now: datetime
    source_id: str = ""


def as_text(value: Any) -> str | None:
    """Return a value as the history keeps it; ``None`` for nothing."""
    if value in (None, ""):
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def changed_fields(
    customer: Customer, columns: Mapping[str, Any]
) -> dict[str, tuple[str | None, str | None]]:
    """Return old and new text of each column that gets another value, added fields by key."""
    found = {}
    for name, value in columns.items():
        if name in DERIVED or hasattr(value, "resolve_expression"):
            continue
        old, new = as_text(getattr(customer, name)), as_text(value)
        if old != new:
            found[name] = (old, new)
    for key, value in (columns.get("custom") or {}).items():
        old, new = as_text(customer.custom.get(key)), as_text(value)
        if old != new:
            found[f"custom:{key}"] = (old, new)
    return found


def note_changes(
    customer_id: int,
    changes: Mapping[str, tuple[str | None, str | None]],
    *,
    origin: Origin,
) -> None:
    """Keep what changed, in one statement; nothing when nothing did."""
    if not changes:
        return
    FieldEvent.objects.bulk_create(
        FieldEvent(
            customer_id=customer_id,
            field=field,
            old_value=old,
            new_value=new,
            source=origin.source,
            source_id=origin.source_id,
            at=origin.now,
            actor=origin.actor,
        )
        for field, (old, new) in changes.items()
    )
