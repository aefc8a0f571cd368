"""When a home will be handed over, how late that is, what the contract owes for it. Pure (SVC-43).

The forecast reads the nodes of the building and those of the whole project as two chains. A chain
is behind by what its last reached node was late, or by what a node that is due and not reached is
late already; time won earlier is not counted on. Where the chain has its completion, the handover
follows so many days after it; where it has none, the promised day moves by what it is behind.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

COMPLETION = "completion"
CENT = Decimal("0.01")
TEN_THOUSAND, HUNDRED = Decimal(10_000), Decimal(100)
PLACE = re.compile(r"\{([a-z_]{1,20})\}")


class Base(StrEnum):
    """What a clause counts its rate from."""

    PAID = "paid"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Node:
    """A building node: its kind, its planned day, the day it was reached (None: not yet).

    A completion that failed its acceptance counts as not reached.
    """

    kind: str
    planned_on: date
    reached_on: date | None

    def days_late(self, today: date) -> int:
        """Return by how many days it was late, or is late on ``today``."""
        return ((self.reached_on or today) - self.planned_on).days


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a chain of nodes is behind (days), and when it allows the handover (None: unsaid)."""

    behind: int
    ready_on: date | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What is planned for the handover of one home.

    ``offered_on`` is the day of a notice that was sent and not refused, ``planned_on`` the first
    day of its batch.
    """

    offered_on: date | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """What the contract says of a late handover.

    ``rate`` is in parts of ten thousand of the base for each day, ``cap`` in percent of the base
    (0: no cap), ``grace`` the days that cost nothing.
    """

    rate: Decimal
    cap: Decimal
    grace: int


def chain_of(nodes: Iterable[Node], *, handover_days: int, today: date) -> Chain:
    """Return how far the nodes are behind on ``today`` and when the handover can follow them."""
    ordered = sorted(nodes, key=lambda node: node.planned_on)
    reached = [node for node in ordered if node.reached_on is not None]
    waiting = [node for node in ordered if node.reached_on is None]
    late = [node.days_late(today) for node in (*reached[-1:], *waiting)]
    behind = max([0, *late])
    finish = next((node for node in reversed(ordered) if node.kind == COMPLETION), None)
    if finish is None:
        return Chain(behind, None)
    done_on = finish.reached_on or finish.planned_on + timedelta(days=behind)
    return Chain(behind, done_on + timedelta(days=handover_days))


def handover_forecast(
    deliver_on: date, *, chains: Sequence[Chain], offer: Offer, today: date
) -> date:
    """Return the day on which a home that is not handed over yet is expected to be.

    A day that was offered stands. A batch is never earlier than its building allows.
    """
    if offer.offered_on is not None:
        return offer.offered_on
    ready = [chain.ready_on for chain in chains if chain.ready_on is not None]
    moved = [
        deliver_on + timedelta(days=chain.behind) for chain in chains if chain.ready_on is None
    ]
    planned = [] if offer.planned_on is None else [offer.planned_on]
    known = [*ready, *planned] or [deliver_on]
    return max([*known, *moved, today])


def days_late(due_on: date, forecast_on: date) -> int:
    """Return by how many days ``forecast_on`` is late, 0 for none."""
    return max(0, (forecast_on - due_on).days)


def facility_late(due_on: date, expected_on: date | None, *, today: date) -> int:
    """Return by how many days a facility that is not ready will be late, or is on ``today``."""
    return days_late(due_on, max(today, expected_on or today))


def step_of(days: int, steps: Iterable[int]) -> int:
    """Return the highest step that ``days`` have reached, 0 for none."""
    return max((step for step in steps if step <= days), default=0)


def compensation(base: Decimal, days: int, clause: Clause) -> Decimal:
    """Return what the clause owes for ``days`` of delay, in yuan, rounded half up to a cent."""
    counted = max(0, days - clause.grace)
    owed = base * clause.rate / TEN_THOUSAND * counted
    if clause.cap:
        owed = min(owed, base * clause.cap / HUNDRED)
    return max(owed, Decimal(0)).quantize(CENT, rounding=ROUND_HALF_UP)


def unknown_names(text: str, names: Iterable[str]) -> list[str]:
    """Return the ``{name}`` of a text that nothing fills, each once."""
    known = set(names)
    return sorted({found for found in PLACE.findall(text) if found not in known})
