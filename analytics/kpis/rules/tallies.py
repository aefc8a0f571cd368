"""Groups of rows added up to larger ones: number, sum and spread. Pure."""

import math
from dataclasses import dataclass
from decimal import Decimal


@dataclass(slots=True)
class Tally:
    """Rows counted together: how many, their sum, how far they lie from their mean (squared)."""

    n: int = 0
    top: Decimal = Decimal(0)
    squares: float = 0.0

    def add(self, n: int, top: Decimal, spread: float | None) -> None:
        """Take in a group of ``n`` rows with their sum and their standard deviation."""
        if not n:
            return
        self.squares += (spread or 0.0) ** 2 * (n - 1)
        if self.n:
            apart = float(top) / n - float(self.top) / self.n
            self.squares += apart**2 * self.n * n / (self.n + n)
        self.n += n
        self.top += top

    @property
    def spread(self) -> float | None:
        """Return the standard deviation of the rows, None for fewer than two."""
        return math.sqrt(self.squares / (self.n - 1)) if self.n > 1 else None
