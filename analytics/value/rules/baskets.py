"""What customers who want one thing also want: association rules (ANA-43). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """One rule: who wants all of ``given`` also wants ``then``; shares are of 1."""

    given: tuple[str, ...]
    then: tuple[str, ...]
    support: float
    confidence: float
    lift: float
    conviction: float
    count: int
    baskets: int

    @property
    def leverage(self) -> float:
        """How much more often both come together than they would by chance."""
        return self.support - self.support / self.lift if self.lift else 0.0


@dataclass(frozen=True, slots=True)
class Mined:
    """All frequent sets, by size, and the rules; the highest lift first."""

    rules: tuple[Found, ...]
    sets: int
    baskets: int
    items: int


def mine(
    baskets: Iterable[Sequence[str]],
    *,
    support: float,
    confidence: float,
    longest: int = 4,
    single: bool = True,
) -> Mined:
    """Return the rules of ``baskets`` that reach both thresholds.

    With ``single`` only rules that lead to one thing. Empty baskets count in the support, as they
    are customers too.
    """
    from efficient_apriori import apriori

    rows = [tuple(sorted(set(basket))) for basket in baskets]
    if not rows:
        return Mined((), 0, 0, 0)
    itemsets, rules = apriori(
        rows, min_support=support, min_confidence=confidence, max_length=longest
    )
    found = [
        Found(
            given=tuple(sorted(rule.lhs)),
            then=tuple(sorted(rule.rhs)),
            support=rule.support,
            confidence=rule.confidence,
            lift=rule.lift,
            conviction=rule.conviction,
            count=rule.count_full,
            baskets=len(rows),
        )
        for rule in rules
        if not single or len(rule.rhs) == 1
    ]
    found.sort(key=lambda rule: (-rule.lift, -rule.support, rule.given, rule.then))
    return Mined(
        rules=tuple(found),
        sets=sum(len(each) for each in itemsets.values()),
        baskets=len(rows),
        items=len({item for row in rows for item in row}),
    )


def recommended(wishes: Iterable[str], rules: Iterable[Found]) -> list[Found]:
    """Return the rules that say something new to somebody with ``wishes``; best lift first."""
    have = set(wishes)
    fitting = [
        rule
        for rule in rules
        if rule.lift > 1 and set(rule.given) <= have and not set(rule.then) & have
    ]
    best: dict[tuple[str, ...], Found] = {}
    for rule in sorted(fitting, key=lambda rule: (-rule.lift, -rule.confidence, rule.given)):
        best.setdefault(rule.then, rule)
    return list(best.values())
