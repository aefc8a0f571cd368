"""Arithmetic and words of prices. Pure; amounts are yuan as Decimal, shares are percents.

Source: MKT-45 (lists), MKT-46 (discounts), MKT-47 (restraint), MKT-48 (cuts), MKT-50 (letters),
MKT-51 (breakdown), BEY-05 (what a change will do).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

CENT: Final = Decimal("0.01")
WAN: Final = Decimal(10_000)
HUNDRED: Final = Decimal(100)
QUARTER_MONTHS: Final = 3


class ListState(StrEnum):
    """Where a price list stands; only an approved one counts, and nothing changes it any more."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DiscountState(StrEnum):
    """Where a request for a discount stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    USED = "used"


class LetterState(StrEnum):
    """Where a commitment letter stands: it binds from its issue on."""

    ISSUED = "issued"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"


class Change(StrEnum):
    """How a selection of units gets new prices."""

    SET = "set"
    PERCENT = "percent"
    PER_M2 = "per_m2"


SUPERVISOR: Final = "customers.sign_discount"
EXECUTIVE: Final = "customers.direct_discount"
HEAD_OFFICE: Final = "customers.preside_discount"
CHAIN: Final = (SUPERVISOR, EXECUTIVE, HEAD_OFFICE)
SIGN_LIST: Final = "customers.sign_prices"
DIRECT_LIST: Final = "customers.direct_prices"


def money(value: Decimal) -> Decimal:
    """Return an amount rounded to the fen, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def in_wan(total: Decimal | None) -> Decimal | None:
    """Return a total in 万 with one decimal, as the board prints it."""
    return None if total is None else (total / WAN).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit: public unit price (yuan/m²), public total, floor of the total."""

    unit_price: Decimal
    public_total: Decimal
    floor_total: Decimal
    coefficient: Decimal


def price_of(*, unit_price: Decimal, area: Decimal, coefficient: Decimal) -> Price:
    """Return the price of a unit: the total to the yuan, its floor by the coefficient (MKT-45).

    Raise ValueError for what cannot be a price; ``coefficient`` is a share above 0 and at most 1.
    """
    if unit_price <= 0 or area <= 0:
        message = "a price and an area are above 0"
        raise ValueError(message)
    if not 0 < coefficient <= 1:
        message = "a floor coefficient is above 0 and at most 1"
        raise ValueError(message)
    total = (unit_price * area).quantize(Decimal(1), ROUND_HALF_UP)
    return Price(
        money(unit_price),
        money(total),
        money((total * coefficient).quantize(Decimal(1), ROUND_HALF_UP)),
        coefficient,
    )


def changed_unit_price(old: Decimal | None, *, change: Change, amount: Decimal) -> Decimal | None:
    """Return the new price per m²; ``None`` where a unit without a price is raised or lowered."""
    if change is Change.SET:
        return money(amount)
    if old is None:
        return None
    return money(old * (1 + amount / HUNDRED) if change is Change.PERCENT else old + amount)


def discount_percent(*, list_total: Decimal, asked_total: Decimal) -> Decimal:
    """Return by how much the asked total is below the list, in percent with two decimals."""
    return ((list_total - asked_total) / list_total * HUNDRED).quantize(CENT, ROUND_HALF_UP)


def discount_steps(
    *,
    list_total: Decimal,
    asked_total: Decimal,
    below_floor: bool,
    supervisor_percent: Decimal,
    executive_percent: Decimal,
    asker: int = 0,
) -> tuple[str, ...]:
    """Return who signs a discount, one after the other (MKT-46).

    Up to ``supervisor_percent`` the supervisor, up to ``executive_percent`` also the executive,
    above it and below the floor price also head office. Exactly a threshold is within it.
    ``asker`` is how many steps of the chain the asker's own place stands at or above: those are
    left out, and at least the next one above signs.
    """
    share = (list_total - asked_total) * HUNDRED
    if below_floor or share > executive_percent * list_total:
        needed = len(CHAIN)
    elif share > supervisor_percent * list_total:
        needed = 2
    else:
        needed = 1
    return CHAIN[asker : max(needed, min(asker + 1, len(CHAIN)))] or CHAIN[-1:]


def list_steps(*, earlier_changes: int, restraint: int) -> tuple[str, ...]:
    """Return who signs a price list: the director as well from the ``restraint``-th on (MKT-47).

    ``earlier_changes`` are the approved changes of the project in the quarter.
    """
    return (SIGN_LIST, DIRECT_LIST) if earlier_changes + 1 >= restraint else (SIGN_LIST,)


def quarter_of(day: date) -> tuple[date, date]:
    """Return the first day of the calendar quarter of ``day``, and of the next quarter."""
    first = (day.month - 1) // QUARTER_MONTHS * QUARTER_MONTHS + 1
    start = date(day.year, first, 1)
    after = first + QUARTER_MONTHS
    return start, date(day.year + after // 13, (after - 1) % 12 + 1, 1)


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, the last of the month where it has no such."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date(year, month + 1, 28)


@dataclass(frozen=True, slots=True)
class Moved:
    """One unit of a list before and after; ``old`` is ``None`` for a first price."""

    unit: int
    layout: int | None
    old: Decimal | None
    new: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """What a list does: new totals by unit, how far each layout and the whole moves."""

    totals: Mapping[int, Decimal]
    by_layout: Mapping[int | None, Decimal]
    overall: Decimal

    def reference(
        self, *, unit: int | None, layout: int | None, before: Decimal, strict: bool = False
    ) -> Decimal:
        """Return what a unit stands at after the change, given what it stood at ``before``.

        Its own new price; else moved as the units of its layout; else as all of them, unless
        ``strict``: then it stays.
        """
        if unit is not None and unit in self.totals:
            return self.totals[unit]
        if layout is not None and layout in self.by_layout:
            return money(before * self.by_layout[layout])
        return before if strict else money(before * self.overall)


def movement_of(rows: Iterable[Moved]) -> Movement:
    """Return the movement of a list; first prices move nothing."""
    found = list(rows)
    sums: dict[int | None, list[Decimal]] = {}
    for row in found:
        if row.old is not None:
            pair = sums.setdefault(row.layout, [Decimal(0), Decimal(0)])
            pair[0] += row.old
            pair[1] += row.new
    old = sum((pair[0] for pair in sums.values()), Decimal(0))
    new = sum((pair[1] for pair in sums.values()), Decimal(0))
    return Movement(
        {row.unit: row.new for row in found},
        {layout: pair[1] / pair[0] for layout, pair in sums.items()},
        new / old if old else Decimal(1),
    )


def expected_compensation(*, buyers: Decimal, letters: Decimal, share_percent: Decimal) -> Decimal:
    """Return what a cut will cost: every broken letter, and a share of the other buyers' loss."""
    return money(letters + buyers * share_percent / HUNDRED)


