"""Our share of what a customer spends on housing, and the traps of that figure (MKT-14). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

KINDS: Final = ("purchase", "lease", "parking", "property_service")
TENTH: Final = Decimal("0.1")
OLD_YEARS: Final = 2


class Trap(StrEnum):
    """What makes the figure say less than it seems."""

    NOTHING_DECLARED = "nothing_declared"  # 100 % only because nobody asked
    OLD = "old"  # declared long ago
    ONE_BIG_DEAL = "one_big_deal"  # one purchase outweighs all the rest
    HOUSEHOLD = "household"  # the spend of the family lies with other members


@dataclass(frozen=True, slots=True)
class Spend:
    """Yuan with us and elsewhere, of one kind."""

    ours: Decimal = Decimal(0)
    elsewhere: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.ours + self.elsewhere

    @property
    def share(self) -> Decimal | None:
        """Our share in per cent; None where nothing is spent."""
        if not self.total:
            return None
        return (self.ours * 100 / self.total).quantize(TENTH, ROUND_HALF_UP)


def whole(spends: Mapping[str, Spend]) -> Spend:
    """Return all kinds together."""
    return Spend(
        sum((one.ours for one in spends.values()), Decimal(0)),
        sum((one.elsewhere for one in spends.values()), Decimal(0)),
    )


def traps(
    spends: Mapping[str, Spend], *, declared: int | None, year: int, has_household: bool
) -> list[Trap]:
    """Return what to beware of; ``declared`` is the newest year somebody declared spend for."""
    together = whole(spends)
    if not together.total:
        return []
    found = []
    if declared is None:
        found.append(Trap.NOTHING_DECLARED)
    elif year - declared >= OLD_YEARS:
        found.append(Trap.OLD)
    bought = spends.get("purchase", Spend())
    others = together.total - bought.total
    if others and bought.total >= 20 * others:
        found.append(Trap.ONE_BIG_DEAL)
    if has_household:
        found.append(Trap.HOUSEHOLD)
    return found
