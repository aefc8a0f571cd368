"""The supervisor's page: every figure opens a list that counts the same (CUS-41, CUS-44)."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from customers.filters import CustomerFilter
from customers.models import Customer
from customers.selectors.team import team
from customers.services.clocks import meet, start_clocks
from customers.services.reminders import sweep_clocks
from tests.factories import CustomerFactory, LeadFactory, TaskFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lead_received(owner, received_at):
    lead = LeadFactory(customer=CustomerFactory(owner=owner), received_at=received_at)
    start_clocks(lead=lead, started_at=received_at, now=received_at)
    return lead


@pytest.fixture
def work(org, consultant, consultant_b, consultant_c, supervisor, executive, now):
    """Late, waiting and planned work of two consultants, and a third in another team."""
    for owner in (consultant, consultant, consultant_b, consultant_c):
        lead_received(owner, now - 30 * HOUR)
        lead_received(owner, now - HOUR)
        TaskFactory(customer=CustomerFactory(owner=owner), due_at=now - HOUR)
        TaskFactory(customer=CustomerFactory(owner=owner), due_at=now + HOUR)
        TaskFactory(customer=CustomerFactory(owner=owner), due_at=now + DAY)
    for team_node in (org.team_a, org.team_a, org.team_b):
        CustomerFactory(
            team=team_node, project_id=team_node.project_id, region_id=team_node.region_id
        )
    sweep_clocks(now=now)
    return now


def listed(figure, user):
    """Return how many customers the list at the figure's address shows this user."""
    parts = urlsplit(figure.url)
    request = RequestFactory().get(figure.url)
    request.user = user
    customers = Customer.objects.visible_to(user)
    if parts.path == "/pool/":
        return customers.in_pool().count()
    params = {key: values[0] for key, values in parse_qs(parts.query).items()}
    filters = CustomerFilter(params, queryset=customers, request=request)
    assert filters.is_valid(), filters.errors
    return filters.qs.count()


@pytest.fixture
def at_now(monkeypatch, now):
    monkeypatch.setattr("customers.filters.timezone.now", lambda: now)


def test_figures_are_those_of_the_scope(work, supervisor, now):
    report = team(user=supervisor, now=now)
    assert (report.breached.count, report.overdue.count, report.unowned.count) == (3, 3, 2)
    rows = {
        row.name: (
            row.customers.count,
            row.due_today.count,
            row.overdue.count,
            row.waiting.count,
            row.breached.count,
        )
        for row in report.consultants
    }
    assert rows == {"consultant": (10, 4, 2, 2, 2), "consultant_b": (5, 2, 1, 1, 1)}
    assert [(one.owner_name, one.over, one.level) for one in report.escalations] == [
        ("consultant", 6 * HOUR, 2),
        ("consultant", 6 * HOUR, 2),
        ("consultant_b", 6 * HOUR, 2),
    ]


def test_every_figure_opens_a_list_that_counts_the_same(work, supervisor, now, at_now):
    report = team(user=supervisor, now=now)
    figures = [report.breached, report.overdue, report.unowned]
    for row in report.consultants:
        figures += [row.customers, row.due_today, row.overdue, row.waiting, row.breached]
    assert len(figures) == 13
    assert [listed(figure, supervisor) for figure in figures] == [
        figure.count for figure in figures
    ]
    assert all(figure.count for figure in figures)


def test_the_time_limit_report_counts_kept_and_missed(consultant, supervisor, executive, now):
    kept, late, lost_time = (lead_received(consultant, now - 10 * DAY) for _ in range(3))
    meet(lead=kept, kind="first_touch", at=now - 9 * DAY)
    meet(lead=late, kind="first_touch", at=now - 9 * DAY + timedelta(minutes=1))
    meet(lead=kept, kind="closure", at=now - 4 * DAY)
    assert lost_time.pk
    report = {row.kind: row for row in team(user=supervisor, now=now).limits}
    first, closure = report["first_touch"], report["closure"]
    assert (first.ended, first.kept, first.missed, first.open) == (3, 1, 2, 1)
    assert first.rate == Decimal(1) / 3
    assert (closure.ended, closure.kept, closure.missed, closure.open) == (3, 1, 2, 2)
    (row,) = team(user=supervisor, now=now).consultants
    assert row.first_touch_rate == Decimal(1) / 3


def test_no_limit_ended_is_no_rate(consultant, supervisor, now):
    report = team(user=supervisor, now=now)
    assert [row.rate for row in report.limits] == [None, None, None]
    assert report.consultants[0].first_touch_rate is None


def test_a_consultant_more_costs_no_query_more(work, org, supervisor, now):
    from tests.factories import UserFactory

    def queries():
        with CaptureQueriesContext(connection) as seen:
            team(user=supervisor, now=now)
        return len(seen)

    before = queries()
    for _ in range(5):
        person = UserFactory(role="consultant", node=org.team_a)
        lead_received(person, now - 30 * HOUR)
        TaskFactory(customer=CustomerFactory(owner=person), due_at=now - HOUR)
    sweep_clocks(now=now)
    assert queries() == before
