"""When two entries are the same person (CUS-01, BEY-01). Pure.

At capture only identifiers that belong to one person decide by themselves (``match_score``).
Afterwards everything two records say is weighed (``match``), and a person decides. Names alone
never do: the most common Chinese name is borne by hundreds of thousands. Equal indexes stand for
equal values, so that the comparison works on encrypted records too.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from customers.rules.names import NameRelation, compare_names

SAME = Decimal("1.00")
SAME_CONTACT = Decimal("0.90")
SAME_NAME = Decimal("0.20")
SAME_CITY = Decimal("0.05")
MATCH_FROM = Decimal("0.90")

# What each agreement adds and each contradiction takes away; the sum is cut to 0 to 1.
WEIGHTS = {
    "same_id_number": Decimal("1.00"),
    "same_external_id": Decimal("1.00"),
    "same_phone": Decimal("0.60"),
    "near_phone": Decimal("0.42"),
    "same_wechat": Decimal("0.65"),
    "same_email": Decimal("0.60"),
    "same_name": Decimal("0.30"),
    "rare_name": Decimal("0.15"),
    "name_sounds_alike": Decimal("0.25"),
    "name_hidden": Decimal("0.15"),
    "same_birthday": Decimal("0.30"),
    "same_address": Decimal("0.20"),
    "same_place": Decimal("0.08"),
    "same_project": Decimal("0.08"),
    "one_without_phone": Decimal("0.12"),
    "same_household": Decimal("0.05"),
    "same_company": Decimal("0.10"),
    "different_name": Decimal("-0.50"),
    "different_id_number": Decimal("-2.00"),
    "different_gender": Decimal("-0.40"),
    "different_birthday": Decimal("-0.50"),
    "different_wechat": Decimal("-0.15"),
    "shared_phone": Decimal("-0.30"),
    "known_relation": Decimal("-2.00"),
}
# With one of these no machine merges, whatever the score (BEY-01).
NEVER_ALONE = frozenset(
    (
        *("different_name", "different_id_number", "different_gender", "different_birthday"),
        *("shared_phone", "known_relation", "name_hidden", "near_phone"),
    )
)
RARE_UP_TO = 2  # records that bear the name, this pair included
SHARED_FROM = 3  # records that hold the number: an agent's or an office's


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is compared; an empty value says nothing."""

    name: str = ""
    phone: bytes | None = None
    id_number: bytes | None = None
    external: tuple[str, str] = ("", "")
    contacts: frozenset[bytes] = frozenset()
    city: str = ""
    digits: frozenset[str] = frozenset()  # the numbers themselves, to see mistyped ones
    wechat: frozenset[bytes] = frozenset()
    email: frozenset[bytes] = frozenset()
    gender: str = ""
    birthday: dt.date | None = None
    district: str = ""
    address: str = ""
    project: int | None = None
    household: int | None = None
    company: str = ""
    name_holders: int = 0  # how many records bear the name; 0 is not known
    phone_holders: int = 0
    related: frozenset[int] = frozenset()  # keys of records it is tied to
    key: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """How surely two records are one person, and what spoke for and against it, by weight."""

    score: Decimal
    reasons: tuple[tuple[str, Decimal], ...]

    @property
    def may_be_automatic(self) -> bool:
        """Whether nothing speaks against a merge without a person's eyes."""
        return not NEVER_ALONE & {reason for reason, _weight in self.reasons}


def match(a: Identity, b: Identity) -> Match:
    """Return the score, 0 to 1, and its reasons, the heaviest first."""
    found = [*_identifiers(a, b), *_names(a, b), *_circumstances(a, b), *_contradictions(a, b)]
    reasons = sorted(((code, WEIGHTS[code]) for code in found), key=lambda r: (-abs(r[1]), r[0]))
    total = sum((weight for _code, weight in reasons), Decimal(0))
    return Match(min(max(total, Decimal(0)), SAME), tuple(reasons))


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


def is_near(one: str, two: str) -> bool:
    """Return whether two numbers differ as mistyped ones do: one digit, or up to two swapped.

    Swapped digits may stand beside each other or with one digit between them.
    """
    if len(one) != len(two) or one == two:
        return False
    apart = [place for place in range(len(one)) if one[place] != two[place]]
    if len(apart) == 1:
        return True
    first, last = apart[0], apart[-1]
    return last - first <= 2 and sorted(one[first : last + 1]) == sorted(two[first : last + 1])


def _identifiers(a: Identity, b: Identity) -> Iterator[str]:
    if a.id_number and a.id_number == b.id_number:
        yield "same_id_number"
    if a.external[1] and a.external == b.external:
        yield "same_external_id"
    if _numbers(a) & _numbers(b):
        yield "same_phone"
        if max(a.phone_holders, b.phone_holders) >= SHARED_FROM:
            yield "shared_phone"
    elif any(is_near(one, two) for one in a.digits for two in b.digits):
        yield "near_phone"
    if a.wechat & b.wechat:
        yield "same_wechat"
    if a.email & b.email:
        yield "same_email"


def _names(a: Identity, b: Identity) -> Iterator[str]:
    relation = compare_names(a.name, b.name)
    if relation is NameRelation.SAME:
        yield "same_name"
        if 0 < max(a.name_holders, b.name_holders) <= RARE_UP_TO:
            yield "rare_name"
    elif relation is NameRelation.SOUNDS_ALIKE:
        yield "name_sounds_alike"
    elif relation is NameRelation.HIDDEN:
        yield "name_hidden"
    elif relation is NameRelation.DIFFERENT:
        yield "different_name"


def _circumstances(a: Identity, b: Identity) -> Iterator[str]:
    if a.birthday and a.birthday == b.birthday:
        yield "same_birthday"
    if a.address and a.address == b.address:
        yield "same_address"
    elif a.district and (a.city, a.district) == (b.city, b.district):
        yield "same_place"
    if a.project and a.project == b.project:
        yield "same_project"
    if not (_numbers(a) and _numbers(b)):
        yield "one_without_phone"
    if a.household and a.household == b.household:
        yield "same_household"
    if a.company and a.company == b.company:
        yield "same_company"


def _contradictions(a: Identity, b: Identity) -> Iterator[str]:
    if a.id_number and b.id_number and a.id_number != b.id_number:
        yield "different_id_number"
    if a.gender and b.gender and a.gender != b.gender:
        yield "different_gender"
    if a.birthday and b.birthday and a.birthday != b.birthday:
        yield "different_birthday"
    if a.wechat and b.wechat and not a.wechat & b.wechat:
        yield "different_wechat"
    if a.key in b.related or b.key in a.related:
        yield "known_relation"


def _numbers(identity: Identity) -> frozenset[bytes]:
    return identity.contacts | ({identity.phone} if identity.phone else frozenset())
