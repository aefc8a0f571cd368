"""Sales statistics tie with the deals, by time, layout and channel, and as a file (MKT-54)."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_site.audit.models import AuditEvent
from customers.models import Project
from customers.payment.models import Receipt
from customers.purchase.models import Purchase
from marketing.selling.rules.spans import Grain, Span
from marketing.selling.selectors.statistics import Question, opportunities, statistics
from tests.factories import CustomerFactory, InteractionFactory, UserFactory
from tests.tools import ENGLISH

D = Decimal
pytestmark = pytest.mark.django_db
QUARTER = Span(date(2026, 4, 1), date(2026, 6, 1))


@pytest.fixture
def sold(project, lin, chen, deal, paid, now) -> list[Purchase]:
    """Six deals over two months, of two channels; one given up, one taken back later."""
    rows = [
        deal(lin, now - timedelta(days=days), total=1_000_000 + days * 10_000, source=source)
        for days, source in ((1, "walk_in"), (2, "website"), (9, "walk_in"), (30, "website"))
    ]
    rows.append(
        deal(
            chen,
            now - timedelta(days=35),
            total=2_000_000,
            state="refunded",
            ended_at=now - timedelta(days=3),
        )
    )
    rows.append(
        deal(
            chen,
            now - timedelta(days=4),
            state="cancelled",
            signed_at=None,
            ended_at=now - timedelta(days=2),
        )
    )
    paid(rows[0], 300_000, now - timedelta(days=1))
    paid(rows[3], 500_000, now - timedelta(days=29))
    paid(rows[3], -50_000, now - timedelta(days=2))
    visitor = CustomerFactory(owner=lin, source="walk_in")
    InteractionFactory(customer=visitor, channel="visit", result="visited", at=now, author=lin)
    InteractionFactory(customer=visitor, channel="visit", at=now - timedelta(days=6), author=lin)
    InteractionFactory(customer=visitor, channel="phone", at=now - timedelta(days=6), author=lin)
    return rows


def asked(project, *, cut="time", grain=Grain.DAY, span=QUARTER) -> Question:
    return Question(span, grain, cut, (project.pk,))


@pytest.mark.spec("MKT-54")
@pytest.mark.parametrize("grain", [Grain.DAY, Grain.WEEK, Grain.MONTH])
def test_tables_tie_with_the_deals_in_every_step(project, sold, now, grain) -> None:
    later = now + timedelta(minutes=1)
    table = statistics(asked(project, grain=grain), later)
    signed = Purchase.objects.filter(signed_at__isnull=False)
    values = table.whole.values
    assert values["signings"] == signed.count() == 5
    assert values["amount"] == sum(one.agreed_total for one in signed) == D(6_420_000)
    assert values["receipts"] == sum(one.amount for one in Receipt.objects.all()) == D(750_000)
    assert (values["subscriptions"], values["cancelled"], values["visits"]) == (6, 2, 2)
    assert table.whole.mean_price == D(12_840)  # 6,420,000 for 500 m²
    for key, value in values.items():
        assert sum(line.values[key] for line in table.lines) == value
    days = {line.key: line for line in table.lines}
    if grain is Grain.DAY:
        assert len(days) == 61
        assert days[date(2026, 5, 19)].values["amount"] == D(1_010_000)
        assert days[date(2026, 5, 18)].values["receipts"] == D(-50_000)
    if grain is Grain.MONTH:
        assert [line.label for line in table.lines] == ["2026-04", "2026-05"]
        assert [line.values["signings"] for line in table.lines] == [2, 3]
        assert table.trend() == [None, D(-5)]  # 3,120,000 after 3,300,000


@pytest.mark.spec("MKT-54")
def test_layout_and_channel_tell_the_same_sums_apart(project, sold, now) -> None:
    later = now + timedelta(minutes=1)
    layout = statistics(asked(project, cut="layout"), later)
    assert [line.label for line in layout.lines] == ["云栖里 · 三房两卫"]
    assert (layout.whole.values["signings"], layout.has_visits) == (5, False)
    channel = statistics(asked(project, cut="channel"), later)
    found = {line.key: line.values for line in channel.lines}
    assert found["website"]["signings"] == 2
    assert found["website"]["receipts"] == D(450_000)
    assert found["walk_in"]["visits"] == 2
    assert channel.whole.values == statistics(asked(project), later).whole.values


def test_deals_of_other_projects_and_of_later_moments_are_left_out(org, project, sold, now) -> None:
    early = statistics(asked(project), now - timedelta(days=20))
    assert early.whole.values["signings"] == 2
    assert early.whole.values["cancelled"] == 0
    assert statistics(asked(org.project_two), now).whole.values["signings"] == 0


@pytest.mark.spec("MKT-54")
def test_the_page_and_its_file_hold_the_same_figures(
    planner, project, sold, client_for, settings
) -> None:
    from openpyxl import load_workbook

    browser = client_for(planner)
    query = "?by=channel&start=2026-04-01&end=2026-05-31"
    page = browser.get(f"/sales-statistics/{query}", headers=ENGLISH)
    text = page.content.decode()
    assert "6,420,000" in text
    assert "750,000" in text
    assert "Opportunities now" in text
    answer = browser.get(f"/sales-statistics/xlsx/{query}", headers=ENGLISH)
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    heads, whole = rows[1], rows[-1]
    assert whole[0] == "Total"
    assert whole[heads.index("Contract amount (yuan)")] == 6_420_000
    assert whole[heads.index("Receipts (yuan)")] == 750_000
    assert AuditEvent.objects.filter(kind="selling.statistics_exported").count() == 1


def test_bad_days_get_a_clear_answer(planner, client_for) -> None:
    browser = client_for(planner)
    for query in ("start=2026-05-02&end=2026-05-01", "start=2020-01-01&end=2026-05-01", "by=x"):
        assert browser.get(f"/sales-statistics/?{query}").status_code == 422
        assert browser.get(f"/sales-statistics/xlsx/?{query}").status_code == 422


def test_opportunities_count_what_is_on_the_way(project, lin, deal, now) -> None:
    deal(lin, now, state="subscribed", signed_at=None, total=3_000_000)
    deal(lin, now)
    found = opportunities(Project.objects.filter(pk=project.pk))[0]
    assert (found.subscribed, found.amount, found.held, found.free) == (1, D(3_000_000), 0, 0)
    assert found.leads == 2


def test_the_page_needs_a_fixed_number_of_statements(
    planner, project, sold, client_for, django_assert_max_num_queries
) -> None:
    browser = client_for(planner)
    browser.get("/sales-statistics/")
    with django_assert_max_num_queries(22):
        browser.get("/sales-statistics/")


def test_consultants_do_not_see_the_statistics(client_for, lin, org) -> None:
    assert client_for(lin).get("/sales-statistics/").status_code == 403
    supervisor = UserFactory(role="supervisor", node=org.team_b)
    assert client_for(supervisor).get("/sales-statistics/").status_code == 200
