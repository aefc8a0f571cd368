"""A trained model whole: engine, calibration, references, and what it answers (design 1.4).

Its reasons are exact: base plus the blocks of a row is the log odds of its probability.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from analytics.scoring.rules.calibration import Calibration, calibration_from_json
from analytics.scoring.rules.errors import BrokenModelError
from analytics.scoring.rules.figures import expit
from analytics.scoring.rules.references import (
    EVERYBODY,
    Reference,
    reference_rows,
    reference_table,
)
from analytics.scoring.rules.tables import CATEGORY, Column, Floats, Table
from analytics.scoring.rules.terms import additive_from_json
from analytics.scoring.rules.trees import boosted_from_json

FORMAT = 1
CHUNK = 50_000
ENGINES = ("card", "logistic", "binned", "boosted", "boosted_default")


class Model(Protocol):
    """What an engine can do."""

    def logits(self, table: Table) -> Floats:
        """Return the raw log odds of each row."""

    def effects(self, table: Table, blocks: Mapping[str, str]) -> dict[str, Floats]:
        """Return the effect of each block on the raw log odds, up to a constant."""

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""


@dataclass(frozen=True)
class Explained:
    """Probabilities with what made them: ``base + parts.sum(axis=1) == odds``."""

    probabilities: Floats
    odds: Floats
    base: Floats
    blocks: tuple[str, ...]
    parts: Floats

    def by_block(self) -> dict[str, Floats]:
        """Return the contribution of each block to each row."""
        return {block: self.parts[:, place] for place, block in enumerate(self.blocks)}


@dataclass(frozen=True)
class Champion:
    """The model that is kept of one training.

    ``stage`` names the column whose level chooses the reference (empty: one for all);
    ``leaks`` holds columns that alone tell the outcome too well; ``left_out`` says why a column is
    not used; ``about`` carries figures of the training.
    """

    engine: str
    model: Model
    columns: tuple[Column, ...]
    calibration: Calibration
    references: dict[str, Reference]
    stage: str = ""
    leaks: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def logits(self, table: Table) -> Floats:
        """Return the calibrated log odds of each row."""
        return self._in_chunks(table, lambda part: self.calibration.apply(self.model.logits(part)))

    def probabilities(self, table: Table) -> Floats:
        """Return the probability of each row."""
        return expit(self.logits(table))

    def explain(self, table: Table) -> Explained:
        """Return probabilities with their base and blocks, in chunks that stay small."""
        ready = self._ready()
        parts = [
            self._explain(table.slice(start, start + CHUNK), *ready)
            for start in range(0, max(table.rows, 1), CHUNK)
        ]
        return Explained(
            np.concatenate([one.probabilities for one in parts]),
            np.concatenate([one.odds for one in parts]),
            np.concatenate([one.base for one in parts]),
            parts[0].blocks,
            np.concatenate([one.parts for one in parts]),
        )

    def reasons(self, table: Table) -> dict[str, Floats]:
        """Return the contribution of each block; with ``base`` they make the log odds."""
        return self.explain(table).by_block()

    def base(self, table: Table) -> Floats:
        """Return the log odds of each row's reference, the median stayer of its stage."""
        return self.explain(table).base

    @property
    def blocks(self) -> tuple[str, ...]:
        """Return the blocks that reasons are told in, in order."""
        return tuple(sorted({column.block for column in self.columns}))

    @property
    def _block_of(self) -> dict[str, str]:
        return {column.name: column.block for column in self.columns}

    def _ready(self) -> tuple[Floats, dict[str, Floats]]:
        rows = reference_table(self.columns, self.references)
        return self.model.logits(rows), self.model.effects(rows, self._block_of)

    def _explain(
        self, table: Table, reference_odds: Floats, reference_effects: dict[str, Floats]
    ) -> Explained:
        of_row = reference_rows(table, self.references, self.stage)
        places = {block: place for place, block in enumerate(self.blocks)}
        parts = np.zeros((table.rows, len(places)))
        for block, effect in self.model.effects(table, self._block_of).items():
            parts[:, places[block]] = effect - reference_effects[block][of_row]
        usual = reference_odds[of_row]
        base = self.calibration.apply(usual)
        raw = parts.sum(axis=1)
        odds = self.calibration.apply(usual + raw)
        still = np.abs(raw) < 1e-9
        scale = np.where(still, 0.0, (odds - base) / np.where(still, 1.0, raw))
        odds = np.where(still, base, odds)
        return Explained(expit(odds), odds, base, self.blocks, parts * scale[:, None])

    def _in_chunks(self, table: Table, of: Any) -> Floats:
        starts = range(0, max(table.rows, 1), CHUNK)
        return np.concatenate([of(table.slice(start, start + CHUNK)) for start in starts])

    def to_json(self) -> dict[str, Any]:
        """Return the whole model as plain data, with a checksum over it."""
        data = {
            "format": FORMAT,
            "engine": self.engine,
            "columns": [[one.name, one.kind, one.block] for one in self.columns],
            "model": self.model.as_json(),
            "calibration": self.calibration.as_json(),
            "references": self.references,
            "stage": self.stage,
            "leaks": self.leaks,
            "left_out": self.left_out,
            "about": self.about,
        }
        return {**data, "checksum": checksum(data)}


def checksum(data: dict[str, Any]) -> str:
    """Return SHA-256 over the data without its checksum; the order of keys does not matter."""
    kept = {key: value for key, value in data.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def champion_from_json(data: Any) -> Champion:
    """Return the model of stored data; BrokenModelError when it is not what was stored."""
    if not isinstance(data, dict):
        raise BrokenModelError("not_a_model")
    if data.get("format") != FORMAT:
        raise BrokenModelError("other_format", found=data.get("format"))
    if data.get("checksum") != checksum(data):
        raise BrokenModelError("checksum")
    try:
        found = _read(data)
        found.logits(reference_table(found.columns, found.references))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as broken:
        raise BrokenModelError("unreadable", part=str(broken)) from broken
    return found


def _read(data: dict[str, Any]) -> Champion:
    if data["engine"] not in ENGINES:
        raise ValueError(f"engine {data['engine']}")
    columns = tuple(Column(*one) for one in data["columns"])
    if EVERYBODY not in data["references"]:
        raise ValueError("references")
    return Champion(
        engine=data["engine"],
        model=_model(data["model"]),
        columns=columns,
        calibration=calibration_from_json(data["calibration"]),
        references={key: _reference(columns, one) for key, one in data["references"].items()},
        stage=str(data["stage"]),
        leaks=dict(data["leaks"]),
        left_out=dict(data["left_out"]),
        about=dict(data["about"]),
    )


def _model(data: dict[str, Any]) -> Model:
    if data["model"] == "additive":
        return additive_from_json(data)
    if data["model"] == "boosted":
        return boosted_from_json(data)
    raise ValueError(f"model {data['model']}")


def _reference(columns: tuple[Column, ...], data: dict[str, Any]) -> Reference:
    found: Reference = {}
    for column in columns:
        value = data[column.name]
        found[column.name] = (
            str(value) if column.kind == CATEGORY else None if value is None else float(value)
        )
    return found
