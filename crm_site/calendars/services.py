"""Calendars as they are in force, official years as they are loaded, clocks as rows."""

import datetime as dt
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction

from crm_site.audit.services import record
from crm_site.calendars.builtin import BUILTIN_PLANS
from crm_site.calendars.events import YEAR_LOADED, YEAR_MISSING
from crm_site.calendars.models import CHINA, CalendarYear, Clock
from crm_site.calendars.registry import recompute_clocks
from crm_site.calendars.rules import clocks
from crm_site.calendars.rules.plans import plan_from_json
from crm_site.calendars.rules.states import OPEN_STATES, Basis, ClockState
from crm_site.calendars.rules.working_time import SHANGHAI, Calendar, DueTime
from crm_site.calendars.rules.years import YearTable, library_year, year_table
from crm_site.common.jobs import run_once

logger = logging.getLogger(__name__)

ClockRow = TypeVar("ClockRow", bound=Clock)

BATCH = 500
SUBJECT = "calendar_year"
# Loading a year is serialised, so that two loads at once cannot claim the same version.
LOAD_LOCK = 0x63616C79
# How long before the year ends a missing table of the next one is reported; the State Council
# announces it around November.
WARN_AHEAD = dt.timedelta(days=45)
RECENT = dt.timedelta(days=2)


class UnknownCalendarError(LookupError):
    """There is neither a row nor a built-in plan of this key."""


class LoadedYear(NamedTuple):
    """What loading an official year did; ``is_new`` is false if the same days were in force."""

    table: YearTable
    is_new: bool
    recomputed: int


class _OfficialYears(Mapping[int, YearTable]):
    """Loaded tables over those that come with the product, looked up when a year is first asked."""

    def __init__(self, loaded: dict[int, YearTable]) -> None:
        self._loaded = loaded

    def __getitem__(self, year: int) -> YearTable:
        table = self._loaded.get(year) or library_year(year)
        if table is None:
            raise KeyError(year)
        return table

    def __iter__(self) -> Iterator[int]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)


_CACHE: dict[str, tuple[object, Calendar]] = {}
# The stored plan as text and the newest row of each official year.
STAMP = """
SELECT (SELECT plan::text FROM calendars_workcalendar WHERE key = %s),
    (SELECT string_agg(concat_ws('.', year, version, id), ' ' ORDER BY year, version, id)
    FROM calendars_calendaryear WHERE family = %s)
"""


def calendar_for(key: str) -> Calendar:
    """Return the calendar in force under the key; a stored plan replaces the built-in one.

    Kept per process with its compiled years; every call checks with one small query whether a plan
    or an official year has changed, so that no process computes with an old table. Bulk work calls
    it once. Raise UnknownCalendarError for a key nobody defined.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAMP, [key, CHINA])
        stamp: tuple[str | None, str | None] = cursor.fetchone()
    plan = stamp[0]
    cached = _CACHE.get(key)
    if cached is not None and cached[0] == stamp:
        return cached[1]
    if plan is None and key not in BUILTIN_PLANS:
        raise UnknownCalendarError(key)
    work_plan = BUILTIN_PLANS[key] if plan is None else plan_from_json(json.loads(plan))
    calendar = Calendar(key, work_plan, official_years())
    _CACHE[key] = (stamp, calendar)
    return calendar


def official_years() -> Mapping[int, YearTable]:
    """Return the official Chinese years: the highest loaded version, else the library's."""
    rows = CalendarYear.objects.filter(family=CHINA).order_by("year", "version")
    return _OfficialYears(
        {
            row.year: year_table(
                year=row.year, days=row.days, version=row.version, source=row.source
            )
            for row in rows
        }
    )


def missing_years(*, now: dt.datetime) -> list[int]:
    """Return the years without an official table in which due times are already provisional.

    That is this year, and the next one from the middle of November on (Beijing time).
    """
    today = now.astimezone(SHANGHAI)
    years = official_years()
    wanted = sorted({today.year, (today + WARN_AHEAD).year})
    return [year for year in wanted if year not in years]


