"""The twelve points of a trend as the corners of a small line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 72, 26, 2


@dataclass(frozen=True, slots=True)
class Spark:
    """The line and the ground under it as SVG points; where its last point is."""

    line: str
    ground: str
    last: tuple[str, str]


def spark(values: Sequence[Decimal | None]) -> Spark | None:
    """Return the line through the known values; None for fewer than two."""
    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(value for _, value in known), max(value for _, value in known)
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    room = HEIGHT - 2 * EDGE
    corners = []
    for place, value in known:
        share = 0.5 if high == low else (value - low) / (high - low)
        corners.append((f"{EDGE + place * step:.1f}", f"{EDGE + room * (1 - share):.1f}"))
    line = " ".join(f"{x},{y}" for x, y in corners)
    ground = f"{corners[0][0]},{HEIGHT} {line} {corners[-1][0]},{HEIGHT}"
    return Spark(line, ground, corners[-1])
