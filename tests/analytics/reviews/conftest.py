"""People who keep reports, and KPIs whose values the test sets."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from analytics.reviews.report_models import PerformanceReport
from analytics.reviews.rules.periods import Span
from analytics.reviews.rules.report import Block
from analytics.reviews.services.freezing import open_report
from analytics.reviews.services.publishing import write_notes
from crm_site.staff.models import User
from tests.analytics.figures import Figures, given_kpis
from tests.conftest import make_user

FIRST = Span(date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture
def figures() -> Iterator[Figures]:
    with given_kpis() as found:
        yield found


@pytest.fixture
def chief(org: Any) -> User:
    return make_user(org, "executive")


@pytest.fixture
def head(org: Any) -> User:
    return make_user(org, "head_office")


@pytest.fixture
def client(client_for: Any, chief: User) -> Client:
    return client_for(chief)


@pytest.fixture
def report(org: Any, figures: Figures, chief: User, now: Any) -> PerformanceReport:
    """The report of the east for the first quarter: everything on target."""
    return opened(org, chief, now)


def opened(org: Any, actor: User, now: Any, span: Span = FIRST) -> PerformanceReport:
    """Open the report of the east."""
    found, _is_new = open_report(
        kind="quarter", span=span, region_id=org.region_east.pk, actor=actor, now=now
    )
    return found


def written(report: PerformanceReport, actor: User, now: Any) -> None:
    """Write something about each block."""
    notes = {block.value: f"{block.value}：本季度的问题与分析" for block in Block}
    write_notes(report=report, notes=notes, actor=actor, now=now)
