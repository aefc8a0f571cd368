"""The registered wishes of a customer as the record shows them: versions, and what changed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from customers.models import Customer, IntentRegistration
from customers.services.intents import FIELDS
from customers.vocabulary import labels


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two versions in words; ``is_changed`` where they say different things."""

    field: str
    label: Any
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether the two versions differ here."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class IntentPage:
    """All versions, newest first, and the two that are compared."""

    versions: list[IntentRegistration]
    older: IntentRegistration | None
    newer: IntentRegistration | None
    differences: list[Difference]


def read_intents(customer: Customer, *, older: int | None, newer: int | None) -> IntentPage:
    """Return the versions and the comparison of two of them, the last two where none is named.

    A version that does not exist falls back to the last two.
    """
    versions = list(
        IntentRegistration.objects.filter(customer=customer)
        .select_related("project", "actor")
        .order_by("-version")
    )
    by_number = {version.version: version for version in versions}
    last = versions[0] if versions else None
    before = versions[1] if len(versions) > 1 else None
    left = by_number.get(older or 0, before)
    right = by_number.get(newer or 0, last)
    differences = diff(left, right) if left and right else []
    return IntentPage(versions, left, right, differences)


def diff(older: IntentRegistration, newer: IntentRegistration) -> list[Difference]:
    """Return every field of both versions in words, changed or not."""
    layouts = labels("layout")
    return [
        Difference(
            field=name,
            label=_label(name),
            before=_text(older, name, layouts),
            after=_text(newer, name, layouts),
        )
        for name in FIELDS
    ]


def _label(name: str) -> Any:
    return IntentRegistration._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def _text(intent: IntentRegistration, name: str, layouts: dict[str, str]) -> str:
    value = getattr(intent, name)
    if name == "project":
        return str(value.name) if value else ""
    if name == "layout":
        return layouts.get(str(value), str(value))
    if name in ("purpose", "timing"):
        return str(getattr(intent, f"get_{name}_display")())
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return str(value or "")
