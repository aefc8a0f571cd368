"""A concrete clock of the tests' own, with a table that lives as long as the test."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import isolate_apps

from crm_site.calendars import registry, services
from crm_site.calendars.models import Clock
from crm_site.calendars.rules import clocks
from crm_site.calendars.rules.states import Basis


@pytest.fixture
def sample_clock(db):
    """Return a model made from the abstract clock, its constraints and indexes included."""
    with isolate_apps("crm_site.calendars"):

        class SampleClock(Clock):
            class Meta(Clock.Meta):
                app_label = "calendars"

    with connection.schema_editor() as editor:
        editor.create_model(SampleClock)
    return SampleClock


@pytest.fixture
def signed_up(monkeypatch):
    """Return the list of functions that a loaded year calls; empty, and put back afterwards."""
    functions = []
    monkeypatch.setattr(registry, "_RECOMPUTES", functions)
    return functions


@pytest.fixture
def start_clock(sample_clock):
    """Return a function that stores a running clock of some hours."""

    def start(started_at, hours=4, *, basis=Basis.WORKING, key="service_desk", **columns):
        calendar = services.calendar_for(key)
        limit = clocks.ClockLimit(basis, dt.timedelta(hours=hours))
        clock = clocks.start(started_at=started_at, limit=limit, calendar=calendar)
        values = services.clock_values(clock, calendar=calendar) | columns
        return sample_clock.objects.create(kind="first_touch", policy_version=1, **values)

    return start
