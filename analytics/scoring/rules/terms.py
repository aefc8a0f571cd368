"""An additive model: an intercept and one effect per column, so that reasons are exact.

Logistic regression on scaled inputs, logistic regression on quantile bins with linear terms, and
the expert card are all this one shape; they differ in which numbers are zero.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analytics.scoring.rules.tables import Floats, Table, codes_of


@dataclass(frozen=True)
class NumberTerm:
    """The effect of a number or flag: a slope, steps at the edges, and one for missing values.

    Values beyond those of training count as the nearest one seen.
    """

    column: str
    middle: float
    spread: float
    low: float
    high: float
    weight: float = 0.0
    missing: float = 0.0
    edges: tuple[float, ...] = ()
    steps: tuple[float, ...] = ()

    def effect(self, table: Table) -> Floats:
        """Return the effect on the log odds of each row."""
        given = table.numbers(self.column)
        absent = np.isnan(given)
        kept = np.clip(given, self.low, self.high)
        found: Floats = (kept - self.middle) * (self.weight / self.spread)
        if self.edges:
            places = np.searchsorted(np.asarray(self.edges), kept, side="right")
            found = found + np.asarray(self.steps)[places]
        if absent.any():
            found[absent] = self.missing
        return found

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"term": "number", **asdict(self)}


@dataclass(frozen=True)
class CategoryTerm:
    """The effect of each level of a category, and that of any level not among them."""

    column: str
    levels: tuple[str, ...]
    effects: tuple[float, ...]
    other: float = 0.0

    def effect(self, table: Table) -> Floats:
        """Return the effect on the log odds of each row."""
        codes = codes_of(table.texts(self.column), self.levels)
        found: Floats = np.append(np.asarray(self.effects, dtype=np.float64), self.other)[codes]
        return found

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"term": "category", **asdict(self)}


Term = NumberTerm | CategoryTerm


@dataclass(frozen=True)
class AdditiveModel:
    """An intercept and terms."""

    intercept: float
    terms: tuple[Term, ...]

    def logits(self, table: Table) -> Floats:
        """Return the log odds of each row."""
        found = np.full(table.rows, self.intercept)
        for term in self.terms:
            found += term.effect(table)
        return found

    def effects(self, table: Table, blocks: Mapping[str, str]) -> dict[str, Floats]:
        """Return the effect of the columns of each block on each row."""
        found: dict[str, Floats] = {}
        for term in self.terms:
            block, effect = blocks[term.column], term.effect(table)
            found[block] = found[block] + effect if block in found else effect
        return found

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "model": "additive",
            "intercept": self.intercept,
            "terms": [term.as_json() for term in self.terms],
        }


def additive_from_json(data: dict[str, Any]) -> AdditiveModel:
    """Return the model of what is stored; KeyError, TypeError or ValueError when it is broken."""
    return AdditiveModel(float(data["intercept"]), tuple(_term(one) for one in data["terms"]))


def _term(data: dict[str, Any]) -> Term:
    if data["term"] == "category":
        levels, effects = tuple(map(str, data["levels"])), tuple(map(float, data["effects"]))
        if len(levels) != len(effects):
            raise ValueError("levels and effects")
        return CategoryTerm(str(data["column"]), levels, effects, float(data["other"]))
    edges, steps = tuple(map(float, data["edges"])), tuple(map(float, data["steps"]))
    if edges and len(steps) != len(edges) + 1:
        raise ValueError("edges and steps")
    names = ("middle", "spread", "low", "high", "weight", "missing")
    one = {name: float(data[name]) for name in names}
    return NumberTerm(column=str(data["column"]), edges=edges, steps=steps, **one)
