"""A score reproduced from the stored model, column by column (PIPL, article 24)."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analytics.churn.features.building import STAGES, cut_at, read_snapshot
from analytics.churn.models import ChurnScore
from analytics.churn.policies import levels_at
from analytics.churn.rules.delivered import delivered_card
from analytics.churn.rules.scored import score as score_table
from analytics.churn.selectors.scores import block_of
from analytics.churn.services.engines import KIND
from analytics.churn.words import BLOCKS, label_of, shown_value
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.errors import BrokenModelError
from analytics.scoring.rules.figures import expit
from analytics.scoring.services.registering import champion_of

SAME: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """What one input adds to the log odds."""

    block: Any
    label: str
    value: str
    usual: str
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Base plus the shares of all parts is the log odds; ``agrees``: it is the stored score."""

    base: float
    parts: list[Part]
    odds: float
    probability: float
    agrees: bool


def explain(score: ChurnScore) -> Explanation | None:
    """Return how ``score`` came about, worked out anew as of then; None when that is impossible.

    It is where the model was removed or is broken, or the customer is no longer at that stage.
    """
    champion = _champion(score)
    if champion is None:
        return None
    shot = read_snapshot(cut_at(score.scored_at), score.pk, score.pk)
    if not len(shot.ids) or STAGES[int(shot.stages[0])] != score.stage:
        return None
    found = score_table(champion, shot.table)
    usual = champion.references.get("", {})
    parts = [
        Part(
            block=BLOCKS.get(block_of(name), block_of(name)),
            label=label_of(name),
            value=shown_value(name, _plain(shot.table.values[name][0])),
            usual=shown_value(name, usual.get(name)),
            share=float(found.shares[0, place]),
        )
        for place, name in enumerate(found.columns)
        if abs(found.shares[0, place]) >= SAME
    ]
    base = float(found.base[0])
    odds = base + float(found.shares[0].sum())
    probability = float(expit(np.array([odds]))[0])
    return Explanation(
        base=base,
        parts=sorted(parts, key=lambda part: -abs(part.share)),
        odds=odds,
        probability=probability,
        agrees=abs(probability - score.probability) <= SAME,
    )


def _champion(score: ChurnScore) -> Champion | None:
    if score.model_version == 0:
        rate = levels_at(score.scored_at).base_rates[score.stage] / 1000
        return delivered_card(rate)
    row = ScoreModel.objects.of(KIND, score.stage).filter(version=score.model_version).first()
    try:
        return champion_of(row) if row is not None else None
    except BrokenModelError:
        return None


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)
