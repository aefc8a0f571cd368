"""What was wrong in the demo's homes: found when they were walked, or with the buyer; repaired."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crm_site.demo import words
from crm_site.demo.handover import Home
from crm_site.demo.hours import in_office
from customers.handover.rules import DefectState, DefectStep, Occasion, Outcome, Severity
from customers.importers.copying import copy_rows, take_keys
from customers.models import DefectEvent, UnitDefect

NUMBERS = (0, 1, 1, 2, 3)
MAJOR_SHARE, WITH_BUYER_SHARE, FAILED_SHARE = 0.15, 0.3, 0.15
Step = tuple[datetime, DefectStep, str]
Where = tuple[Home, datetime | None, Outcome]


@dataclass(frozen=True, slots=True)
class Found:
    """A defect before it is written, with its steps."""

    home: Home
    occasion: Occasion
    severity: Severity
    room: str
    trade: str
    text: str
    steps: Sequence[Step]

    @property
    def state(self) -> DefectState:
        """Where it stands after its last step."""
        ends = {DefectStep.REPAIR: DefectState.REPAIRED, DefectStep.ACCEPT: DefectState.CLOSED}
        return ends.get(self.steps[-1][1], DefectState.OPEN)


@dataclass(slots=True)
class Finder:
    """Finds the defects of homes; the same ``chance`` finds the same."""

    chance: random.Random
    now: datetime

    def find(self, homes: Sequence[Where]) -> None:
        """Write the defects of all homes: those walked before, those found with the buyer."""
        found = [each for where in homes for each in self._of(*where)]
        keys = take_keys(UnitDefect, len(found))
        numbered = list(zip(keys, found, strict=True))
        copy_rows(
            UnitDefect,
            (
                *("id", "delivery_id", "occasion", "room", "trade", "severity", "text", "state"),
                *("failures", "found_by_id", "found_at", "closed_at", "created_at", "updated_at"),
            ),
            (_row(key, one) for key, one in numbered),
            {"entry_key": ""},
        )
        copy_rows(
            DefectEvent,
            ("defect_id", "at", "step", "note", "actor_id"),
            (
                (key, at, step.value, note, one.home.people.inspector.pk)
                for key, one in numbered
                for at, step, note in one.steps
            ),
            {},
        )

    def _of(self, home: Home, arrived_at: datetime | None, outcome: Outcome) -> Iterator[Found]:
        if home.delivery.walked_at is not None:
            for _ in range(self.chance.choice(NUMBERS)):
                is_major = self.chance.random() < MAJOR_SHARE
                at = home.walked_at - timedelta(minutes=self.chance.randint(1, 40))
                yield self._found(home, Occasion.SIMULATED, at, is_major=is_major, closes=True)
        if home.has_major:
            at = home.walked_at - timedelta(minutes=2)
            yield self._found(home, Occasion.SIMULATED, at, is_major=True, closes=False)
        if outcome is Outcome.REFUSED and arrived_at is not None:
            at = arrived_at + timedelta(minutes=45)
            yield self._found(home, Occasion.HANDOVER, at, is_major=True, closes=False)
        taken_at = home.delivery.taken_at
        if taken_at and arrived_at and self.chance.random() < WITH_BUYER_SHARE:
            at = arrived_at + (taken_at - arrived_at) / 2
            yield self._found(home, Occasion.HANDOVER, at, is_major=False, closes=True)

    def _found(
        self, home: Home, occasion: Occasion, at: datetime, *, is_major: bool, closes: bool
    ) -> Found:
        pool = words.MAJOR_DEFECTS if is_major else words.MINOR_DEFECTS
        trade, rooms, text = self.chance.choice(pool)
        here = [room for room in home.rooms if room.partition("-")[0] in rooms] or home.rooms
        steps: list[Step] = [(at, DefectStep.FOUND, text)]
        if closes:
            steps += [step for step in self._repaired(at, is_major=is_major) if step[0] <= self.now]
        severity = Severity.MAJOR if is_major else Severity.MINOR
        return Found(home, occasion, severity, self.chance.choice(here), trade, text, steps)

    def _repaired(self, at: datetime, *, is_major: bool) -> Iterator[Step]:
        """Yield the steps of a repair; some minor ones fail their first re-check."""
        fails = not is_major and self.chance.random() < FAILED_SHARE
        for is_last in (False, True) if fails else (True,):
            at = self._later(at, 1, 3 if is_major else 6)
            yield at, DefectStep.REPAIR, words.REPAIRED
            at = self._later(at, 1, 2)
            step = DefectStep.ACCEPT if is_last else DefectStep.FAIL
            yield at, step, "" if is_last else words.RECHECK_FAILED

    def _later(self, at: datetime, low: int, high: int) -> datetime:
        later = at + timedelta(days=self.chance.randint(low, high))
        return in_office(later, chance=self.chance, after=at, until=later + timedelta(days=1))


def _row(key: int, one: Found) -> tuple[Any, ...]:
    last, state = one.steps[-1][0], one.state
    return (
        *(key, one.home.delivery.pk, one.occasion.value, one.room, one.trade),
        *(one.severity.value, one.text, state.value),
        sum(step is DefectStep.FAIL for _at, step, _note in one.steps),
        *(one.home.people.inspector.pk, one.steps[0][0]),
        *(last if state is DefectState.CLOSED else None, one.steps[0][0], last),
    )
