"""What is open for one customer, from every app, on top of the record (CUS-82)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crm_site.common.navigation import Label
from crm_site.staff.models import User
from customers.models import Customer

LONGEST = 8


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A problem, promise, action or wish that waits; ``due_at`` None means without a time."""

    kind: Label
    title: str
    due_at: datetime | None
    url: str
    icon: str = "flag"

    def is_late(self, now: datetime) -> bool:
        """Return whether its time has passed."""
        return self.due_at is not None and self.due_at < now


Reader = Callable[[Customer, User, datetime], list[OpenItem]]
_readers: dict[str, Reader] = {}


def register_open_items(key: str, reader: Reader) -> None:
    """Let ``reader`` add items to every record; one query each. Called from ``AppConfig.ready``."""
    _readers[key] = reader


def open_items(customer: Customer, *, user: User, now: datetime) -> list[OpenItem]:
    """Return what is open for ``customer``, the most overdue first, at most eight."""
    items = [item for reader in _readers.values() for item in reader(customer, user, now)]
    return sorted(items, key=lambda item: (item.due_at is None, item.due_at or now))[:LONGEST]