def expected_churn(
    interested: int, *, changes: int, restraint: int, percent: Decimal, usual: Decimal
) -> int:
    """Return how many interested customers will leave (MKT-47: 3 changes a quarter, +25 %)."""
    share = percent if changes >= restraint else usual
    return int((Decimal(interested) * share / HUNDRED).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown: a code for its words, the amount (yuan), what it is made of.

    ``each`` is yuan per m² of ``quantity``, of taxes the percent of it.
    """

    code: str
    amount: Decimal
    quantity: Decimal | None = None
    each: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What a contract total is made of (MKT-51); ``lines`` add up to ``total``.

    ``net`` and ``vat`` add up to it too; ``besides`` is paid on top, to others.
    """

    lines: Sequence[Line]
    total: Decimal
    net: Decimal
    vat: Decimal
    besides: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a statement names beside the price: taxes in percent, the fund in yuan per m²."""

    vat_percent: Decimal
    deed_tax_percent: Decimal
    fund_per_m2: Decimal


def breakdown(
    *,
    area: Decimal,
    unit_price: Decimal | None,
    list_total: Decimal,
    agreed_total: Decimal,
    parking: Decimal,
    rates: Rates,
) -> Breakdown:
    """Return the lines of a contract total, from area and unit price to the discount.

    ``parking`` is what parking spaces under contracts of their own cost. Without a ``unit_price``
    the list total stands in one line.
    """
    lines: list[Line] = []
    if unit_price is None:
        lines.append(Line("list", list_total))
    else:
        exact = money(area * unit_price)
        lines.append(Line("area", exact, area, unit_price))
        if list_total != exact:
            lines.append(Line("rounding", list_total - exact))
    discount = agreed_total - list_total
    if discount:
        lines.append(Line("discount" if discount < 0 else "surcharge", discount))
    net = money(agreed_total / (1 + rates.vat_percent / HUNDRED))
    tax = money(net * rates.deed_tax_percent / HUNDRED)
    besides = [
        Line("deed_tax", tax, net, rates.deed_tax_percent),
        Line("fund", money(area * rates.fund_per_m2), area, rates.fund_per_m2),
    ]
    if parking:
        besides.append(Line("parking", parking))
    return Breakdown(lines, agreed_total, net, agreed_total - net, besides)
