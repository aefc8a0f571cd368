"""What other packages add to a purchase: gates of steps, what follows them, parts of its page.

The chain of steps stays in one table; interaction file, papers, payments, handover and whatever
comes later register here instead of being named by the services.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers.purchase.errors import PurchaseStepError
from customers.purchase.models import Purchase
from customers.purchase.rules import Step

Gate = Callable[[Purchase, datetime], list[str]]
FollowUp = Callable[[Purchase, Step, User | None, datetime], None]


@dataclass(frozen=True, slots=True)
class PartState:
    """How a part stands, in a few words, with the tone of its tag (green, amber, red, blue)."""

    words: Any
    tone: str = ""


@dataclass(frozen=True, slots=True)
class PurchasePart:
    """A part of a purchase with a page of its own, whose address takes the purchase's key.

    ``state`` returns how it stands, None where the part does not apply to the purchase.
    """

    key: str
    label: Any
    url_name: str
    permission: str
    order: int
    state: Callable[[Purchase, datetime], PartState | None]


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as the page of a purchase prints it."""

    part: PurchasePart
    state: PartState


@dataclass(frozen=True, slots=True)
class PurchaseColumn:
    """A column of the list of purchases; ``states`` answers for a page of them at once."""

    key: str
    label: Any
    permission: str
    states: Callable[[Sequence[Purchase], datetime], Mapping[int, PartState]]


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A purchase in the list with what each further column says, None where it does not apply."""

    purchase: Purchase
    cells: list[PartState | None]


_gates: dict[tuple[Step, str], Gate] = {}
_follow_ups: dict[str, FollowUp] = {}
_parts: dict[str, PurchasePart] = {}
_columns: dict[str, PurchaseColumn] = {}


def register_gate(step: Step, key: str, check: Gate) -> None:
    """Let ``check`` name in words what keeps a locked purchase from ``step``; again replaces."""
    _gates[step, key] = check


def register_follow_up(key: str, run: FollowUp) -> None:
    """Let ``run`` act after every step, in its transaction; registering again replaces."""
    _follow_ups[key] = run


def register_part(part: PurchasePart) -> None:
    """Show ``part`` on the page of purchases; registering again replaces."""
    _parts[part.key] = part


def register_column(column: PurchaseColumn) -> None:
    """Show ``column`` in the list of purchases; registering again replaces."""
    _columns[column.key] = column


def columns_of(user: User) -> list[PurchaseColumn]:
    """Return the further columns of the list that ``user`` may see."""
    return [column for column in _columns.values() if user.has_perm(column.permission)]


def rows_of(
    purchases: Sequence[Purchase], columns: Sequence[PurchaseColumn], *, now: datetime
) -> list[PurchaseRow]:
    """Return a page of purchases with what their further columns say."""
    states = [column.states(purchases, now) for column in columns]
    return [PurchaseRow(each, [found.get(each.pk) for found in states]) for each in purchases]


def blockers(purchase: Purchase, step: Step, *, now: datetime) -> list[str]:
    """Return in words all that keeps the purchase from ``step``; empty: nothing."""
    checks = [check for (at, _key), check in _gates.items() if at is step]
    return [words for check in checks for words in check(purchase, now)]


def refuse_blocked(purchase: Purchase, step: Step, *, now: datetime) -> None:
    """Raise PurchaseStepError naming everything that keeps the purchase from ``step``."""
    found = blockers(purchase, step, now=now)
    if found:
        raise PurchaseStepError(_("Still open: %(reasons)s") % {"reasons": "; ".join(found)})


def follow_up(purchase: Purchase, step: Step, *, actor: User | None, now: datetime) -> None:
    """Run what follows a step that was just taken."""
    for run in _follow_ups.values():
        run(purchase, step, actor, now)


def parts_of(purchase: Purchase, user: User, *, now: datetime) -> list[PartLine]:
    """Return the parts of a purchase that apply to it and that ``user`` may open, in order."""
    found = []
    for part in sorted(_parts.values(), key=lambda each: each.order):
        state = part.state(purchase, now) if user.has_perm(part.permission) else None
        if state is not None:
            found.append(PartLine(part, state))
    return found
