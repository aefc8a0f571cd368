import datetime as dt
import logging
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from crm_site.audit.events import ALARMS
from crm_site.audit.models import AuditEvent
from crm_site.calendars.models import CalendarYear, WorkCalendar
from crm_site.calendars.registry import register_clock_recompute
from crm_site.calendars.rules import clocks
from crm_site.calendars.rules.states import Basis, ClockState
from crm_site.calendars.rules.working_time import add_working_time, is_workday
from crm_site.calendars.rules.years import YearTableError
from crm_site.calendars.services import (
    UnknownCalendarError,
    calendar_for,
    clock_of,
    clock_values,
    load_calendar_year,
    missing_years,
    official_years,
    recompute_open_clocks,
    watch_calendar,
)
from crm_site.calendars.tasks import watch_calendar as watch_calendar_task
from crm_site.common.models import JobRun
from tests.calendars.desks import HOUR, MINUTE, at

NOW = at("2026-11-10 09:00")
NEW_YEAR_2027 = [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-04", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-09", "isOffDay": False},
]


def load(days=NEW_YEAR_2027, *, year=2027, source="notice.json", now=NOW):
    return load_calendar_year(year=year, days=days, source=source, now=now)


@pytest.mark.django_db
class TestCalendars:
    def test_the_built_in_calendars_work_by_the_official_year(self):
        desk = calendar_for("service_desk")
        due = add_working_time(at("2026-02-14 17:00"), 2 * HOUR, desk)
        assert due == (at("2026-02-24 09:30"), False)

    def test_a_calendar_is_kept_until_something_changes(self, django_assert_num_queries):
        desk = calendar_for("service_desk")
        with django_assert_num_queries(1):
            assert calendar_for("service_desk") is desk
        load()
        fresh = calendar_for("service_desk")
        assert fresh is not desk
        assert is_workday(dt.date(2027, 1, 9), fresh) is True
        assert is_workday(dt.date(2027, 1, 9), desk) is False

    def test_a_stored_plan_replaces_the_built_in_one(self):
        before = calendar_for("hotline")
        hours = {"workday": [["10:00", "16:00"]], "weekend": []}
        row = WorkCalendar.objects.create(key="hotline", name="Hotline", plan={"hours": hours})
        due = add_working_time(at("2026-03-16 09:00"), HOUR, calendar_for("hotline"))
        assert due.at == at("2026-03-16 11:00")
        row.plan = {"hours": {"workday": [["12:00", "16:00"]]}}
        row.save()
        due = add_working_time(at("2026-03-16 09:00"), HOUR, calendar_for("hotline"))
        assert due.at == at("2026-03-16 13:00")
        row.delete()
        assert calendar_for("hotline").plan == before.plan

    def test_an_unknown_calendar_is_refused(self):
        with pytest.raises(UnknownCalendarError, match="night_shift"):
            calendar_for("night_shift")

    def test_a_row_that_is_no_plan_does_not_validate(self):
        row = WorkCalendar(key="x", name="x", plan={"hours": {"workday": [["18:00", "09:00"]]}})
        with pytest.raises(ValidationError, match="must open before it closes"):
            row.full_clean()

    def test_there_is_one_default_calendar(self):
        plan = {"hours": {}}
        WorkCalendar.objects.create(key="a", name="a", plan=plan, is_default=True)
        with pytest.raises(IntegrityError, match="one_default_work_calendar"), transaction.atomic():
            WorkCalendar.objects.create(key="b", name="b", plan=plan, is_default=True)


@pytest.mark.django_db
class TestOfficialYears:
    def test_the_highest_version_is_in_force_over_what_came_with_the_product(self, signed_up):
        first = load([{"date": "2026-12-24", "isOffDay": True}], year=2026)
        second = load([{"date": "2026-12-25", "isOffDay": True}], year=2026)
        assert [first.table.version, second.table.version] == [1, 2]
        assert official_years()[2026].days_off == {dt.date(2026, 12, 25)}
        assert len(official_years()[2025].weekdays_off) == 18

    def test_the_same_days_twice_make_one_version(self, signed_up):
        assert load().is_new is True
        again = load(source="again.json")
        assert (again.is_new, again.table.version, again.table.source) == (False, 1, "notice.json")
        assert CalendarYear.objects.filter(year=2027).count() == 1
        event = AuditEvent.objects.get(kind="calendar.year_loaded")
        assert (event.subject_id, event.facts) == ("2027", {"version": 1, "weekdays_off": 2})

    def test_an_empty_table_is_refused_and_nothing_is_stored(self, signed_up):
        with pytest.raises(YearTableError, match="not announced yet"):
            load([])
        assert CalendarYear.objects.count() == 0

    @pytest.mark.parametrize(
        ("now", "missing"),
        [
            ("2026-11-16 23:59", []),
            ("2026-11-17 00:00", [2027]),
            ("2027-03-01 09:00", [2027]),
            ("2027-12-01 09:00", [2027, 2028]),
        ],
    )
    def test_missing_years_are_named_in_good_time(self, now, missing):
        assert missing_years(now=at(now)) == missing

    def test_a_loaded_year_is_not_missing(self, signed_up):
        load()
        assert missing_years(now=at("2027-03-01 09:00")) == []


