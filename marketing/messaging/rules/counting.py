"""Rates of a batch (MKT-37). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """How many recipients a batch has, and what became of them."""

    planned: int = 0
    queued: int = 0
    sent: int = 0
    held: int = 0
    failed: int = 0
    replied: int = 0

    @property
    def recipients(self) -> int:
        """Return all recipients."""
        return self.planned + self.queued + self.sent + self.held + self.failed

    @property
    def delivery_rate(self) -> float | None:
        """Return the percentage delivered of those handed over; None of nobody.

        What was held back was never handed over and counts on neither side.
        """
        return _percent(self.sent, self.sent + self.failed)

    @property
    def reply_rate(self) -> float | None:
        """Return the percentage of the delivered that were answered; None of nobody."""
        return _percent(self.replied, self.sent)


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
