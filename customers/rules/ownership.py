"""Who is responsible for a captured customer, and how leads are shared out (CUS-49). Pure."""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Claim(StrEnum):
    """What a repeat capture does to the ownership of the customer."""

    STAYS = "stays"
    PASSES = "passes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A consultant as the sharing-out sees one: open leads, and how many more today may bring."""

    consultant: int
    open_leads: int
    room: int


def claim(
    *, owner: int | None, protected_until: datetime | None, capturer: int | None, now: datetime
) -> Claim:
    """Return whether a customer passes to the consultant ``capturer`` who captured it again.

    It does from the pool, and once the owner's protection is over. ``capturer`` is ``None`` for
    captures by nobody who can own customers (web form, call centre).
    """
    if capturer is None or capturer == owner:
        return Claim.STAYS
    if owner is not None and protected_until is not None and now < protected_until:
        return Claim.STAYS
    return Claim.PASSES


def deal(waiting: Iterable[int], plan: Mapping[int, int]) -> Mapping[int, list[int]]:
    """Return customers by receiver, dealt in turn like cards until each has the planned number."""
    shares: dict[int, list[int]] = {receiver: [] for receiver, number in plan.items() if number > 0}
    turn: deque[int] = deque(shares)
    for customer in waiting:
        if not turn:
            break
        receiver = turn.popleft()
        shares[receiver].append(customer)
        if len(shares[receiver]) < plan[receiver]:
            turn.append(receiver)
    return shares


def share_out(waiting: Iterable[int], desks: Iterable[Desk]) -> Mapping[int, list[int]]:
    """Return customers by consultant: each in turn goes to whoever has the fewest open leads.

    Nobody gets more than there is room for; what is left over stays waiting.
    """
    shares: dict[int, list[int]] = {}
    line = [(desk.open_leads, desk.consultant, desk.room) for desk in desks if desk.room > 0]
    heapq.heapify(line)
    for customer in waiting:
        if not line:
            break
        load, consultant, room = heapq.heappop(line)
        shares.setdefault(consultant, []).append(customer)
        if room > 1:
            heapq.heappush(line, (load + 1, consultant, room - 1))
    return shares
