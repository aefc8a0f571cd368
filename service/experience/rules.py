"""The journey of a customer: its nodes, stages and departments; how scores are taken. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Node(StrEnum):
    """The five nodes of the journey (SVC-62)."""

    BRAND = "brand"
    PRODUCT = "product"
    SERVICE = "service"
    VALUE = "value"
    LOYAL = "loyal"


class Phase(StrEnum):
    """The four stages of the journey (SVC-62)."""

    ENQUIRY = "enquiry"
    VIEWING = "viewing"
    SIGNING = "signing"
    AFTER = "after"


class Department(StrEnum):
    """The departments that meet customers (SVC-63)."""

    SALES = "sales"
    DESIGN = "design"
    ENGINEERING = "engineering"
    COST = "cost"
    PROPERTY = "property"
    HR = "hr"
    FINANCE = "finance"


class ItemKind(StrEnum):
    """What the working group writes down (SVC-108)."""

    CHECK = "check"
    SUGGESTION = "suggestion"
    DECISION = "decision"


class ItemState(StrEnum):
    """How far an item has come."""

    OPEN = "open"
    ADOPTED = "adopted"
    DONE = "done"
    DECLINED = "declined"


TAKEN_UP = frozenset({ItemState.ADOPTED, ItemState.DONE})
WEAKEST = 3
GOOD_FROM, FAIR_FROM = 85, 70


@dataclass(frozen=True, slots=True)
class Measure:
    """What one source says about one node: 0 (worst) to 100, over so many rows; where they are."""

    source: str
    score: float
    rows: int
    bad: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class NodeScore:
    """A node with the measures of its sources; ``score`` None while no source has a row."""

    node: Node
    score: float | None
    measures: Sequence[Measure]


def score_of(node: Node, measures: Iterable[Measure]) -> NodeScore:
    """Return the node's score: the mean of its measures, each weighed by its rows."""
    known = [one for one in measures if one.rows]
    total = sum(one.rows for one in known)
    if not total:
        return NodeScore(node, None, known)
    mean = sum(one.score * one.rows for one in known) / total
    return NodeScore(node, round(mean, 1), known)


def weakest(scores: Iterable[NodeScore]) -> list[NodeScore]:
    """Return the three nodes with the lowest scores, the worst first; nodes without data fall out.

    Equal scores stand in the order of the journey.
    """
    known = [one for one in scores if one.score is not None]
    return sorted(known, key=lambda one: one.score or 0.0)[:WEAKEST]


def tone_of(score: float | None) -> str:
    """Return how a score is coloured: green from 85 on, amber from 70 on, red below, else none."""
    if score is None:
        return ""
    return "green" if score >= GOOD_FROM else "amber" if score >= FAIR_FROM else "red"


def without_touchpoint(counts: Mapping[str, int]) -> list[Department]:
    """Return the departments that have no touchpoint (SVC-63)."""
    return [department for department in Department if not counts.get(department.value)]


def adoption_rate(states: Iterable[str]) -> tuple[int, int]:
    """Return how many of the decided suggestions were taken up, and how many were decided."""
    decided = [state for state in states if state != ItemState.OPEN]
    return sum(state in TAKEN_UP for state in decided), len(decided)
