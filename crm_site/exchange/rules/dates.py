"""Which spelling of dates a column uses, and what one cell then means. Pure.

``03/04/2026`` may be March or April: the whole column decides, never the single cell. Cells that
start with the year, and ``2026年4月3日``, mean one thing only.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum

_TIME = r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME, re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME, re.ASCII)
_HAN = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?" + _TIME.replace("[ T]+", "[ T]*"), re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_HAN_TIME = re.compile(r"(\d{1,2})[时点](\d{1,2})分?(?:(\d{1,2})秒)?")
MINORITY = 0.05


class DateOrder(StrEnum):
    """How day, month and year follow each other in a column."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class DateError(ValueError):
    """A cell is not a date; ``code``: not_a_date, date_ambiguous, date_mixed or no_such_day."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class DateEvidence:
    """What the cells of one column say about its spelling; counts of cells."""

    year_first: int = 0
    day_first: int = 0
    month_first: int = 0
    either: int = 0
    other: int = 0

    def add(self, text: str) -> None:
        """Count one non-empty cell."""
        match = _YEAR_LAST.fullmatch(text)
        if match is None:
            if is_year_first(text):
                self.year_first += 1
            else:
                self.other += 1
            return
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            self.day_first += 1
        elif second > 12 >= first:
            self.month_first += 1
        elif first <= 12:
            self.either += 1
        else:
            self.other += 1

    @property
    def dates(self) -> int:
        """Return how many cells look like dates."""
        return self.year_first + self.day_first + self.month_first + self.either

    @property
    def needs_answer(self) -> bool:
        """Return whether a person must say if the day or the month comes first."""
        return decide(self) is None


def is_year_first(text: str) -> bool:
    """Return whether ``text`` is a date that starts with its year."""
    return bool(_YEAR_FIRST.fullmatch(text) or _HAN.match(text))


def decide(evidence: DateEvidence) -> DateOrder | None:
    """Return the order of the column, ``None`` when the cells allow both or contradict each other.

    Up to 5 % contradicting cells do not change the decision; they become row errors.
    """
    day, month = evidence.day_first, evidence.month_first
    if day == month == 0:
        return None if evidence.either else DateOrder.YEAR_FIRST
    if min(day, month) > MINORITY * (day + month):
        return None
    return DateOrder.DAY_FIRST if day > month else DateOrder.MONTH_FIRST


def parse_moment(text: str, *, order: DateOrder, zone: tzinfo) -> datetime:
    """Return the moment ``text`` means, aware; without a time of day, midnight in ``zone``.

    Raises DateError with the cause when the cell is no date, contradicts the column or names a day
    that does not exist.
    """
    if not text.isascii():
        text = _without_han(unicodedata.normalize("NFKC", text))
    match = _YEAR_LAST.fullmatch(text)
    if match is not None:
        return _from_year_last(match, order=order, zone=zone)
    match = _YEAR_FIRST.fullmatch(text) or _HAN.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        raise DateError("not_a_date")
    return _build((match[1], match[2], match[3]), match.groups()[3:], zone)


def parse_day(text: str, *, order: DateOrder, zone: tzinfo) -> date:
    """Return the calendar day ``text`` means; errors as in ``parse_moment``."""
    return parse_moment(text, order=order, zone=zone).date()


def _without_han(text: str) -> str:
    text = _HAN_TIME.sub(lambda m: f" {m[1]}:{int(m[2]):02d}:{int(m[3] or 0):02d}", text)
    return " ".join(text.split())


def _from_year_last(match: re.Match[str], *, order: DateOrder, zone: tzinfo) -> datetime:
    first, second, year = match[1], match[2], match[3]
    if order is DateOrder.YEAR_FIRST:
        if int(first) <= 12 and int(second) <= 12 and first != second:
            raise DateError("date_ambiguous")
        order = DateOrder.DAY_FIRST if int(first) > 12 else DateOrder.MONTH_FIRST
    day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
    if int(month) > 12 >= int(day):
        raise DateError("date_mixed")
    return _build((year, month, day), match.groups()[3:], zone)


def _build(day: tuple[str, str, str], clock: tuple[str | None, ...], zone: tzinfo) -> datetime:
    hour, minute, second, offset = (*clock, None, None, None, None)[:4]
    try:
        of_day = time(int(hour or 0), int(minute or 0), int(second or 0))
        moment = datetime.combine(date(int(day[0]), int(day[1]), int(day[2])), of_day)
    except ValueError:
        raise DateError("no_such_day") from None
    return moment.replace(tzinfo=_zone_of(offset) if offset else zone)


def _zone_of(offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    return datetime.strptime(offset.replace(":", ""), "%z").tzinfo or UTC
