"""What other parts and floors above give to planning: figures that measure a goal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """From when to when (both days included) and for which project, None for the company."""

    start: date
    end: date
    project_id: int | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalSource:
    """A figure that can measure a goal; ``value`` is None where there is no data."""

    key: str
    label: Any
    value: Callable[[Question], Decimal | None]


_sources: dict[str, GoalSource] = {}


def register_goal_sources(sources: Iterable[GoalSource]) -> None:
    """Let goals be measured by ``sources``; registering again replaces."""
    from marketing.planning import goals

    _sources.update({source.key: source for source in sources})
    goals.register()


def goal_source(key: str) -> GoalSource | None:
    """Return the figure ``key``, None where nobody gives it."""
    return _sources.get(key)


def goal_sources() -> list[GoalSource]:
    """Return all figures that can measure a goal, by key."""
    return [_sources[key] for key in sorted(_sources)]
