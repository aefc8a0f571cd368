"""Which units of the demo are still free while its customers buy."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from crm_site.demo.prices import Offer
from customers.property.rules import UnitKind

CHOICE = 8  # units a customer compares


@dataclass(slots=True)
class Stock:
    """The free units of each project; what is taken never comes back."""

    finished: dict[int, list[Offer]] = field(default_factory=dict)
    rising: dict[int, list[Offer]] = field(default_factory=dict)
    parking: dict[int, list[Offer]] = field(default_factory=dict)
    contracts: Counter[int] = field(default_factory=Counter)

    def take(
        self, project: int, *, budget: Decimal, at: datetime, is_finished: bool
    ) -> Offer | None:
        """Return a flat near the budget (yuan); None where everything is sold."""
        homes, others = self.finished.get(project, []), self.rising.get(project, [])
        free = (homes or others) if is_finished else (others or homes)
        if not free:
            return None
        found = min(
            range(min(CHOICE, len(free))),
            key=lambda place: abs(free[place].price_at(at).total - budget),
        )
        free[found], free[-1] = free[-1], free[found]
        return free.pop()

    def take_parking(self, project: int) -> Offer | None:
        """Return a parking space; None where there is none left."""
        free = self.parking.get(project)
        return free.pop() if free else None

    def contract_no(self, project: int, code: str, at: datetime) -> str:
        """Return the next number of a contract in the project."""
        self.contracts[project] += 1
        return f"{code[:4].upper()}-{at:%Y}-{self.contracts[project]:04d}"


def stock_of(offers: Mapping[int, Sequence[Offer]], *, chance: random.Random) -> Stock:
    """Return the units on sale, shuffled."""
    stock = Stock()
    for project, found in offers.items():
        flats = [offer for offer in found if offer.kind != UnitKind.PARKING]
        chance.shuffle(flats)
        stock.finished[project] = [each for each in flats if each.is_finished]
        stock.rising[project] = [each for each in flats if not each.is_finished]
        stock.parking[project] = [each for each in found if each.kind == UnitKind.PARKING][::-1]
    return stock
