"""Questions of customers that nobody answered in time, for the service desk to take up.

Whoever keeps questions (groups on WeChat, for example) registers a source; the desk asks every
source on schedule and says which inquiry a question became. Neither knows the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question that waits; ``key`` is unique within its source."""

    key: str
    text: str
    asker: str
    asked_at: datetime
    where: str
    project_id: int
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class QuestionSource:
    """Where questions come from.

    ``waiting(now, limit)`` returns the oldest; ``taken(key, number, now)`` notes the inquiry that
    one became and does nothing when it is told again.
    """

    waiting: Callable[[datetime, int], list[OpenQuestion]]
    taken: Callable[[str, str, datetime], None]


_sources: dict[str, QuestionSource] = {}


def register_question_source(name: str, source: QuestionSource) -> None:
    """Make a source known; again replaces it."""
    _sources[name] = source


def forget_question_source(name: str) -> None:
    """Take a source out again."""
    _sources.pop(name, None)


def question_sources() -> dict[str, QuestionSource]:
    """Return every source by its name."""
    return dict(_sources)
