"""What a customer is worth over the whole relation (ANA-09, CUS-81). Pure.

Value = margin of the contracts + what is expected of a first or second purchase, of referrals and
of yearly fees, discounted over a horizon; net of what the relation costs. Amounts in yuan, rounded
half up to the fen part by part, so that the nightly SQL agrees with this module to the fen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

FEN: Final = Decimal("0.01")
FINE: Final = Decimal("0.000001")
OLDEST: Final = 10  # years since the first purchase; older relations count as this old
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says: shares of 1, years, yuan per home and year."""

    margin: Decimal
    fee_margin: Decimal
    fee_per_home: Decimal
    fee_stay: Decimal
    horizon: int
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """Measured rates: per year since the first purchase, and per stage before it.

    ``second`` and ``referral`` hold, for 0 … 10 years since the first purchase, how many further
    purchases and referred buyers one owner brings a year. ``first`` is the share of customers of
    each buying stage who buy. ``price`` is what a home usually costs.
    """

    second: tuple[Decimal, ...]
    referral: tuple[Decimal, ...]
    first: Mapping[str, Decimal]
    price: Decimal


@dataclass(frozen=True, slots=True)
class Factors:
    """Rates summed over the horizon and discounted: by age, and of one home's fees."""

    second: tuple[Decimal, ...]
    referral: tuple[Decimal, ...]
    fees: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one customer; ``age`` whole years since the first purchase, None before."""

    agreed: Decimal = ZERO
    contracts: int = 0
    age: int | None = None
    fees: Decimal = ZERO
    returns: Decimal = ZERO
    homes: int = 0
    stage: str = ""
    wish: Decimal | None = None
    cost: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Worth:
    """The parts of one customer's value; ``gross`` is their sum, ``net`` is gross − cost."""

    contract: Decimal
    received: Decimal
    first: Decimal
    second: Decimal
    referral: Decimal
    fees: Decimal
    cost: Decimal
    gross: Decimal = field(init=False)
    net: Decimal = field(init=False)

    def __post_init__(self) -> None:
        """Add the parts up."""
        parts = (self.contract, self.received, self.first, self.second, self.referral, self.fees)
        object.__setattr__(self, "gross", sum(parts, ZERO))
        object.__setattr__(self, "net", self.gross - self.cost)

    @property
    def expected(self) -> Decimal:
        """What has not happened yet."""
        return self.first + self.second + self.referral + self.fees


def annuity(terms: Terms, *, stay: Decimal = Decimal(1)) -> Decimal:
    """Return today's worth of one yuan at the end of each year, kept with chance ``stay`` a year.

    Σ (stay / (1 + discount))^t for t = 1 … horizon.
    """
    step = stay / (1 + terms.discount)
    return _fine(sum((step**year for year in range(1, terms.horizon + 1)), ZERO))


def ageing(rates: Sequence[Decimal], age: int, terms: Terms) -> Decimal:
    """Return the discounted sum of a rate that changes with the years since the first purchase.

    Σ rate(age + t − 1) / (1 + discount)^t for t = 1 … horizon; beyond the last rate it stays.
    """
    last = len(rates) - 1
    return _fine(
        sum(
            (
                rates[min(age + year - 1, last)] / (1 + terms.discount) ** year
                for year in range(1, terms.horizon + 1)
            ),
            ZERO,
        )
    )


def factors(terms: Terms, rates: Rates) -> Factors:
    """Return the factors of every age, as the nightly job hands them to the database."""
    ages = range(OLDEST + 1)
    return Factors(
        second=tuple(ageing(rates.second, age, terms) for age in ages),
        referral=tuple(ageing(rates.referral, age, terms) for age in ages),
        fees=annuity(terms, stay=terms.fee_stay),
    )


def worth(known: Known, terms: Terms, rates: Rates) -> Worth:
    """Return the parts of one customer's value.

    A buyer: margin of the contracts, margin of fees and returns received, expected second purchase
    at the own average price, expected referrals at the usual price, fees of the homes handed over.
    Before the first purchase: the chance of the stage times the margin of what is wished for.
    """
    found = factors(terms, rates)
    received = _fen(terms.fee_margin * known.fees) + known.returns
    if known.age is None or known.contracts == 0:
        chance = rates.first.get(known.stage, ZERO)
        wished = rates.price if known.wish is None else known.wish
        first = _fen(chance * terms.margin * wished)
        return Worth(ZERO, received, first, ZERO, ZERO, ZERO, known.cost)
    age = min(known.age, OLDEST)
    own = _fen(known.agreed / known.contracts)
    return Worth(
        contract=_fen(terms.margin * known.agreed),
        received=received,
        first=ZERO,
        second=_fen(found.second[age] * terms.margin * own),
        referral=_fen(found.referral[age] * terms.margin * rates.price),
        fees=_fen(known.homes * terms.fee_per_home * terms.fee_margin * found.fees),
        cost=known.cost,
    )


def closed_form(margin: Decimal, retention: Decimal, discount: Decimal) -> Decimal | None:
    """Return the value of a margin earned each period for ever: m · r / (1 + i − r).

    Gupta and Lehmann; None where the sum has no end.
    """
    below = 1 + discount - retention
    return None if below <= 0 else margin * retention / below


def shrunk(events: int, years: float, *, prior: Decimal, weight: int) -> Decimal:
    """Return events a year, drawn towards ``prior`` as if ``weight`` years of it were seen."""
    seen = Decimal(str(round(years, 6))) + weight
    return _fine((events + prior * weight) / seen) if seen else prior


def allocate(total: Decimal, weights: Mapping[int, int]) -> dict[int, Decimal]:
    """Share ``total`` out by weight, to the fen; the shares add up to it exactly (ANA-12).

    What is left by rounding down goes, a fen each, to the largest remainders, then to the lowest
    keys. A negative total is shared like its opposite. Nothing to nobody: an empty answer.
    """
    whole = sum(weights.values())
    if whole <= 0:
        return {}
    sign, fen = (-1, int(-total * 100)) if total < 0 else (1, int(total * 100))
    parts = {key: divmod(fen * weight, whole) for key, weight in weights.items()}
    left = fen - sum(share for share, _rest in parts.values())
    order = sorted(parts, key=lambda key: (-parts[key][1], key))
    more = set(order[:left])
    return {
        key: Decimal(sign * (share + (key in more))) / 100 for key, (share, _rest) in parts.items()
    }


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def _fine(number: Decimal) -> Decimal:
    return number.quantize(FINE, rounding=ROUND_HALF_UP)
