"""Lives of tickets in the first project, led by a member of the service desk."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.service.clocks.life import Life, moment


@pytest.fixture
def life(org, agent):
    """Return a function that opens a ticket at a moment and leads it on."""

    def begin(opened="05-20 10:32", **draft):
        return Life(draft.pop("project", org.project_one), agent, opened, **draft)

    return begin


@pytest.fixture
def clock_at(monkeypatch):
    """Return a function that sets the time at which pages and jobs are asked."""

    def set_to(text):
        here = moment(text).astimezone(ZoneInfo("UTC"))
        monkeypatch.setattr(timezone, "now", lambda: here)
        return here

    return set_to
