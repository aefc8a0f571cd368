"""What other packages add to a purchase: gates of steps, what follows them, parts of its page.

The chain of steps stays in one table; interaction file, papers, payments, handover and whatever
comes later register here instead of being named by the services.
"""

from collections.abc import Callable
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


_gates: dict[tuple[Step, str], Gate] = {}
_follow_ups: dict[str, FollowUp] = {}
_parts: dict[str, PurchasePart] = {}


def register_gate(step: Step, key: str, check: Gate) -> None:
    """Let ``check`` name in words what keeps a locked purchase from ``step``; again replaces."""
    _gates[step, key] = check


def register_follow_up(key: str, run: FollowUp) -> None:
    """Let ``run`` act after every step, in its transaction; registering again replaces."""
    _follow_ups[key] = run


def register_part(part: PurchasePart) -> None:
    """Show ``part`` on the page of purchases; registering again replaces."""
    _parts[part.key] = part


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
