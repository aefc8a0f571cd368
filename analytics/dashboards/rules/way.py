"""The way of customers from the first look to the contract (ANA-52). Pure.

Whoever came to a step has come to all steps before it, so the counts can only fall; and at every
step those who went on, those who left and those who are still there are all who came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

HUNDRED: Final = Decimal(100)
SECONDS_A_DAY: Final = 86400


class Step(StrEnum):
    """The steps, in order."""

    BROWSED = "browsed"
    ASKED = "asked"
    VISITED = "visited"
    SUBSCRIBED = "subscribed"
    SIGNED = "signed"


STEPS: Final = tuple(Step)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the way: who came, who left there, who is still there, how long it took.

    ``days`` is the median from the step before; ``share`` of the step before and ``of_first`` are
    in per cent. None where there is nothing to divide or to measure.
    """

    step: Step
    came: int
    left: int
    waiting: int
    days: Decimal | None
    share: Decimal | None
    of_first: Decimal | None

    @property
    def went_on(self) -> int:
        """Return how many came to the next step."""
        return self.came - self.left - self.waiting


def stages(
    came: Sequence[int], left: Sequence[int], seconds: Sequence[float | None]
) -> list[Stage]:
    """Return the way from how many came to each step and left there.

    ``seconds`` are the medians between one step and the next, one fewer than steps. Raise
    ValueError where more came to a step than to the one before it, or more left than stayed.
    """
    found: list[Stage] = []
    for place, step in enumerate(STEPS):
        onward = came[place + 1] if place + 1 < len(came) else 0
        if onward > came[place] or left[place] > came[place] - onward:
            raise ValueError(f"the way does not tie at {step}")
        is_last = place + 1 == len(STEPS)
        waiting = 0 if is_last else came[place] - onward - left[place]
        found.append(
            Stage(
                step=step,
                came=came[place],
                left=left[place],
                waiting=waiting,
                days=_days(seconds[place - 1]) if place else None,
                share=percent(came[place], came[place - 1]) if place else None,
                of_first=percent(came[place], came[0]),
            )
        )
    return found


def percent(part: int, whole: int) -> Decimal | None:
    """Return a part of a whole in per cent to a tenth, None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * HUNDRED / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _days(seconds: float | None) -> Decimal | None:
    if seconds is None:
        return None
    return (Decimal(str(seconds)) / SECONDS_A_DAY).quantize(Decimal("0.1"), ROUND_HALF_UP)
