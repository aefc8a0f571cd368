"""How an agent finds a class by typing, and which severity is proposed. Pure (B6, SVC-19)."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Final

GRAVITY: Final = ("minor", "normal", "grave")
OF_URGENCY: Final = {"urgent": 2, "complex": 1, "routine": 0}
RAISED: Final = frozenset("AB")  # grades a step above; nobody falls below the class (CON-27)


def initials(syllables: Sequence[str]) -> str:
    """Return the first letters of syllables: ``lou shui`` gives ``ls``."""
    return "".join(each[:1] for each in syllables).lower()


def search_keys(name: str, syllables: Sequence[str]) -> str:
    """Return what typed text is compared with: initials, whole pinyin and the name itself."""
    whole = "".join(syllables).lower()
    return " ".join(dict.fromkeys((initials(syllables), whole, name.lower())))


def proposed_severity(urgency: str, grade: str) -> str:
    """Return minor, normal or grave: by the urgency of the class, a step higher for A and B."""
    step = OF_URGENCY.get(urgency, 0) + (grade in RAISED)
    return GRAVITY[min(step, len(GRAVITY) - 1)]


def months_later(day: date, months: int) -> date:
    """Return the same day ``months`` later, the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
