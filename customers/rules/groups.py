"""The needs that each customer group by nature is asked for (CUS-07). Pure."""

from collections.abc import Mapping
from typing import Final

from customers.rules.axes import Nature

INVESTMENT: Final = ("yield", "appreciation")
# One table: which need fields a group shows, in this order.
NEEDS_OF_GROUP: Final[Mapping[Nature, tuple[str, ...]]] = {
    Nature.FAMILY: ("comfort", "safety"),
    Nature.INVESTOR: INVESTMENT,
    Nature.INSTITUTION: INVESTMENT,
    Nature.ENTERPRISE: ("operations", "prospects"),
    Nature.GOVERNMENT: ("planning", "public_facilities"),
}
NEEDS: Final = tuple(dict.fromkeys(key for keys in NEEDS_OF_GROUP.values() for key in keys))
LONGEST_NEED: Final = 300


def needs_of(nature: str) -> tuple[str, ...]:
    """Return the need fields of a group; none while the group is not set."""
    return NEEDS_OF_GROUP[Nature(nature)] if nature else ()


def fitting(needs: Mapping[str, str], nature: str) -> dict[str, str]:
    """Return the filled needs that belong to the group; those of another group fall away."""
    return {key: needs[key] for key in needs_of(nature) if needs.get(key)}
