"""Pure rails of every score: tables, candidates, calibration, reasons, figures.

scikit-learn is imported where a model is fitted, never when a stored model is read or applied.
"""

from analytics.scoring.rules.card import card
from analytics.scoring.rules.champion import Champion, Explained, champion_from_json
from analytics.scoring.rules.errors import (
    BrokenModelError,
    CannotTrainError,
    ScoringRefusedError,
)
from analytics.scoring.rules.figures import Metrics, metrics, psi
from analytics.scoring.rules.tables import CATEGORY, FLAG, NUMBER, Column, Table
from analytics.scoring.rules.training import train

__all__ = [
    "CATEGORY",
    "FLAG",
    "NUMBER",
    "BrokenModelError",
    "CannotTrainError",
    "Champion",
    "Column",
    "Explained",
    "Metrics",
    "ScoringRefusedError",
    "Table",
    "card",
    "champion_from_json",
    "metrics",
    "psi",
    "train",
]
