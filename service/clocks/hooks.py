"""What other parts tell the time limits: the target of the timely rate (SVC-29).

The target stands once, among the targets of the KPIs; this part asks for it.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from service.clocks.rules.rates import Standard

Standards = Callable[[Sequence[dt.date]], Mapping[dt.date, Standard | None]]
_sources: list[Standards] = []


def register_standards(source: Standards) -> None:
    """Let ``source`` tell the targets of the months that begin on these days; again replaces it."""
    _sources[:] = [source]


def standards(months: Sequence[dt.date]) -> Mapping[dt.date, Standard | None]:
    """Return the target of the timely rate of each month, None where there is none."""
    return _sources[0](months) if _sources else dict.fromkeys(months)
