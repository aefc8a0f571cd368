"""The two worlds and how their customers are drawn (design 5.3). Pure numpy.

The log odds of loss within a quarter are alpha + stage + k (service + price + other) + u, with u
drawn anew each quarter, so that the best possible score is known exactly.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.rules.figures import expit
from analytics.scoring.rules.tables import CATEGORY, FLAG, NUMBER, Column, Floats, Table

PROJECTS, CONSULTANTS = 12, 60
MEDIAN_HOURS, SPREAD_HOURS, LATE_ANSWERS = 2.0, 1.6, 1.5
MONTHS_LATE: Final = (2.0, 4.0, 5.0, 7.0, 9.0)
SEEN_BEFORE_SIGNING: Final = 0.5  # of a delay: part of the houses belongs to later phases
PRICE_RATES: Final = (0.2, 0.43, 0.61, 0.79, 0.97, 1.16, 1.37, 1.6, 1.87, 2.22, 2.72, 3.8)
STAGES: Final = ("意向", "到访", "认购", "签约在建", "已交付")  # han: stages of a customer
STAGE_ODDS: Final = (0.0, -0.6, -1.8, -3.4, -4.2)
STAGE_MIX: Final = (0.50, 0.28, 0.06, 0.10, 0.06)
SIGNED: Final = 3
CHANNEL_ODDS: Final = {
    "短视频": 0.35,  # han: channels of enquiries, also below
    "房产平台": 0.15,  # han: see above
    "渠道中介": 0.0,  # han: see above
    "自然来访": -0.25,  # han: see above
    "老带新": -0.60,  # han: see above
    "展会": 0.20,  # han: see above
}
CHANNEL_MIX: Final = (0.22, 0.18, 0.28, 0.15, 0.12, 0.05)
NODES: Final = 40

SERVICE, PRICE = "service", "price"
COLUMNS: Final = (
    Column("response_hours", NUMBER, SERVICE),
    Column("silent_days", NUMBER, SERVICE),
    Column("overdue", NUMBER, SERVICE),
    Column("on_time", NUMBER, SERVICE),
    Column("csat", NUMBER, SERVICE),
    Column("reassigned", FLAG, SERVICE),
    Column("price_changes", NUMBER, PRICE),
    Column("price_size", NUMBER, PRICE),
    Column("budget_gap", NUMBER, PRICE),
    Column("months_late", NUMBER, "construction"),
    Column("visits", NUMBER, "engagement"),
    Column("competitor", FLAG, "engagement"),
    Column("loan_refused", FLAG, "finance"),
    Column("channel", CATEGORY, "channel"),
    Column("referrals", NUMBER, "channel"),
    Column("repeat_owner", FLAG, "channel"),
    Column("stage", CATEGORY, "stage"),
)
# Which way each input points, for the card; the size is left to the data.
DIRECTIONS: Final[dict[str, Any]] = {
    **dict.fromkeys(("response_hours", "silent_days", "overdue", "reassigned"), 1.0),
    **dict.fromkeys(("price_changes", "price_size", "budget_gap", "months_late"), 1.0),
    **dict.fromkeys(("competitor", "loan_refused"), 1.0),
    **dict.fromkeys(("csat", "visits", "referrals", "repeat_owner"), -1.0),
    "channel": {"短视频": 1.0, "老带新": -1.5, "自然来访": -0.5},  # han: see above
}


@dataclass(frozen=True)
class World:
    """How strongly the inputs count, how much chance there is, and the level."""

    k: float
    sigma: float
    alpha: float


REALISTIC: Final = World(k=1.3, sigma=0.6, alpha=-2.719)
CLAIM: Final = World(k=2.2, sigma=0.3, alpha=-4.473)
WORLDS: Final = {"realistic": REALISTIC, "claim": CLAIM}


@dataclass(frozen=True)
class Simulated:
    """Customers of one quarter with their truth: log odds without chance, chance, and the loss."""

    world: World
    table: Table
    odds: Floats
    chance: Floats
    lost: Floats

    @cached_property
    def bayes(self) -> Floats:
        """Return the best probability anybody can say who sees the inputs alone."""
        return without_chance(self.odds, self.world.sigma)

    @property
    def oracle(self) -> Floats:
        """Return the probability of somebody who knows the chance too."""
        return expit(self.odds + self.chance)

    def stages(self) -> NDArray[Any]:
        """Return the stage of each customer."""
        return self.table.texts("stage")


def without_chance(odds: Floats, sigma: float) -> Floats:
    """Return the mean probability over u ~ N(0, sigma), by Gauss-Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    found = np.zeros(len(odds))
    for node, weight in zip(nodes, weights, strict=True):
        found += weight * expit(odds + sigma * node)
    return found / float(weights.sum())


