"""Which hours a desk works, by kind of day and season. Pure: no year table is needed to say it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

MINUTES_PER_DAY = 24 * 60


class PlanError(ValueError):
    """The working hours are not a plan; the message says which part and why."""


class DayKind(StrEnum):
    """What a day is for a plan: one set of windows belongs to each."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """One stretch of work inside a day, half-open, in minutes after midnight (0 to 1440)."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MINUTES_PER_DAY:
            msg = f"a window must open before it closes within one day: {self.opens}-{self.closes}"
            raise PlanError(msg)


@dataclass(frozen=True, slots=True)
class Hours:
    """The windows of each kind of day; an empty tuple means closed."""

    workday: tuple[Window, ...]
    weekend: tuple[Window, ...] = ()
    holiday: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        for kind in DayKind:
            windows = self.on(kind)
            for earlier, later in pairwise(windows):
                if later.opens < earlier.closes:
                    msg = f"{kind}: windows must be in order and must not overlap"
                    raise PlanError(msg)

    def on(self, kind: DayKind) -> tuple[Window, ...]:
        """Return the windows of a kind of day, in order."""
        if kind is DayKind.WORKDAY:
            return self.workday
        return self.weekend if kind is DayKind.WEEKEND else self.holiday


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours for a part of every year; both ends included, may run over New Year."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    hours: Hours

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            try:
                dt.date(2024, month, day)  # a leap year, so that 29 February is a day
            except ValueError as error:
                msg = f"season {self.name}: {month:02}-{day:02} is not a day of the year"
                raise PlanError(msg) from error

    def covers(self, day: dt.date) -> bool:
        """Return whether the day lies in the season."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the desk is closed whatever the season; both ends included."""

    name: str
    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            msg = f"closure {self.name}: the last day is before the first"
            raise PlanError(msg)


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """The working hours of one kind of desk (PLT-43).

    ``follows_public_holidays`` says whether the official year counts: with it, official days off
    take the holiday windows and make-up working days (调休) the workday windows; without it, only
    the day of the week counts. ``closures_through`` is the last year whose closures are listed:
    later years are provisional; None means that there is nothing to list.
    """

    hours: Hours
    follows_public_holidays: bool = True
    seasons: tuple[Season, ...] = ()
    closures: tuple[Closure, ...] = ()
    closures_through: int | None = None

    def hours_on(self, day: dt.date) -> Hours:
        """Return the hours of the first season that covers the day, else the usual hours."""
        return next((season.hours for season in self.seasons if season.covers(day)), self.hours)

    def is_closed_on(self, day: dt.date) -> bool:
        """Return whether a closure covers the day."""
        return any(closure.first <= day <= closure.last for closure in self.closures)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one JSON object of a plan and names the place of every mistake."""

    where: str
    allowed: frozenset[str]
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, value: object, where: str, allowed: set[str]) -> "_Reader":
        if not isinstance(value, Mapping):
            msg = f"{where}: an object is expected"
            raise PlanError(msg)
        unknown = sorted(str(key) for key in value if key not in allowed)
        if unknown:
            msg = f"{where}: unknown key {unknown[0]}"
            raise PlanError(msg)
        return cls(where, frozenset(allowed), value)

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            msg = f"{self.where}.{key}: a text is expected"
            raise PlanError(msg)
        return value

    def items(self, key: str) -> Sequence[object]:
        value = self.values.get(key, [])
        if not isinstance(value, list):
            msg = f"{self.where}.{key}: a list is expected"
            raise PlanError(msg)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            msg = f"{self.where}.{key}: true or false is expected"
            raise PlanError(msg)
        return value

    def day(self, key: str) -> dt.date:
        try:
            return dt.date.fromisoformat(self.text(key))
        except ValueError as error:
            msg = f"{self.where}.{key}: a date like 2026-02-16 is expected"
            raise PlanError(msg) from error

    def year(self, key: str) -> int | None:
        value = self.values.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        msg = f"{self.where}.{key}: a year is expected"
        raise PlanError(msg)


def plan_from_json(payload: object) -> WorkPlan:
    """Return the plan that a JSON object describes.

    Keys: ``hours`` (``workday``, ``weekend``, ``holiday``: lists of ``["09:00", "18:00"]``),
    ``follows_public_holidays`` (default true), ``seasons`` (``name``, ``from`` and ``to`` as
    ``MM-DD``, ``hours``), ``closures`` (``name``, ``from`` and ``to`` as ``YYYY-MM-DD``),
    ``closures_through``. Raise PlanError, which names the place, on anything else.
    """
    allowed = {"hours", "follows_public_holidays", "seasons", "closures", "closures_through"}
    reader = _Reader.of(payload, "plan", allowed)
    return WorkPlan(
        hours=_hours(reader.values.get("hours"), "plan.hours"),
        follows_public_holidays=reader.flag("follows_public_holidays", default=True),
        seasons=tuple(_season(item) for item in reader.items("seasons")),
        closures=tuple(_closure(item) for item in reader.items("closures")),
        closures_through=reader.year("closures_through"),
    )


def _hours(value: object, where: str) -> Hours:
    reader = _Reader.of(value, where, {kind.value for kind in DayKind})
    return Hours(
        **{
            kind.value: tuple(_window(item, f"{where}.{kind}") for item in reader.items(kind))
            for kind in DayKind
        }
    )


def _window(value: object, where: str) -> Window:
    if not isinstance(value, list) or len(value) != 2:
        msg = f'{where}: a window is a pair like ["09:00", "18:00"]'
        raise PlanError(msg)
    return Window(_minutes(value[0], where), _minutes(value[1], where))


def _minutes(value: object, where: str) -> int:
    hour, colon, minute = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (colon and hour.isdecimal() and minute.isdecimal() and int(minute) < 60):
        msg = f"{where}: a time like 09:00 is expected"
        raise PlanError(msg)
    return int(hour) * 60 + int(minute)


def _season(value: object) -> Season:
    reader = _Reader.of(value, "plan.seasons", {"name", "from", "to", "hours"})
    hours = _hours(reader.values.get("hours"), "plan.seasons.hours")
    return Season(reader.text("name"), _month_day(reader, "from"), _month_day(reader, "to"), hours)


def _month_day(reader: _Reader, key: str) -> tuple[int, int]:
    month, dash, day = reader.text(key).partition("-")
    if not (dash and month.isdecimal() and day.isdecimal()):
        msg = f"{reader.where}.{key}: a day of the year like 05-01 is expected"
        raise PlanError(msg)
    return int(month), int(day)


def _closure(value: object) -> Closure:
    reader = _Reader.of(value, "plan.closures", {"name", "from", "to"})
    return Closure(reader.text("name"), reader.day("from"), reader.day("to"))
