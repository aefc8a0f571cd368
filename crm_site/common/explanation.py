"""Bars that add up: where each part of a score starts and ends. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a score; `start`, `width`, `zero` are per cent of the lane."""

    label: str
    points: Decimal
    kind: str
    start: float
    width: float
    zero: float
    text: str


def bars(parts: Iterable[tuple[str, Any]]) -> list[Bar]:
    """Return one bar per (label, points): first the base, each next starting where it ended."""
    rows = [(label, Decimal(str(points))) for label, points in parts]
    edges = [Decimal(0)]
    for _label, points in rows:
        edges.append(edges[-1] + points)
    low, high = min(edges), max(edges)
    span = (high - low) or Decimal(1)

    def place(value: Decimal) -> float:
        return round(float((value - low) / span * 100), 2)

    return [
        Bar(
            label=label,
            points=points,
            kind="base" if index == 0 else ("neg" if points < 0 else ""),
            start=place(min(edges[index], edges[index + 1])),
            width=round(float(abs(points) / span * 100), 2),
            zero=place(Decimal(0)),
            text=f"{points.normalize():f}" if index == 0 else _signed(points),
        )
        for index, (label, points) in enumerate(rows)
    ]


def _signed(points: Decimal) -> str:
    """Return the points with a sign; a true minus, so that columns align."""
    text = f"{abs(points).normalize():f}"
    return f"\N{MINUS SIGN}{text}" if points < 0 else f"+{text}"
