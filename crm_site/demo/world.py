"""A developer's customers drawn from a model whose truth is known (BEY-14). Pure.

Each customer has, at a snapshot, facts of service, price and circumstances. The chance to be lost
within a quarter follows from them: ``logit p = alpha + stage + k (S + P + O) + u`` with
``u ~ N(0, sigma)`` drawn anew each quarter. What nobody can know is ``u``; ``observed_chance`` is
``p`` averaged over it, so that it is the best any forecast can do.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

STAGES: Mapping[str, tuple[float, float]] = {  # share, effect on the logit
    "intent": (0.50, 0.0),
    "visited": (0.28, -0.6),
    "subscribed": (0.06, -1.8),
    "signed": (0.10, -3.4),
    "handed_over": (0.06, -4.2),
}
CHANNELS: Mapping[str, tuple[float, float]] = {
    "short_video": (0.22, 0.35),
    "property_portal": (0.18, 0.15),
    "agent": (0.28, 0.0),
    "walk_in": (0.15, -0.25),
    "referral": (0.12, -0.60),
    "exhibition": (0.05, 0.20),
}
BUYERS = frozenset({"signed", "handed_over"})
BUYING_SHARE = sum(STAGES[stage][0] for stage in (*BUYERS, "subscribed"))
WEEKS = 13
# Nodes and weights of Gauss-Hermite quadrature of order 9 (physicists' form).
NODES = (
    (0.0, 0.7202352156060510),
    (0.7235510187528376, 0.4326515590025558),
    (-0.7235510187528376, 0.4326515590025558),
    (1.468553289216668, 0.08847452739437657),
    (-1.468553289216668, 0.08847452739437657),
    (2.266580584531843, 0.004943624275536947),
    (-2.266580584531843, 0.004943624275536947),
    (3.190993201781528, 0.00003960697726326438),
    (-3.190993201781528, 0.00003960697726326438),
)


@dataclass(frozen=True, slots=True)
class World:
    """How strongly the facts decide, and from which excess a lost customer names a reason.

    ``red_cut`` is the chance from which a customer counts as in danger.
    """

    name: str
    k: float
    sigma: float
    alpha: float
    service_excess: float
    price_excess: float
    red_cut: float


REALISTIC = World("realistic", 1.3, 0.6, -2.719, -0.144, 0.083, 0.531)
CLAIM = World("claim", 2.2, 0.3, -4.473, -0.052, 0.444, 0.396)
WORLDS = {world.name: world for world in (REALISTIC, CLAIM)}


@dataclass(frozen=True, slots=True)
class Place:
    """A project as the model sees it."""

    price_change_rate: float
    delay_months: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What stood about one customer at the snapshot; hours, days, months and shares as named."""

    stage: str
    channel: str
    project: int
    consultant: int
    response_hours: float
    silent_days: float
    late_complaints: int
    complaints: int
    satisfaction: float | None
    was_reassigned: bool
    price_changes: int
    price_change_percent: float
    budget_gap: float
    delay_months: int
    visits: int
    saw_competitor: bool
    loan_refused: bool
    referrals: int
    owns_already: bool


@dataclass(frozen=True, slots=True)
class Fate:
    """The truth about one customer: the three parts of the logit, the chance, what came of it."""

    service: float
    price: float
    other: float
    observed_chance: float
    chance: float
    lost_in_week: int | None
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Draw:
    """All customers of one world, and what holds for its projects and consultants."""

    world: World
    places: list[Place]
    diligence: list[float]
    people: list[tuple[Facts, Fate]] = field(default_factory=list)


def draw(*, world: World, count: int, projects: int, consultants: Sequence[int], seed: int) -> Draw:
    """Return ``count`` customers of ``world``; the same seed gives the same ones.

    ``consultants`` holds, for each consultant, the number of the project they work for.
    """
    chance = random.Random(f"{seed}:world")  # noqa: S311 -- demo data, not a secret
    places = _places(projects, chance)
    diligence = [chance.betavariate(4, 2.2) for _ in consultants]
    found = Draw(world, places, diligence)
    facts = [_facts(places, diligence, consultants, chance) for _ in range(count)]
    parts = [(service_part(one), price_part(one), other_part(one)) for one in facts]
    middle = [_median([part[side] for part in parts]) for side in (0, 1)]
    for one, (service, price, other) in zip(facts, parts, strict=True):
        base = world.alpha + STAGES[one.stage][1] + world.k * (service + price + other)
        certain = _chance(base + chance.gauss(0, world.sigma))
        week = _week_of_loss(certain, chance)
        cited = _reasons(world, service - middle[0], price - middle[1]) if week is not None else ()
        fate = Fate(service, price, other, observed_chance(base, world.sigma), certain, week, cited)
        found.people.append((one, fate))
    return found


def observed_chance(base: float, sigma: float) -> float:
    """Return the chance to be lost given everything that can be seen, averaged over ``u``."""
    total = sum(weight * _chance(base + math.sqrt(2) * sigma * node) for node, weight in NODES)
    return total / math.sqrt(math.pi)


def service_part(facts: Facts) -> float:
    """Return what response, silence, complaints, satisfaction and reassignment add (S)."""
    satisfied = 0.0 if facts.satisfaction is None else facts.satisfaction - 3
    on_time = facts.complaints - facts.late_complaints
    return (
        0.22 * math.log1p(facts.response_hours)
        + 0.45 * math.log1p(facts.silent_days / 7)
        + 0.90 * min(facts.late_complaints, 2)
        + 0.10 * on_time
        - 0.45 * satisfied
        + 0.50 * facts.was_reassigned
    )


