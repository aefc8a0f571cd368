"""Commission is cost of sales, once, as long as the deal stands; CAC counts it (MKT-55, MKT-68)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.kpis.kinds import Asking, Period, Place, ScopeKind
from analytics.kpis.registry import kpi_of
from marketing.campaigns.models import BudgetNode, CostEvent, CostItem
from marketing.campaigns.services.budgets import free_of
from marketing.channels.figures import Period as Days
from marketing.channels.figures import channel_figures
from marketing.channels.models import Commission
from marketing.channels.services.charging import charge_commissions
from marketing.channels.tasks import settle_commission

pytestmark = pytest.mark.django_db
D = Decimal
OWED = D(16_000)  # 1.6 % of a million


def month_of(day):
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


@pytest.fixture
def budget(project):
    """What the company and the project may spend this year."""

    def make(company, own=None):
        year = timezone.localdate().year
        top = BudgetNode.objects.create(kind="company", year=year, amount=D(company))
        if own is None:
            return top, None
        below = BudgetNode.objects.create(
            kind="project", parent=top, year=year, amount=D(own), project=project
        )
        return top, below

    return make


def undo(commission, *, stands):
    """Let the deal of a commission stand or not, as its settlement writes it."""
    Commission.objects.filter(pk=commission.pk).update(stands=stands)


@pytest.mark.spec("MKT-55")
def test_a_deal_is_one_item_of_cost_however_often_the_job_runs(
    brought, partner, deal, budget
) -> None:
    _top, own = budget(1_000_000, 100_000)
    signed = deal(brought)
    for _again in range(2):
        settle_commission()
    cost = CostItem.objects.get()
    row = Commission.objects.get()
    assert (cost.amount, cost.state, cost.kind, cost.item) == (
        OWED,
        "approved",
        "sales",
        "commission",
    )
    assert (cost.project, cost.channel_code, cost.payee) == (signed.project, "agent", partner.name)
    assert (cost.on, cost.source_key) == (
        timezone.localdate(signed.signed_at),
        f"commission:{row.pk}",
    )
    assert (cost.node, free_of(own)) == (own, D(100_000) - OWED)
    assert charge_commissions(now=timezone.now()) == {"charged": 0, "uncharged": 0}


@pytest.mark.spec("MKT-68")
def test_a_deal_taken_back_is_no_cost_and_counts_again_when_it_stands(
    brought, deal, budget
) -> None:
    _top, own = budget(1_000_000, 100_000)
    deal(brought)
    now = timezone.now()
    charge_commissions(now=now)
    row = Commission.objects.get()
    undo(row, stands=False)
    for expected in (1, 0):
        assert charge_commissions(now=now) == {"charged": 0, "uncharged": expected}
    assert (CostItem.objects.get().state, free_of(own)) == ("refused", D(100_000))
    undo(row, stands=True)
    assert charge_commissions(now=now) == {"charged": 1, "uncharged": 0}
    assert (CostItem.objects.get().state, free_of(own)) == ("approved", D(100_000) - OWED)
    steps = CostEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(steps) == ["approved", "refused", "approved"]


@pytest.mark.parametrize(("own", "top_pays"), [(10_000, True), (16_000, False)])
def test_a_project_that_has_too_little_leaves_it_to_the_company(
    brought, deal, budget, own, top_pays
) -> None:
    top, below = budget(100_000, own)
    deal(brought)
    charge_commissions(now=timezone.now())
    assert CostItem.objects.get().node == (top if top_pays else below)


def test_what_no_budget_holds_counts_and_is_listed(
    brought, deal, budget, client_for, payer
) -> None:
    top, _none = budget(1_000)
    deal(brought)
    charge_commissions(now=timezone.now())
    cost = CostItem.objects.get()
    assert (cost.state, cost.node) == ("approved", None)
    client = client_for(payer)
    page = client.get("/costs/")
    assert page.context["without_budget"] == 1
    assert "?without_budget=yes" in page.content.decode()
    assert [row.pk for row in client.get("/costs/?without_budget=yes").context["rows"]] == [cost.pk]
    BudgetNode.objects.filter(pk=top.pk).update(amount=D(50_000))
    again = {"project": cost.project_id, "channel_code": "agent", "reason": "预算已追加"}
    assert client.post(f"/costs/{cost.pk}/allocate/", again).status_code == 302
    cost.refresh_from_db()
    assert cost.node == top
    assert client.get("/costs/").context["without_budget"] == 0


@pytest.mark.spec("MKT-55")
def test_the_cost_of_a_customer_holds_the_commission_and_opens_it(brought, deal, budget) -> None:
    budget(1_000_000, 100_000)
    deal(brought)
    now = timezone.now() + timedelta(days=1)
    charge_commissions(now=timezone.now())
    asking = Asking(Period(*month_of(timezone.localdate())), Place(ScopeKind.COMPANY), now)
    for key in ("cac_buyer", "cac_lead"):
        kpi = kpi_of(key)
        reading, rows = kpi.read(asking), kpi.rows(asking)
        assert (reading.value, reading.top) == (OWED, OWED)  # one lead, one buyer
        assert (rows.count, rows.total) == (reading.n, reading.top)
        assert [line.url for line in rows.lines] == [CostItem.objects.get().get_absolute_url()]
    undo(Commission.objects.get(), stands=False)
    charge_commissions(now=timezone.now())
    assert kpi_of("cac_buyer").read(asking).value is None


def test_the_scorecard_counts_commission_once(brought, deal, budget) -> None:
    budget(1_000_000, 100_000)
    deal(brought)
    period = Days(*month_of(timezone.localdate()))
    before = channel_figures(period, now=timezone.now())["agent"].cost
    charge_commissions(now=timezone.now())
    assert channel_figures(period, now=timezone.now())["agent"].cost == before == OWED
