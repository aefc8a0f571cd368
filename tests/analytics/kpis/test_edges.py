"""What stood at a moment, costs nobody wrote down, and months by local days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from analytics.churn.words import SAID
from analytics.kpis import display
from analytics.kpis.forms import MarketForm
from analytics.kpis.hooks import Cost, forget, register_cost_source
from analytics.kpis.models import KpiDifference, KpiSnapshot
from analytics.kpis.registry import kpi_of
from analytics.kpis.services import freezing
from analytics.kpis.services.checking import check
from customers.models import Customer
from service.tickets.models import Ticket, TicketCallback
from tests.analytics.kpis.conftest import APRIL
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
D = Decimal
NIGHT = datetime.fromisoformat("2026-05-01T02:00+08:00")
EVENING = datetime.fromisoformat("2026-04-30T20:00+08:00")
LATER = NIGHT + timedelta(hours=12)


@pytest.fixture
def ticket(org):
    customer = CustomerFactory(owner=UserFactory(node=org.team_a))
    return TicketFactory(customer=customer, opened_at=EVENING, told_at=EVENING)


def frozen(key: str) -> KpiSnapshot:
    freezing.freeze(APRIL, [kpi_of(key)], now=NIGHT)
    return KpiSnapshot.objects.get(kpi=key, place_kind="company")


def test_a_callback_of_the_next_day_is_no_difference(ticket, seller) -> None:
    row = frozen("callback_coverage")
    assert (row.value, row.n) == (0, 1)
    TicketCallback.objects.create(
        ticket=ticket,
        kind="solution",
        at=LATER,
        solved="yes",
        pleasant=5,
        is_satisfied=True,
        by=seller,
    )
    assert check([row.pk], now=LATER + timedelta(hours=12)) == {"same": 1}
    assert not KpiDifference.objects.exists()


def test_a_complaint_closed_after_the_figure_was_frozen_is_no_difference(ticket) -> None:
    row = frozen("complaint_closing_48h")
    assert (row.value, row.n) == (None, 0)
    Ticket.objects.filter(pk=ticket.pk).update(state="closed", closed_at=LATER)
    assert check([row.pk], now=LATER + timedelta(hours=12)) == {"same": 1}


def test_no_cost_is_not_a_cost_of_zero_and_every_cost_has_its_line(
    client_for, org, known, leads
) -> None:
    leads(known(2), ["new"], at=EVENING, source="walk_in")
    spent = Cost(key=1, on=date(2026, 4, 3), amount=D(800), label="expo", channel="expo")
    register_cost_source("test", lambda period, now: [spent])
    try:
        page = client_for(make_user(org, "head_office")).get(
            "/analytics/efficiency/?period=2026-04"
        )
    finally:
        forget("test")
    lines = {line.leads: line for line in page.context["lines"]}
    assert (lines[2].cost, lines[2].cost_each) == ("--", "--")
    assert ("800" in lines[0].cost, lines[0].cost_each) == (True, "--")
    assert len(page.context["lines"]) == 2


def test_a_mean_in_percent_is_no_part_of_its_rows(client_for, org, known) -> None:
    known(3)
    Customer.objects.update(completeness=40)
    client = client_for(make_user(org, "head_office"))
    page = client.get("/analytics/kpis/data_completeness/")
    assert (page.context["reading"].value, page.context["reading"].n) == (40, 3)
    assert page.context["parts"] == ""


def test_a_month_begins_by_the_local_day() -> None:
    now = datetime(2026, 5, 31, 17, tzinfo=UTC)  # 1 June, one in the morning
    form = MarketForm({"month": "2026-06"}, now=now)
    assert "month" not in form.errors
    assert "month" in MarketForm({"month": "2026-07"}, now=now).errors


def test_figures_are_rounded_and_not_cut_off() -> None:
    assert display.figure(D("94.99"), "percent") == "95.0 %"
    assert display.figure(D("8.876"), "points").startswith("8.88")
    assert display.figure(D("-8.876"), "ratio") == "-8.88"
    assert "29" in SAID["budget_gap"](0.29)  # 0.29 x 100 is a little less than 29
