"""What cost brought back (ANA-22). Pure."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

ALL: Final = Decimal(100)
CENT: Final = Decimal("0.01")


def margin_of(received: Decimal, *, margin: Decimal) -> Decimal:
    """Return what the company earns of money received, in yuan; ``margin`` is in percent."""
    return (received * margin / ALL).quantize(CENT, ROUND_HALF_UP)


def return_on(received: Decimal, cost: Decimal, *, margin: Decimal) -> Decimal | None:
    """Return (attributed margin - cost) / cost in percent; None where nothing was spent."""
    if cost <= 0:
        return None
    gain = margin_of(received, margin=margin)
    return (ALL * (gain - cost) / cost).quantize(CENT, ROUND_HALF_UP)


def part_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a part in percent of the whole, one decimal; None of nothing."""
    if whole == 0:
        return None
    return (ALL * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def shared_out(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Return ``amount`` in parts by ``weights``, to the cent; the last one bears the rounding."""
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        return []
    parts = [(amount * each / whole).quantize(CENT, ROUND_DOWN) for each in weights]
    parts[-1] += amount - sum(parts, Decimal(0))
    return parts
