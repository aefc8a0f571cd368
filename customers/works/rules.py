"""The nodes of building, when one passes, when money for it flows. Pure.

Sources: SVC-75 (nodes and notices), SVC-96 (payment by accepted node), SVC-97 (outside report).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """A moment of building that customers, contractors and money wait for."""

    FOUNDATION = "foundation"
    GROUND = "ground"
    TOPPING_OUT = "topping_out"
    SCAFFOLD = "scaffold"
    FACADE = "facade"
    FITTINGS = "fittings"
    LANDSCAPE = "landscape"
    COMPLETION = "completion"
    OTHER = "other"


class Result(StrEnum):
    """What an acceptance of a node found."""

    PASSED = "passed"
    FAILED = "failed"


class PaymentState(StrEnum):
    """Where the money for a node stands."""

    PLANNED = "planned"
    RELEASED = "released"
    HELD = "held"


class NoticeState(StrEnum):
    """Where a progress notice stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Report:
    """An outside report on a node: whether it passes and whether its issues are closed."""

    has_passed: bool
    has_open_issues: bool


def may_pass(*, is_key: bool, reports: Iterable[Report]) -> bool:
    """Return whether a node may pass: a key node needs an outside report that does, issues closed.

    An open issue of any report keeps a key node from passing.
    """
    if not is_key:
        return True
    known = list(reports)
    return any(each.has_passed for each in known) and not any(
        each.has_open_issues for each in known
    )