class TestStoredClocks:
    def test_a_clock_survives_being_stored(self, sample_clock, start_clock):
        desk = calendar_for("service_desk")
        row = start_clock(at("2026-03-16 09:00"))
        assert (row.due_at, row.next_step_at) == (at("2026-03-16 14:30"), at("2026-03-16 11:00"))
        still = clocks.pause(clock_of(row), at=at("2026-03-16 10:00"))
        again = clocks.resume(still, at=at("2026-03-17 10:00"), calendar=desk)
        sample_clock.objects.filter(pk=row.pk).update(**clock_values(again, calendar=desk, fired=1))
        row.refresh_from_db()
        assert clock_of(row) == again
        assert row.due_at == at("2026-03-17 14:30")
        assert (row.step, row.next_step_at) == (1, at("2026-03-17 13:42"))
        assert (row.paused_for, row.state) == (24 * HOUR, "running")

    def test_no_reminder_is_stored_while_paused_or_after_the_last(self, start_clock):
        desk = calendar_for("service_desk")
        clock = clock_of(start_clock(at("2026-03-16 09:00")))
        still = clocks.pause(clock, at=at("2026-03-16 10:00"))
        assert clock_values(still, calendar=desk)["next_step_at"] is None
        assert clock_values(clock, calendar=desk, fired=3)["next_step_at"] is None

    @pytest.mark.parametrize(
        ("columns", "constraint"),
        [
            ({"state": "met"}, "met_has_time"),
            ({"met_at": NOW}, "met_has_time"),
            ({"state": "breached", "next_step_at": None}, "breached_has_time"),
            ({"state": "paused", "next_step_at": None}, "paused_has_time"),
            ({"paused_at": NOW}, "paused_has_time"),
            ({"due_at": at("2026-03-16 09:00")}, "due_after_start"),
            ({"limit_minutes": 0}, "has_limit"),
            ({"state": "cancelled"}, "reminds_while_open"),
        ],
    )
    def test_the_database_refuses_a_clock_that_contradicts_itself(
        self, sample_clock, start_clock, columns, constraint
    ):
        with (
            pytest.raises(IntegrityError, match=f"calendars_sampleclock_{constraint}"),
            transaction.atomic(),
        ):
            start_clock(at("2026-03-16 09:00"), **columns)
        assert sample_clock.objects.count() == 0


@pytest.fixture
def signed_clock(sample_clock, signed_up):
    """Return the sample clock, signed up for recomputing."""
    register_clock_recompute(partial(recompute_open_clocks, sample_clock))
    assert len(signed_up) == 1
    return sample_clock


