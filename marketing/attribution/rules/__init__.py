"""The pure rules of attribution: how money is shared among the touches that led to it."""

from marketing.attribution.rules.chain import Chain, removal
from marketing.attribution.rules.kinds import HEURISTICS, Claim, Model, TouchKind, claimed_channel
from marketing.attribution.rules.shares import UNITS, apportioned, spread, weights_of

__all__ = [
    "HEURISTICS",
    "UNITS",
    "Chain",
    "Claim",
    "Model",
    "TouchKind",
    "apportioned",
    "claimed_channel",
    "removal",
    "spread",
    "weights_of",
]
