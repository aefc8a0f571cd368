"""The steps of a playbook: their shape, their faults, and which are due to be made (CUS-24). Pure.

A step is kept as JSON: ``key`` (unique within the playbook), ``title``, ``offset_months`` and
``offset_hours`` after the start, ``basis`` (working or natural hours), ``role`` (who does it),
``task_kind`` and ``gate`` (whether the steps behind it wait until it is finished).
"""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from crm_site.calendars.rules.states import Basis
from customers.rules.axes import TaskKind

MOST_STEPS = 20
LONGEST_OFFSET = 2 * 366 * 24
MOST_MONTHS = 120
LONGEST_TITLE = 120
KEY = re.compile(r"[a-z0-9-]{1,16}")
# A task is made this long before it is due, so that nobody's list fills up with next year.
AHEAD = dt.timedelta(days=7)


class StepRole(StrEnum):
    """Who does a step, seen from the customer."""

    OWNER = "owner"
    BACKUP = "backup"
    SUPERVISOR = "supervisor"
    SPECIALIST = "specialist"


class StepFault(StrEnum):
    NO_STEPS = "no_steps"
    TOO_MANY = "too_many"
    SHAPE = "shape"
    KEY = "key"
    KEY_TWICE = "key_twice"
    TITLE = "title"
    OFFSET = "offset_hours"
    MONTHS = "offset_months"
    BASIS = "basis"
    ROLE = "role"
    KIND = "task_kind"
    GATE = "gate"


class StepsError(ValueError):
    """Steps that cannot be kept; ``faults`` are (number of the step from 1, 0 for all; fault)."""

    def __init__(self, faults: Sequence[tuple[int, StepFault]]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{number}: {fault.value}" for number, fault in faults))


@dataclass(frozen=True, slots=True)
class PlaybookStep:
    """One thing to do, calendar months and then hours after the playbook started."""

    key: str
    title: str
    offset_hours: int
    role: StepRole = StepRole.OWNER
    task_kind: TaskKind = TaskKind.FOLLOW_UP
    basis: Basis = Basis.NATURAL
    gate: bool = False
    offset_months: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of one run with its time."""

    step: PlaybookStep
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Advance:
    """What a run does now: steps to make, when to look again (None: once a task is finished)."""

    to_make: tuple[Planned, ...]
    next_at: dt.datetime | None
    is_over: bool


def read_steps(raw: Any) -> tuple[PlaybookStep, ...]:
    """Return the steps of the JSON; raise ``StepsError`` naming every fault."""
    if not isinstance(raw, list) or not raw:
        raise StepsError([(0, StepFault.NO_STEPS)])
    if len(raw) > MOST_STEPS:
        raise StepsError([(0, StepFault.TOO_MANY)])
    faults = [(n, fault) for n, one in enumerate(raw, start=1) for fault in _faults_of(one)]
    keys = [one.get("key") for one in raw if isinstance(one, Mapping)]
    faults += [
        (n, StepFault.KEY_TWICE) for n, key in enumerate(keys, start=1) if key in keys[: n - 1]
    ]
    if faults:
        raise StepsError(sorted(faults))
    return tuple(_step(one) for one in raw)


def steps_json(steps: Sequence[PlaybookStep]) -> list[dict[str, Any]]:
    """Return the steps as they are stored."""
    return [
        {name: getattr(value, "value", value) for name, value in asdict(step).items()}
        for step in steps
    ]


def advance(
    planned: Sequence[Planned],
    *,
    made: Collection[str],
    finished: Collection[str],
    now: dt.datetime,
) -> Advance:
    """Return what is to be made at ``now``; steps behind an unfinished gate wait.

    ``made`` are the keys that have a task, ``finished`` those whose task is no longer open.
    """
    to_make: list[Planned] = []
    later: list[Planned] = []
    for each in planned:
        if each.step.key not in made:
            (to_make if each.due_at - AHEAD <= now else later).append(each)
        if each.step.gate and each.step.key not in finished:
            break
    next_at = min((each.due_at - AHEAD for each in later), default=None)
    is_over = all(each.step.key in finished for each in planned)
    return Advance(tuple(to_make), next_at, is_over)


def _faults_of(raw: Any) -> list[StepFault]:
    if not isinstance(raw, Mapping):
        return [StepFault.SHAPE]
    title, offset = raw.get("title"), raw.get("offset_hours")
    is_number, months = _is_number(offset), raw.get("offset_months", 0)
    is_months = _is_number(months) and 0 <= months <= MOST_MONTHS
    checks = {
        StepFault.KEY: bool(KEY.fullmatch(str(raw.get("key", "")))),
        StepFault.TITLE: isinstance(title, str) and 0 < len(title.strip()) <= LONGEST_TITLE,
        StepFault.OFFSET: is_number and (0 if months else 1) <= int(offset or 0) <= LONGEST_OFFSET,
        StepFault.MONTHS: is_months,
        StepFault.BASIS: raw.get("basis", Basis.NATURAL) in set(Basis),
        StepFault.ROLE: raw.get("role") in set(StepRole),
        StepFault.KIND: raw.get("task_kind") in set(TaskKind),
        StepFault.GATE: isinstance(raw.get("gate", False), bool),
    }
    return [fault for fault, is_right in checks.items() if not is_right]


def _step(raw: Mapping[str, Any]) -> PlaybookStep:
    return PlaybookStep(
        key=raw["key"],
        title=raw["title"].strip(),
        offset_hours=raw["offset_hours"],
        role=StepRole(raw["role"]),
        task_kind=TaskKind(raw["task_kind"]),
        basis=Basis(raw.get("basis", Basis.NATURAL)),
        gate=raw.get("gate", False),
        offset_months=raw.get("offset_months", 0),
    )


def months_after(start: dt.datetime, months: int) -> dt.datetime:
    """Return the same hour so many calendar months later; on the last day of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
