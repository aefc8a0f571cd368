"""The rhythm of publicity: which sales phase a day lies in, and what does not fit it. Pure.

Source: MKT-24. A project is before launch until its launch, at its peak until the first handover,
after handover from then on. A date nobody has set leaves the later phases open.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from marketing.campaigns.rules.states import SalesPhase


@dataclass(frozen=True, slots=True)
class Window:
    """A phase of a project from its first to its last day; None is open."""

    phase: SalesPhase
    start: dt.date | None
    end: dt.date | None

    def days_within(self, first: dt.date, last: dt.date) -> int:
        """Return how many of the days from ``first`` to ``last`` lie in the phase."""
        start = first if self.start is None else max(first, self.start)
        end = last if self.end is None else min(last, self.end)
        return max(0, (end - start).days + 1)

    def holds(self, day: dt.date) -> bool:
        """Return whether a day lies in the phase."""
        return self.days_within(day, day) == 1


def windows_of(launch: dt.date | None, handover: dt.date | None) -> list[Window]:
    """Return the phases of a project by the days of its launch and first handover."""
    if launch is None:
        return []
    day = dt.timedelta(days=1)
    found = [Window(SalesPhase.PRE_LAUNCH, None, launch - day)]
    if handover is None or handover <= launch:
        return [*found, Window(SalesPhase.PEAK, launch, None)]
    found.append(Window(SalesPhase.PEAK, launch, handover - day))
    return [*found, Window(SalesPhase.POST_HANDOVER, handover, None)]


def misplaced(
    phase: SalesPhase, first: dt.date, last: dt.date, windows: Sequence[Window]
) -> SalesPhase | None:
    """Return the phase that days mostly lie in where that is not ``phase``, None where it fits.

    It fits where at least half of the days do. Of equal phases the earlier is named. Without known
    phases nothing is misplaced.
    """
    days: dict[SalesPhase, int] = {}
    for one in windows:
        days[one.phase] = days.get(one.phase, 0) + one.days_within(first, last)
    if not days or days.get(phase, 0) * 2 >= (last - first).days + 1:
        return None
    most = max(days, key=lambda one: days[one])
    return most if days[most] and most != phase else None
