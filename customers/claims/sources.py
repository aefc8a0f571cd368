"""What other apps made public about a project: it belongs into the ledger of claims (BEY-06)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

Source = Callable[[int, datetime], Iterable["Candidate"]]
_sources: dict[str, Source] = {}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that was said and is not in the ledger; ``key`` names it in a form."""

    key: str
    source: str
    words: str
    reference: str
    purchase: int | None = None


def register_claim_source(key: str, source: Source) -> None:
    """Let ``source(project_id, now)`` bring claims that were published; again replaces it."""
    _sources[key] = source


def forget_claim_source(key: str) -> None:
    """Take a source out again."""
    _sources.pop(key, None)


def published(project_id: int, now: datetime) -> Iterator[Candidate]:
    """Return what every source brings about a project."""
    for source in _sources.values():
        yield from source(project_id, now)