@pytest.mark.check("A-57")
class TestLoadingAYearMidFlight:
    def test_provisional_clocks_get_their_due_time(self, signed_clock, start_clock):
        over = start_clock(at("2026-12-31 17:00"))
        within = start_clock(at("2026-12-30 09:00"))
        assert (over.due_at, over.is_provisional) == (at("2027-01-01 11:30"), True)
        loaded = load(now=at("2026-12-31 18:00"))
        assert loaded.recomputed == 1
        over.refresh_from_db()
        assert (over.due_at, over.is_provisional) == (at("2027-01-05 11:30"), False)
        assert over.next_step_at == at("2027-01-05 09:30")
        before = (within.due_at, within.next_step_at)
        within.refresh_from_db()
        assert (within.due_at, within.next_step_at) == before

    def test_an_edited_year_moves_open_clocks_and_leaves_closed_ones(
        self, signed_clock, start_clock
    ):
        running = start_clock(at("2026-03-16 17:00"))
        met = start_clock(
            at("2026-03-16 17:00"), state="met", met_at=at("2026-03-17 09:00"), next_step_at=None
        )
        assert running.due_at == met.due_at == at("2026-03-17 11:30")
        assert load([{"date": "2026-03-17", "isOffDay": True}], year=2026).recomputed == 1
        running.refresh_from_db()
        met.refresh_from_db()
        assert (running.due_at, running.is_provisional) == (at("2026-03-18 11:30"), False)
        assert met.due_at == at("2026-03-17 11:30")

    def test_a_natural_limit_stays_and_its_reminders_move(self, signed_clock, start_clock):
        row = start_clock(at("2026-03-16 15:00"), 48, basis=Basis.NATURAL)
        assert (row.due_at, row.next_step_at) == (at("2026-03-18 15:00"), at("2026-03-17 15:00"))
        load([{"date": "2026-03-17", "isOffDay": True}], year=2026)
        row.refresh_from_db()
        assert (row.due_at, row.next_step_at) == (at("2026-03-18 15:00"), at("2026-03-16 18:00"))

    def test_a_breach_that_the_table_does_not_confirm_is_lifted(self, signed_clock, start_clock):
        due = at("2027-01-01 11:30")
        row = start_clock(
            at("2026-12-31 17:00"), state="breached", breached_at=due, next_step_at=None, step=3
        )
        assert load(now=due + HOUR).recomputed == 1
        row.refresh_from_db()
        assert (row.state, row.breached_at) == ("running", None)
        assert (row.due_at, row.next_step_at) == (at("2027-01-05 11:30"), None)

    def test_all_batches_are_reached_and_a_second_run_writes_nothing(
        self, signed_clock, start_clock, monkeypatch
    ):
        monkeypatch.setattr("crm_site.calendars.services.BATCH", 2)
        for minute in range(5):
            start_clock(at("2026-12-31 17:00") + minute * MINUTE)
        assert load().recomputed == 5
        assert signed_clock.objects.filter(is_provisional=True).count() == 0
        assert load().recomputed == 0

    def test_recomputing_costs_the_same_queries_for_one_and_for_twenty(
        self, signed_clock, start_clock, django_assert_max_num_queries
    ):
        for minute in range(20):
            start_clock(at("2026-12-31 17:00") + minute * MINUTE)
        load(now=NOW)
        signed_clock.objects.update(is_provisional=True)
        with django_assert_max_num_queries(13):
            assert recompute_open_clocks(signed_clock, year=2027, now=NOW) == 20


@pytest.mark.check("A-57")
class TestTheWatch:
    def test_a_missing_year_is_reported_not_silent(self, signed_clock, caplog):
        with caplog.at_level(logging.ERROR, logger="crm_site.calendars.services"):
            assert watch_calendar(now=at("2027-03-01 09:00")) == [2027]
        assert caplog.messages == ["No official work calendar for 2027: due times are provisional."]

    def test_a_clock_made_while_the_year_was_loaded_is_caught(self, signed_clock, start_clock):
        row = start_clock(at("2026-12-31 17:00"))
        CalendarYear.objects.create(
            year=2027, version=1, days=NEW_YEAR_2027, source="x", loaded_at=NOW
        )
        assert watch_calendar(now=NOW + HOUR) == []
        row.refresh_from_db()
        assert (row.due_at, row.is_provisional) == (at("2027-01-05 11:30"), False)

    def test_the_job_reports_what_the_service_finds(self, signed_clock, monkeypatch):
        monkeypatch.setattr(
            "django.utils.timezone.now", lambda: at("2027-03-01 09:00").astimezone(dt.UTC)
        )
        assert watch_calendar_task() == {"missing_years": "2027"}
        run = JobRun.objects.get(name="watch-calendar")
        assert (run.outcome, run.counts) == (JobRun.Outcome.DONE, {"missing_years": "2027"})

    def test_a_missing_year_is_an_alarm_in_the_audit_trail_once_a_day(self, signed_clock):
        for moment in ("2027-03-01 09:00", "2027-03-01 10:00", "2027-03-02 00:00"):
            watch_calendar(now=at(moment))
        alarms = AuditEvent.objects.filter(kind="calendar.year_missing")
        assert list(alarms.order_by("at").values_list("subject_id", "at")) == [
            ("2027", at("2027-03-01 09:00")),
            ("2027", at("2027-03-02 00:00")),
        ]
        assert "calendar.year_missing" in ALARMS


def test_every_state_of_the_rules_can_be_stored(sample_clock):
    choices = {value for value, _label in sample_clock._meta.get_field("state").choices}
    assert choices == {state.value for state in ClockState}
