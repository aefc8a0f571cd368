"""What is true of a simulated company: its red cut, cited reasons, and what treatment does."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.rules.figures import expit
from analytics.scoring.rules.tables import Floats
from analytics.scoring.simulator.worlds import PRICE, SERVICE, Simulated, blocks_of

CHURN_OF_RED, CITE_SERVICE, CITE_PRICE = 0.72, 0.72, 0.65
HOLD_OUT = 0.15
SHIFTS: Final = {SERVICE: -2.2, PRICE: -0.9, "": 0.3}


def red_cut(p: Floats, share_lost: float = CHURN_OF_RED) -> float:
    """Return the probability above which this share is lost when nobody acts."""
    ordered = np.sort(p)[::-1]
    mean = np.cumsum(ordered) / np.arange(1, len(p) + 1)
    inside = np.flatnonzero(mean >= share_lost)
    return float(ordered[inside[-1]]) if len(inside) else 1.0


def excess_of(company: Simulated) -> dict[str, Floats]:
    """Return by how much service and price are worse than for the median customer, without k."""
    blocks = blocks_of(company.table, company.world)
    return {
        name: (blocks[name] - np.median(blocks[name])) / company.world.k
        for name in (SERVICE, PRICE)
    }


def cited(company: Simulated) -> dict[str, tuple[float, NDArray[np.bool_]]]:
    """Return the threshold above which a customer would cite a block, and who would.

    Of the lost 72 % cite service and 65 % price; many stayers are above the same thresholds, so a
    cited share is not a share that could have been kept.
    """
    found = {}
    lost = company.lost == 1
    for (name, excess), share in zip(
        excess_of(company).items(), (CITE_SERVICE, CITE_PRICE), strict=True
    ):
        threshold = float(np.quantile(excess[lost], 1 - share))
        found[name] = (threshold, excess > threshold)
    return found


@dataclass(frozen=True)
class Trial:
    """Red customers, who of them was held out, who was lost, and the mean true effect."""

    red: NDArray[np.intp]
    held_out: NDArray[np.bool_]
    lost: Floats
    effect: float

    def estimate(self) -> tuple[float, float, float]:
        """Return how much less the treated are lost, with its 95 % interval."""
        treated, control = self.lost[~self.held_out], self.lost[self.held_out]
        gain = float(control.mean() - treated.mean())
        error = np.sqrt(treated.var() / max(len(treated), 1) + control.var() / max(len(control), 1))
        return gain, gain - 1.96 * float(error), gain + 1.96 * float(error)


def treat(company: Simulated, *, seed: int) -> Trial:
    """Return what happens when red customers are called, but for a random part held out.

    A call helps most where service is the largest grievance, a little where it is price, and
    annoys where neither is.
    """
    rng = np.random.default_rng(seed)
    red = np.flatnonzero(company.bayes >= red_cut(company.bayes))
    excess = {name: one[red] for name, one in excess_of(company).items()}
    largest = np.where(excess[SERVICE] >= excess[PRICE], SERVICE, PRICE).astype(object)
    largest[np.maximum(excess[SERVICE], excess[PRICE]) <= 0] = ""
    shift = np.array([SHIFTS[name] for name in largest])
    held_out = rng.random(len(red)) < HOLD_OUT
    odds = company.odds[red] + company.chance[red]
    untreated, treated = expit(odds), expit(odds + shift)
    lost = rng.random(len(red)) < np.where(held_out, untreated, treated)
    return Trial(red, held_out, lost.astype(np.float64), float((untreated - treated).mean()))
