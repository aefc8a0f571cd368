"""The measures of sales statistics and how their lines add up (MKT-54). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)
YUAN = Decimal(1)
MEASURES = (
    "visits",
    "subscriptions",
    "signings",
    "cancelled",
    "area",
    "amount",
    "receipts",
)


@dataclass(slots=True)
class Line:
    """One line of a table: what it is about and its measures.

    ``priced`` and ``priced_area`` are amount and area of signings that have both, for the mean.
    """

    key: Any
    label: str = ""
    values: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(MEASURES, ZERO))
    priced: Decimal = ZERO
    priced_area: Decimal = ZERO

    @property
    def mean_price(self) -> Decimal | None:
        """Yuan per m² of signings; None without any."""
        if not self.priced_area:
            return None
        return (self.priced / self.priced_area).quantize(YUAN, ROUND_HALF_UP)

    def add(self, found: Mapping[str, Decimal | int | None]) -> None:
        """Add measures to the line."""
        for name, value in found.items():
            if name in MEASURES:
                self.values[name] += Decimal(value or 0)
        self.priced += Decimal(found.get("priced") or 0)
        self.priced_area += Decimal(found.get("priced_area") or 0)


def whole_of(lines: Iterable[Line]) -> Line:
    """Return the total line; its mean is that of all signings, not a mean of means."""
    found = Line(None)
    for line in lines:
        found.add(line.values | {"priced": line.priced, "priced_area": line.priced_area})
    return found


def change(now: Decimal, before: Decimal) -> Decimal | None:
    """Return the change in percent to the line before, in whole numbers; None where it was 0."""
    if not before:
        return None
    return ((now - before) / before * 100).quantize(Decimal(1), ROUND_HALF_UP)