def price_part(facts: Facts) -> float:
    """Return what changes of price and the gap between budget and price add (P)."""
    return (
        0.45 * min(facts.price_changes, 3)
        + 0.08 * facts.price_change_percent
        + 2.5 * facts.budget_gap
    )


def other_part(facts: Facts) -> float:
    """Return what channel, delay, visits, rivals, loans and ties add (O)."""
    return (
        CHANNELS[facts.channel][1]
        + 0.18 * min(facts.delay_months, 8)
        - 0.35 * min(facts.visits, 4)
        + 0.80 * facts.saw_competitor
        + 1.20 * facts.loan_refused
        - 0.50 * min(facts.referrals, 2)
        - 0.40 * facts.owns_already
    )


def _places(count: int, chance: random.Random) -> list[Place]:
    """Return the projects: five of twelve are late, by two to nine months.

    The rates of price changes follow Gamma(2, 0.75), one from each of ``count`` equal parts, so
    that few projects carry its mean too.
    """
    parts = sorted(chance.gammavariate(2, 0.75) for _ in range(count * 199))
    rates = [parts[199 * number + 99] for number in range(count)]
    chance.shuffle(rates)
    late = max(1, round(count * 5 / 12)) if count > 1 else 0
    delays = [round(2 + 7 * (number + 0.5) / late) for number in range(late)]
    return [
        Place(rate, delays[number] if number < late else 0) for number, rate in enumerate(rates)
    ]


def _facts(
    places: Sequence[Place],
    diligence: Sequence[float],
    consultants: Sequence[int],
    chance: random.Random,
) -> Facts:
    consultant = chance.randrange(len(consultants))
    place, care = places[consultants[consultant]], diligence[consultant]
    stage = _pick(STAGES, chance)
    bought = stage in BUYERS
    delay = _delay_felt(stage, place)
    silent = chance.expovariate(1 / (8 + 49 * (1 - care)))
    rate = 0.35 * (1 + 0.12 * delay) if bought else 0.12
    complaints = _poisson(rate, chance)
    late = sum(chance.random() < 0.25 + 0.45 * (1 - care) for _ in range(complaints))
    changes = _poisson(place.price_change_rate, chance)
    response = chance.lognormvariate(math.log(2) + 1.5 * (0.645 - care), 1.6)
    return Facts(
        stage=stage,
        channel=_pick(CHANNELS, chance),
        project=consultants[consultant],
        consultant=consultant,
        response_hours=min(max(response, 0.02), 168),
        silent_days=silent,
        late_complaints=late,
        complaints=complaints,
        satisfaction=_satisfaction(silent, late, chance),
        was_reassigned=chance.random() < 0.10,
        price_changes=changes,
        price_change_percent=abs(chance.gauss(0, 2.2 * math.sqrt(changes))) if changes else 0.0,
        budget_gap=min(max(chance.gauss(0.02, 0.12), -0.2), 0.4),
        delay_months=delay,
        visits=_poisson(0.3 if bought else 0.9 * (0.6 + 0.8 * care), chance),
        saw_competitor=chance.random() < 0.15,
        loan_refused=chance.random() < 0.06,
        referrals=_poisson(0.35 if bought else 0.08, chance),
        owns_already=chance.random() < 0.07,
    )


def _delay_felt(stage: str, place: Place) -> int:
    """Return the months of delay that concern a customer: all after signing, half before."""
    if stage == "handed_over":
        return 0
    return place.delay_months if stage == "signed" else place.delay_months // 2


def _satisfaction(silent: float, late: int, chance: random.Random) -> float | None:
    """Return a mark of 1 to 5 that falls with silence and late complaints; 55 % give none."""
    if chance.random() < 0.55:
        return None
    mark = chance.gauss(4.0 - 0.3 * math.log1p(silent / 7) - 0.7 * late, 0.8)
    return min(max(mark, 1.0), 5.0)


def _week_of_loss(certain: float, chance: random.Random) -> int | None:
    """Return the week of the quarter in which the customer is lost, by a constant weekly hazard."""
    hazard = 1 - (1 - certain) ** (1 / WEEKS)
    return next((week for week in range(WEEKS) if chance.random() < hazard), None)


def _reasons(world: World, service: float, price: float) -> tuple[str, ...]:
    named = (("service", service > world.service_excess), ("price", price > world.price_excess))
    return tuple(reason for reason, said in named if said)


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0


def _pick(shares: Mapping[str, tuple[float, float]], chance: random.Random) -> str:
    return chance.choices(list(shares), [share for share, _effect in shares.values()])[0]


def _poisson(mean: float, chance: random.Random) -> int:
    """Return a draw from the Poisson distribution (Knuth's product of uniforms)."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def area_under_curve(scored: Sequence[tuple[float, bool]]) -> float:
    """Return how often a lost customer is scored above one who stays; ties count half."""
    ordered = sorted(scored)
    ranks: Iterator[tuple[float, bool]] = iter(_with_ranks(ordered))
    lost = [rank for rank, is_lost in ranks if is_lost]
    count, rest = len(lost), len(ordered) - len(lost)
    return (sum(lost) - count * (count + 1) / 2) / (count * rest)


def _with_ranks(ordered: Sequence[tuple[float, bool]]) -> Iterator[tuple[float, bool]]:
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        rank = (start + 1 + end) / 2
        for position in range(start, end):
            yield rank, ordered[position][1]
        start = end
