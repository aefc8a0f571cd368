"""From a model and its inputs to probabilities with reasons, column by column, in one pass. Pure.

The figures are those of ``Champion.explain``: base plus the shares of all blocks is the log odds
of the probability; here the shares of single columns are kept too, for the words of a reason.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.churn.rules.columns import ACTIONABLE, CUSTOM
from analytics.scoring.rules.champion import Champion
from analytics.scoring.rules.figures import expit
from analytics.scoring.rules.references import reference_rows, reference_table
from analytics.scoring.rules.tables import Floats, Table

Ints = NDArray[np.int64]
MOST: Final = 3
LEAST_SHARE: Final = 0.05
STILL: Final = 1e-9


@dataclass(frozen=True)
class Scored:
    """Probabilities with what made them: ``base + shares.sum(axis=1)`` is ``odds``."""

    probabilities: Floats
    odds: Floats
    base: Floats
    columns: tuple[str, ...]
    shares: Floats
    block_names: tuple[str, ...]
    blocks: Floats


def score(champion: Champion, table: Table) -> Scored:
    """Return the score of each row with the share of each column in it."""
    references = reference_table(champion.columns, champion.references)
    usual_odds = champion.model.logits(references)
    singly = {column.name: column.name for column in champion.columns}
    usual = champion.model.effects(references, singly)
    of_row = reference_rows(table, champion.references, champion.stage)
    effects = champion.model.effects(table, singly)
    names = tuple(effects)
    shares = np.empty((table.rows, len(names)))
    for place, name in enumerate(names):
        shares[:, place] = effects[name] - usual[name][of_row]
    base = champion.calibration.apply(usual_odds[of_row])
    raw = shares.sum(axis=1)
    odds = champion.calibration.apply(usual_odds[of_row] + raw)
    still = np.abs(raw) < STILL
    odds = np.where(still, base, odds)
    shares *= np.where(still, 0.0, (odds - base) / np.where(still, 1.0, raw))[:, None]
    block_of = {column.name: column.block for column in champion.columns}
    block_names = tuple(sorted({block_of[name] for name in names}))
    places = np.array([block_names.index(block_of[name]) for name in names], dtype=np.int64)
    blocks = np.zeros((table.rows, len(block_names)))
    for place, block in enumerate(places.tolist()):
        blocks[:, block] += shares[:, place]
    return Scored(expit(odds), odds, base, names, shares, block_names, blocks)


def top_reasons(scored: Scored, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the three columns that raise the risk of these rows most, and which are told.

    Only columns somebody can do something about are told, and only those that raise the risk.
    """
    may = np.array([_may_be_told(name) for name in scored.columns])
    shares = np.where(may[None, :], scored.shares[rows], -np.inf)
    most = min(MOST, shares.shape[1])
    order = np.argsort(-shares, axis=1, kind="stable")[:, :most]
    return order, np.take_along_axis(shares, order, axis=1) > LEAST_SHARE


def _may_be_told(name: str) -> bool:
    return name in ACTIONABLE or name.startswith(CUSTOM)