def load_calendar_year(
    *, year: int, days: Sequence[Mapping[str, object]], source: str, now: dt.datetime
) -> LoadedYear:
    """Put the announced days of a year in force as a new version, and recompute open clocks.

    The same days as those in force make no new version, but the clocks are computed again, so a
    load that was cut off can simply be repeated. Raise YearTableError for days that are no table.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        newest = CalendarYear.objects.filter(family=CHINA, year=year).order_by("-version").first()
        version = newest.version + 1 if newest else 1
        table = year_table(year=year, days=days, version=version, source=source)
        in_force = official_years().get(year)
        is_new = in_force is None or (in_force.days_off, in_force.makeup_days) != (
            table.days_off,
            table.makeup_days,
        )
        if is_new:
            CalendarYear.objects.create(
                family=CHINA,
                year=year,
                version=version,
                days=[dict(day) for day in days],
                source=source,
                loaded_at=now,
            )
            record(
                kind=YEAR_LOADED,
                actor=None,
                now=now,
                subject=(SUBJECT, year),
                facts={"version": version, "weekdays_off": len(table.weekdays_off)},
            )
        elif in_force is not None:
            table = in_force
    return LoadedYear(table, is_new, recompute_clocks(year=year, now=now))


def watch_calendar(*, now: dt.datetime) -> list[int]:
    """Recompute clocks of recently loaded years and report missing ones; return the missing years.

    A missing year is logged as an error and, once a day, an alarm in the audit trail.

    A clock created while a year was being loaded is caught here, as is one that was provisional
    until an upgrade brought the table of this or the next year.
    """
    recent = CalendarYear.objects.filter(family=CHINA, loaded_at__gte=now - RECENT)
    this_year = now.astimezone(SHANGHAI).year
    years = {this_year, this_year + 1, *recent.values_list("year", flat=True)}
    missing = missing_years(now=now)
    for year in sorted(years.difference(missing)):
        recompute_clocks(year=year, now=now)
    for year in missing:
        logger.error("No official work calendar for %s: due times are provisional.", year)
        _raise_alarm(year, now)
    return missing


def _raise_alarm(year: int, now: dt.datetime) -> None:
    """Write the missing year into the audit trail, once a day."""
    run_once(
        name="calendar-year-missing",
        slot=f"{year} on {now.astimezone(SHANGHAI):%Y-%m-%d}",
        now=now,
        work=lambda: record(kind=YEAR_MISSING, actor=None, now=now, subject=(SUBJECT, year)).pk,
    )


def clock_of(row: Clock) -> clocks.Clock:
    """Return the facts of a stored clock for the rules."""
    return clocks.Clock(
        started_at=row.started_at,
        limit=clocks.ClockLimit(Basis(row.basis), dt.timedelta(minutes=row.limit_minutes)),
        due=DueTime(row.due_at, row.is_provisional),
        state=ClockState(row.state),
        pauses=tuple(
            clocks.Pause(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end))
            for start, end in row.pauses
        ),
        paused_at=row.paused_at,
        met_at=row.met_at,
        breached_at=row.breached_at,
    )


def clock_values(
    clock: clocks.Clock,
    *,
    calendar: Calendar,
    percents: Sequence[int] = clocks.REMINDER_PERCENTS,
    fired: int = 0,
) -> dict[str, Any]:
    """Return the column values of a clock, for creating, updating or bulk work.

    ``kind``, ``policy_version`` and the subject are the caller's. ``next_step_at`` is set only
    while the clock runs. Limits are stored in whole minutes.
    """
    next_step_at = None
    if clock.state is ClockState.RUNNING:
        steps = clocks.reminders(clock.started_at, clock.limit, clock.pauses, calendar, percents)
        next_step_at = clocks.next_reminder(steps, fired)
    return {
        "started_at": clock.started_at,
        "due_at": clock.due.at,
        "basis": clock.limit.basis.value,
        "limit_minutes": clock.limit.limit // dt.timedelta(minutes=1),
        "reminder_percents": sorted(percents),
        "calendar_key": calendar.key,
        "state": clock.state.value,
        "paused_at": clock.paused_at,
        "paused_for": clock.paused_for,
        "pauses": [[moment.isoformat() for moment in pause] for pause in clock.pauses],
        "met_at": clock.met_at,
        "breached_at": clock.breached_at,
        "is_provisional": clock.due.is_provisional,
        "next_step_at": next_step_at,
        "step": fired,
    }


def recompute_open_clocks(model: type[ClockRow], *, year: int, now: dt.datetime) -> int:
    """Bring the open clocks that touch the year up to date with the calendar; return the changed.

    Runs in batches of its own transactions, in order of key, and can be repeated: a clock that is
    right already is not written. An announcement may name days of the neighbouring years.
    """
    touching = model._default_manager.filter(
        state__in=[state.value for state in OPEN_STATES],
        started_at__lt=dt.datetime(year + 2, 1, 1, tzinfo=SHANGHAI),
        due_at__gte=dt.datetime(year - 1, 1, 1, tzinfo=SHANGHAI),
    )
    calendars: dict[str, Calendar] = {}
    changed, last = 0, 0
    while True:
        with transaction.atomic():
            batch = touching.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))
            rows = list(batch[:BATCH])
            if not rows:
                return changed
            stale = [row for row in rows if _bring_up_to_date(row, calendars, now)]
            model._default_manager.bulk_update(
                stale, ["due_at", "state", "breached_at", "is_provisional", "next_step_at"]
            )
        changed, last = changed + len(stale), rows[-1].pk


def _bring_up_to_date(row: Clock, calendars: dict[str, Calendar], now: dt.datetime) -> bool:
    """Compute the clock again and set what differs on the row; return whether anything does."""
    key = row.calendar_key
    calendar = calendars.get(key) or calendars.setdefault(key, calendar_for(key))
    fresh = clocks.recompute(clock_of(row), calendar=calendar, now=now)
    values = clock_values(fresh, calendar=calendar, percents=row.reminder_percents, fired=row.step)
    names = ["due_at", "state", "breached_at", "is_provisional"]
    if fresh.state is ClockState.RUNNING and row.step < len(row.reminder_percents):
        names.append("next_step_at")
    differing = [name for name in names if getattr(row, name) != values[name]]
    for name in differing:
        setattr(row, name, values[name])
    return bool(differing)
