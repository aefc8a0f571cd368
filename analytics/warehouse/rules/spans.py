"""Days that changed, put together into spans. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

DAY = timedelta(days=1)


def spans_of(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return half-open spans ``[start, end)`` that hold exactly ``days``, in order."""
    spans: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if spans and spans[-1][1] == day:
            spans[-1] = (spans[-1][0], day + DAY)
        else:
            spans.append((day, day + DAY))
    return spans
