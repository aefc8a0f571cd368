"""When two entries are the same person (CUS-01). Pure.

Only identifiers that belong to one person decide by themselves. Names never do: the most common
Chinese name is borne by hundreds of thousands. Equal indexes stand for equal values, so that the
comparison works on encrypted records too.
"""

from dataclasses import dataclass
from decimal import Decimal

SAME = Decimal("1.00")
SAME_CONTACT = Decimal("0.90")
SAME_NAME = Decimal("0.20")
SAME_CITY = Decimal("0.05")
MATCH_FROM = Decimal("0.90")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is compared; an empty value says nothing."""

    name: str = ""
    phone: bytes | None = None
    id_number: bytes | None = None
    external: tuple[str, str] = ("", "")
    contacts: frozenset[bytes] = frozenset()
    city: str = ""


def match_score(a: Identity, b: Identity) -> Decimal:
    """Return how surely ``a`` and ``b`` are one person, 0 to 1; from ``MATCH_FROM`` on they are.

    Two different ID numbers contradict everything else.
    """
    if a.id_number and b.id_number:
        return SAME if a.id_number == b.id_number else Decimal(0)
    if a.external[1] and a.external == b.external:
        return SAME
    if a.phone and a.phone == b.phone:
        return SAME
    if _numbers(a) & _numbers(b):
        return SAME_CONTACT
    score = SAME_NAME if a.name and a.name == b.name else Decimal(0)
    return score + (SAME_CITY if score and a.city and a.city == b.city else 0)


def is_match(a: Identity, b: Identity) -> bool:
    """Return whether ``a`` and ``b`` are taken for one person without asking anybody."""
    return match_score(a, b) >= MATCH_FROM


def _numbers(identity: Identity) -> frozenset[bytes]:
    return identity.contacts | ({identity.phone} if identity.phone else frozenset())
