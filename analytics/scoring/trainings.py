"""Which models can be trained from the register; each part tells its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a training: the version stored (None: none), its method, in use or why not."""

    version: int | None
    engine: str = ""
    in_use: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Training:
    """A model that can be trained: its kind and stage, and what trains it."""

    kind: str
    stage: str
    run: Callable[[datetime], Outcome]

    @property
    def key(self) -> str:
        """The name of its run in the log of jobs."""
        return f"train-now:{self.kind}:{self.stage}"


_KNOWN: dict[str, Training] = {}


def register_training(training: Training) -> None:
    """Make a training known; the last of a key counts."""
    _KNOWN[training.key] = training


def trainings(kind: str | None = None) -> list[Training]:
    """Return the trainings of a kind, of all without one."""
    return [one for one in _KNOWN.values() if kind is None or one.kind == kind]


def training_of(key: str) -> Any:
    """Return the training of a key; KeyError where nobody told it."""
    return _KNOWN[key]
