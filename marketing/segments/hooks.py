"""What other parts give to segments: things to recommend, and the lifetime value."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketing.segments.rules.recommend import Candidate

Source = Callable[[Any, datetime], Iterable[Candidate]]

_sources: dict[str, Source] = {}
_values: dict[str, Callable[[], Any]] = {}


def register_source(name: str, source: Source) -> None:
    """Let ``source(customer, now)`` propose things to recommend; again replaces it."""
    _sources[name] = source


def candidates_for(customer: Any, now: datetime) -> list[Candidate]:
    """Return what all sources propose for a customer."""
    return [one for source in _sources.values() for one in source(customer, now)]


def register_lifetime_value(expression: Callable[[], Any]) -> None:
    """Let ``expression()`` give the lifetime value (yuan) of the customer of the outer query."""
    _values["lifetime"] = expression


def lifetime_value() -> Any:
    """Return the expression of the lifetime value; None where nobody computes one."""
    found = _values.get("lifetime")
    return found() if found else None


@dataclass(frozen=True, slots=True)
class Clusters:
    """Groups that a cluster analysis found: those offered to a user, and the members of one.

    ``offered(user)`` returns pairs of a key and a name; ``members(user, key)`` the ids of the
    customers of the group that the user sees, None for a key that is not offered.
    """

    offered: Callable[[Any], list[tuple[str, str]]]
    members: Callable[[Any, str], Iterable[int] | None]


_clusters: dict[str, Clusters] = {}


def register_clusters(clusters: Clusters) -> None:
    """Offer groups to be kept as segments; again replaces it."""
    _clusters["clusters"] = clusters


def clusters() -> Clusters | None:
    """Return where groups come from; None where nobody looks for them."""
    return _clusters.get("clusters")