def blocks_of(table: Table, world: World) -> dict[str, Floats]:
    """Return what each block truly adds to the log odds."""
    number = table.numbers
    channel = table.texts("channel")
    known = np.array(list(CHANNEL_ODDS), dtype=object)
    of_channel = np.zeros(table.rows)
    for name in known:
        of_channel[channel == name] = CHANNEL_ODDS[name]
    stage = np.zeros(table.rows)
    for name, odds in zip(STAGES, STAGE_ODDS, strict=True):
        stage[table.texts("stage") == name] = odds
    parts = {
        SERVICE: 0.22 * np.log1p(number("response_hours"))
        + 0.45 * np.log1p(number("silent_days") / 7)
        + 0.90 * np.minimum(number("overdue"), 2)
        + 0.10 * number("on_time")
        - 0.45 * np.nan_to_num(number("csat") - 3)
        + 0.50 * number("reassigned"),
        PRICE: 0.45 * np.minimum(number("price_changes"), 3)
        + 0.08 * number("price_size")
        + 2.5 * number("budget_gap"),
        "construction": 0.18 * np.minimum(number("months_late"), 8),
        "engagement": -0.35 * np.minimum(number("visits"), 4) + 0.80 * number("competitor"),
        "finance": 1.20 * number("loan_refused"),
        "channel": of_channel
        - 0.50 * np.minimum(number("referrals"), 2)
        - 0.40 * number("repeat_owner"),
    }
    return {name: world.k * part for name, part in parts.items()} | {"stage": stage}


def simulate(world: World, customers: int, seed: int) -> Simulated:
    """Return so many customers of one quarter; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    table = Table(COLUMNS, _inputs(rng, customers))
    odds = world.alpha + np.sum(list(blocks_of(table, world).values()), axis=0)
    chance = rng.normal(0, world.sigma, customers)
    lost = (rng.random(customers) < expit(odds + chance)).astype(np.float64)
    return Simulated(world, table, odds, chance, lost)


def _inputs(rng: np.random.Generator, n: int) -> dict[str, NDArray[Any]]:
    stage = rng.choice(len(STAGES), n, p=STAGE_MIX)
    project = rng.integers(0, PROJECTS, n)
    late = np.array((*MONTHS_LATE, *(0.0,) * (PROJECTS - len(MONTHS_LATE))))[project]
    rate = np.array(PRICE_RATES)[rng.permutation(PROJECTS)][project]
    late = np.where(stage == len(STAGES) - 1, 0.0, late)
    late = np.where(stage < SIGNED, SEEN_BEFORE_SIGNING * late, late)
    diligence = rng.beta(4, 2.2, CONSULTANTS)[rng.integers(0, CONSULTANTS, n)]
    signed = stage >= SIGNED
    hours = MEDIAN_HOURS * np.exp(SPREAD_HOURS * rng.normal(size=n))
    hours = np.clip(hours * np.exp(LATE_ANSWERS * (0.645 - diligence)), 0.02, 168)
    silent = rng.exponential(8 + 49 * (1 - diligence))
    complaints = rng.poisson(np.where(signed, 0.35 * (1 + 0.12 * late), 0.12))
    overdue = rng.binomial(complaints, 0.25 + 0.45 * (1 - diligence))
    csat = 4.65 - 0.45 * np.log1p(silent / 7) - 0.7 * overdue + rng.normal(0, 0.7, n)
    csat = np.where(rng.random(n) < 0.55, np.nan, np.clip(np.round(csat), 1, 5))
    changes = np.minimum(rng.poisson(rate), 3)
    visits = np.where(signed, 0.3, 1.0) * 0.9 * (0.6 + 0.8 * diligence)
    return {
        "response_hours": hours,
        "silent_days": silent,
        "overdue": overdue.astype(np.float64),
        "on_time": (complaints - overdue).astype(np.float64),
        "csat": csat,
        "reassigned": (rng.random(n) < 0.10).astype(np.float64),
        "price_changes": changes.astype(np.float64),
        "price_size": np.abs(rng.normal(0, 2.2 * np.sqrt(changes))),
        "budget_gap": np.clip(rng.normal(0.02, 0.12, n), -0.2, 0.4),
        "months_late": late,
        "visits": np.minimum(rng.poisson(visits), 4).astype(np.float64),
        "competitor": (rng.random(n) < 0.15).astype(np.float64),
        "loan_refused": (rng.random(n) < 0.06).astype(np.float64),
        "channel": rng.choice(list(CHANNEL_ODDS), n, p=CHANNEL_MIX).astype(object),
        "referrals": np.minimum(rng.poisson(np.where(signed, 0.35, 0.08)), 2).astype(np.float64),
        "repeat_owner": (rng.random(n) < 0.07).astype(np.float64),
        "stage": np.array(STAGES, dtype=object)[stage],
    }
