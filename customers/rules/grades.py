"""How a customer's score and grade come about (CUS-10 to CUS-12). Pure.

Six factors, each normalised to 0…10,000 ten-thousandths in whole numbers, so that this module and
the set-based SQL of the regrade agree to the last cent. A factor's points are weight × normalised
value, rounded to 0.01 (half up); the score is their exact sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from customers.rules.axes import Grade, LeadState

FULL: Final = 10_000  # a factor at its best, in ten-thousandths
CENT: Final = Decimal("0.01")
GRADES: Final = tuple(Grade)


class Factor(StrEnum):
    """What a score is made of (CUS-11)."""

    CONTRIBUTION = "contribution"
    POTENTIAL = "potential"
    BEHAVIOUR = "behaviour"
    LOYALTY = "loyalty"
    SPENDING = "spending"
    SERVICE = "service"


FACTORS: Final = tuple(Factor)


class Mode(StrEnum):
    """How scores become grades: by share within a region, or by fixed cut-offs."""

    PERCENTILE = "percentile"
    THRESHOLD = "threshold"


# Amounts in fen at which a saturating scale x / (x + half) reaches one half.
HALF_CONTRIBUTION: Final = 1_000_000_00
HALF_BUDGET: Final = 3_000_000_00
# Shares of the parts of a factor, in ten-thousandths; each group adds up to FULL.
BUDGET, NEED, INTENT, ROLE = 3500, 1000, 4000, 1500
VISITS, STAGE = 4000, 6000
REFERRALS, PURCHASES = 6000, 4000
OPEN_LEAD, OPEN_TASK, RECENT_CONTACT = 5000, 3000, 2000

MOST_VISITS: Final = 4  # in 365 days; more count as four
MOST_REFERRALS: Final = 3
MOST_PURCHASES: Final = 2
MOST_INTENT: Final = 3
MOST_SPENDING: Final = 5
VISIT_DAYS: Final = 365
CONTACT_DAYS: Final = 30

# role in the purchase -> per cent of ROLE
ROLE_PERCENT: Final[Mapping[str, int]] = {
    "decider": 100,
    "influencer": 60,
    "user": 40,
    "adviser": 20,
}
# furthest state of a lead that is not lost -> per cent of STAGE
STAGE_PERCENT: Final[Mapping[str, int]] = {
    LeadState.NEW.value: 0,
    LeadState.ASSIGNED.value: 0,
    LeadState.CONTACTED.value: 20,
    LeadState.QUALIFIED.value: 40,
    LeadState.VISITED.value: 60,
    LeadState.SUBSCRIBED.value: 80,
    LeadState.SIGNED.value: 100,
}


@dataclass(frozen=True, slots=True)
class GradeInputs:
    """What is known about one customer; unknown values count as nothing.

    Columns: ``Customer.contribution`` and ``budget_max`` (yuan), ``layout`` or ``motive`` stated,
    ``intent`` 1–3, ``project_role``, ``spending_power`` 1–5; visits of the last 365 days among the
    interactions; leads that are not lost (furthest state, signed ones, open ones); customers
    referred; open tasks; a contact within 30 days.
    """

    contribution: Decimal = Decimal(0)
    budget: Decimal | None = None
    states_need: bool = False
    intent: int | None = None
    role: str = ""
    visits: int = 0
    furthest: LeadState | None = None
    referrals: int = 0
    purchases: int = 0
    spending_power: int | None = None
    has_open_lead: bool = False
    has_open_task: bool = False
    is_recently_contacted: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """Points per factor in the order of FACTORS, and the score they add up to (0 to 100)."""

    points: tuple[Decimal, ...]
    score: Decimal


def normalise(inputs: GradeInputs) -> tuple[int, ...]:
    """Return each factor in ten-thousandths of its best, in the order of FACTORS."""
    return (
        _saturate(_fen(inputs.contribution), HALF_CONTRIBUTION, FULL),
        _potential(inputs),
        _capped(inputs.visits, MOST_VISITS, VISITS)
        + _percent(STAGE, STAGE_PERCENT, inputs.furthest or ""),
        _capped(inputs.referrals, MOST_REFERRALS, REFERRALS)
        + _capped(inputs.purchases, MOST_PURCHASES, PURCHASES),
        _capped(inputs.spending_power or 0, MOST_SPENDING, FULL),
        OPEN_LEAD * inputs.has_open_lead
        + OPEN_TASK * inputs.has_open_task
        + RECENT_CONTACT * inputs.is_recently_contacted,
    )


def score(inputs: GradeInputs, *, weights: Sequence[int]) -> Scored:
    """Return points and score; ``weights`` in the order of FACTORS, adding up to 100."""
    cents = [
        (weight * part + 50) // 100 for weight, part in zip(weights, normalise(inputs), strict=True)
    ]
    return Scored(tuple(cent * CENT for cent in cents), sum(cents) * CENT)


def grade_for(value: Decimal, *, cutoffs: Sequence[Decimal | int]) -> Grade:
    """Return the grade of a score; ``cutoffs`` are the lowest scores of A, B, C and D."""
    for grade, lowest in zip(GRADES, cutoffs, strict=False):
        if value >= lowest:
            return grade
    return Grade.E


def last_ranks(count: int, *, shares: Sequence[int]) -> tuple[int, ...]:
    """Return up to which rank (1 is best) the grades A to D reach among ``count`` customers.

    ``shares`` in per cent for A to E; each cumulative share is rounded half up.
    """
    reached, ranks = 0, []
    for share in shares[:-1]:
        reached += share
        ranks.append((2 * count * reached + 100) // 200)
    return tuple(ranks)


def grade_by_share(scores: Mapping[int, Decimal], *, shares: Sequence[int]) -> dict[int, Grade]:
    """Return the grade of each customer of one region by rank: best score first, then lowest id."""
    ordered = sorted(scores, key=lambda key: (-scores[key], key))
    ranks = last_ranks(len(ordered), shares=shares)
    return {
        key: GRADES[sum(place > last for last in ranks)]
        for place, key in enumerate(ordered, start=1)
    }


def _potential(inputs: GradeInputs) -> int:
    return (
        _saturate(_fen(inputs.budget or Decimal(0)), HALF_BUDGET, BUDGET)
        + NEED * inputs.states_need
        + _capped(inputs.intent or 0, MOST_INTENT, INTENT)
        + _percent(ROLE, ROLE_PERCENT, inputs.role)
    )


def _fen(amount: Decimal) -> int:
    return max(0, int(amount * 100))


def _saturate(value: int, half: int, full: int) -> int:
    """Return full × value / (value + half), rounded down."""
    return full * value // (value + half)


def _capped(value: int, most: int, full: int) -> int:
    """Return full × value / most, rounded down, at most ``full``."""
    return full * min(value, most) // most


def _percent(full: int, table: Mapping[str, int], key: str) -> int:
    return full * table.get(key, 0) // 100
