"""How close an engine comes to the best possible score of a simulated company (design 5.4)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.scoring.rules.card import card
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.figures import ece, roc_auc
from analytics.scoring.rules.references import reference_rows, reference_table
from analytics.scoring.simulator.worlds import (
    DIRECTIONS,
    STAGES,
    Simulated,
    blocks_of,
)

GAPS: Final = {0: 0.025, 2_000: 0.015, 10_000: 0.006}
TOO_GOOD: Final = 0.005
RED_FROM: Final = 0.60


@dataclass(frozen=True)
class Closeness:
    """An engine on unseen customers; ``gap`` is how much AUC the best score is ahead."""

    engine: str
    auc: float
    bayes: float
    ece: float
    off: float
    top_block: float
    red_gap: float

    @property
    def gap(self) -> float:
        """Return by how much the best possible score is better."""
        return self.bayes - self.auc

    @property
    def is_leak(self) -> bool:
        """Tell whether it is better than can be: then it saw what it must not."""
        return self.gap < -TOO_GOOD


def measure(champion: Champion, unseen: Simulated) -> Closeness:
    """Return how close a model comes on customers it has not seen."""
    found = champion.explain(unseen.table)
    p, red = found.probabilities, found.probabilities >= RED_FROM
    usual = blocks_of(reference_table(champion.columns, champion.references), unseen.world)
    of_row = reference_rows(unseen.table, champion.references, champion.stage)
    true = blocks_of(unseen.table, unseen.world)
    excess = np.column_stack([true[name] - usual[name][of_row] for name in found.blocks])
    return Closeness(
        engine=champion.engine,
        auc=roc_auc(unseen.lost, p) or 0.5,
        bayes=roc_auc(unseen.lost, unseen.bayes) or 0.5,
        ece=ece(unseen.lost, p) or 0.0,
        off=float(np.abs(p - unseen.bayes).mean()),
        top_block=float((excess.argmax(1) == found.parts.argmax(1)).mean()),
        red_gap=float(abs(p[red].mean() - unseen.lost[red].mean())) if red.any() else 0.0,
    )


def cold_card(company: Simulated) -> Champion:
    """Return the card for a company that knows only the usual losses of its stages."""
    stages = company.stages()
    rates = {stage: float(company.bayes[stages == stage].mean()) for stage in STAGES}
    rates[""] = float(company.bayes.mean())
    return card(company.table, DIRECTIONS, rates, stage="stage")
