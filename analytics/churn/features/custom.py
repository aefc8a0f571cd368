"""Fields the company added itself: inputs whose meaning nobody told us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from analytics.churn.rules.columns import CUSTOM
from analytics.scoring.rules.tables import CATEGORY, NUMBER, Column
from customers.models import Customer, CustomField, FieldEvent

BLOCK: Final = "custom"
NUMBERS: Final = (CustomField.Kind.NUMBER.value, CustomField.Kind.BOOLEAN.value)
TRUTHS: Final = {"true": 1.0, "false": 0.0, "True": 1.0, "False": 0.0}
LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields that may be looked at: name of the column -> whether it holds numbers."""

    columns: tuple[Column, ...] = ()

    @classmethod
    def of_company(cls) -> "Fields":
        """Return the fields of this company but personal ones and dates."""
        rows = CustomField.objects.filter(is_personal=False).exclude(
            kind=CustomField.Kind.DATE.value
        )
        return cls(
            tuple(
                Column(CUSTOM + row.key, NUMBER if row.kind in NUMBERS else CATEGORY, BLOCK)
                for row in rows.order_by("key")
            )
        )


def past_values(cutoff: datetime, first: int, last: int) -> dict[str, dict[int, str]]:
    """Return what fields held at ``cutoff`` where they were changed later, field by customer."""
    changed = FieldEvent.objects.filter(
        Q(field="budget_max") | Q(field__startswith=CUSTOM),
        customer_id__gte=first,
        customer_id__lte=last,
        at__gt=cutoff,
    )
    found: dict[str, dict[int, str]] = {}
    for event in changed.order_by("at", "pk"):
        found.setdefault(event.field, {}).setdefault(event.customer_id, event.old_value or "")
    return found


def read_custom(
    fields: Fields, ids: NDArray[np.int64], past: Mapping[str, Mapping[int, str]]
) -> tuple[tuple[Column, ...], dict[str, NDArray[Any]]]:
    """Return the columns of the company's own fields and their values for these customers."""
    if not fields.columns or not len(ids):
        return fields.columns, {column.name: _empty(column, len(ids)) for column in fields.columns}
    rows = Customer.objects.filter(pk__range=(int(ids[0]), int(ids[-1]))).exclude(custom={})
    held = dict(rows.order_by().values_list("pk", "custom"))
    values: dict[str, NDArray[Any]] = {}
    for column in fields.columns:
        key, before = column.name.removeprefix(CUSTOM), past.get(column.name, {})
        found = _empty(column, len(ids))
        for place, pk in enumerate(ids.tolist()):
            value = before.get(pk, (held.get(pk) or {}).get(key))
            if value not in (None, ""):
                found[place] = _number(value) if column.kind == NUMBER else str(value)[:LONGEST]
        values[column.name] = found
    return fields.columns, values


def _empty(column: Column, rows: int) -> NDArray[Any]:
    if column.kind == NUMBER:
        return np.full(rows, np.nan)
    return np.full(rows, "", dtype=object)


def _number(value: Any) -> float:
    text = str(value)
    try:
        return TRUTHS.get(text) if text in TRUTHS else float(text)  # type: ignore[return-value]
    except ValueError:
        return float("nan")
