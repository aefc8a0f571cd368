"""The sweep that reminds and escalates, once per step (CUS-42, CUS-44)."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: subjects looked at, steps that took effect, messages written."""

    subjects: int = 0
    effects: int = 0
    messages: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.subjects + other.subjects,
            self.effects + other.effects,
            self.messages + other.messages,
        )


def sweep_clocks(*, now: dt.datetime, limit: int = 5000) -> Swept:
    """Take every due step of the clocks of leads; return what was done."""
    raise NotImplementedError


def sweep_tasks(*, now: dt.datetime, limit: int = 5000) -> Swept:
    """Take every due step of the open tasks; return what was done."""
    raise NotImplementedError
