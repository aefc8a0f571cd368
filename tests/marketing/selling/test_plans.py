"""Sales plans: roll-up, approval, adjusting, actuals, sales against plan (MKT-53)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm_site.approvals.services import refuse, sign
from marketing.selling.errors import SellingError
from marketing.selling.models import SalesPlan
from marketing.selling.rules.plans import Figures, total
from marketing.selling.rules.spans import Grain, Span, span_of
from marketing.selling.selectors.plans import planned_by_consultant, planned_by_project, table_of
from marketing.selling.services import plans as services
from tests.factories import UserFactory
from tests.tools import ENGLISH

D = Decimal
pytestmark = pytest.mark.django_db
FIGURES = Figures(units=D(10), area=D(1000), amount=D(20_000_000), receipts=D(8_000_000))
MAY = date(2026, 5, 20)


def written(project, planner, now, **more) -> SalesPlan:
    given = {"project": project, "grain": Grain.MONTH, "day": MAY, "figures": FIGURES} | more
    return services.write_plan(draft=services.PlanDraft(**given), actor=planner, now=now)


def in_force(plan, planner, chief, now) -> SalesPlan:
    asked = services.ask_approval(plan=plan, actor=planner, now=now)
    approval = asked.approval
    sign(approval_id=approval.pk, digest=approval.digest, signer=chief, now=now)
    plan.refresh_from_db()
    return plan


@pytest.mark.spec("MKT-53")
def test_a_plan_is_approved_only_when_consultants_add_up_to_the_project(
    project, planner, chief, lin, chen, client_for, now
) -> None:
    browser = client_for(planner)
    form = {"project": project.pk, "grain": "month", "day": "2026-05-20", "units": "10"}
    form |= {"area": "1000", "amount": "20000000", "receipts": "8000000"}
    assert browser.post("/sales-plans/add/", form).status_code == 302
    plan = SalesPlan.objects.get()
    assert (plan.starts_on, plan.state, plan.lines.count()) == (date(2026, 5, 1), "draft", 2)
    assert total(line.figures for line in plan.lines.all()) == plan.figures == FIGURES
    url = f"/sales-plans/{plan.pk}/"
    page = browser.get(f"{url}edit/")
    data = dict(page.context["form"].initial)
    data |= {"edit_base": page.context["form"].edit_base, f"c{lin.pk}_units": "4"}
    assert browser.post(f"{url}edit/", data).status_code == 302
    refused = browser.post(f"{url}ask/", headers=ENGLISH)
    assert refused.status_code == 409
    assert "Consultants and project differ: Units +1" in refused.content.decode()
    assert "Consultants and project differ" in browser.get(url, headers=ENGLISH).content.decode()
    assert browser.post(f"{url}share/").status_code == 302
    assert browser.post(f"{url}ask/").status_code == 302
    plan.refresh_from_db()
    assert plan.state == "asked"
    with pytest.raises(SellingError):
        services.change_plan(plan=plan, figures=FIGURES, lines={}, actor=planner, now=now)
    approval = plan.approval
    assert approval.content["figures"]["amount"] == "20000000"
    sign(approval_id=approval.pk, digest=approval.digest, signer=chief, now=timezone.now())
    plan.refresh_from_db()
    assert plan.state == "approved"
    assert total(line.figures for line in plan.lines.all()) == plan.figures


def test_an_adjustment_replaces_the_plan_once_it_is_signed(
    project, planner, chief, lin, now
) -> None:
    first = in_force(written(project, planner, now), planner, chief, now)
    with pytest.raises(ValidationError):
        services.adjust(plan=first, reason=" ", actor=planner, now=now)
    fresh = services.adjust(plan=first, reason="推盘延后", actor=planner, now=now)
    with pytest.raises(SellingError):
        services.adjust(plan=first, reason="再来", actor=planner, now=now)
    less = Figures(units=D(6), amount=D(12_000_000))
    services.change_plan(plan=fresh, figures=less, lines={lin.pk: less}, actor=planner, now=now)
    span = span_of("month", MAY)
    later = now + timedelta(hours=2)
    assert planned_by_project(span, later)[project.pk].amount == D(20_000_000)
    in_force(fresh, planner, chief, now + timedelta(hours=1))
    first.refresh_from_db()
    assert (first.state, fresh.state, fresh.version) == ("replaced", "approved", 2)
    assert planned_by_project(span, later)[project.pk].amount == D(12_000_000)
    # as it was known before the adjustment
    assert planned_by_project(span, now)[project.pk].amount == D(20_000_000)
    assert planned_by_consultant(span, later)[lin.pk] == less


def test_a_refused_plan_is_a_draft_again(project, planner, chief, lin, now) -> None:
    plan = services.ask_approval(plan=written(project, planner, now), actor=planner, now=now)
    refuse(approval_id=plan.approval_id, reason="太低", signer=chief, now=now)
    plan.refresh_from_db()
    assert plan.state == "draft"
    services.discard(plan=plan, actor=planner, now=now)
    assert not SalesPlan.objects.exists()


def test_the_database_keeps_one_plan_in_force(project, planner, chief, lin, now) -> None:
    plan = in_force(written(project, planner, now), planner, chief, now)
    with pytest.raises(SellingError):
        written(project, planner, now)
    same = {"project": project, "grain": "month", "starts_on": plan.starts_on, "reason": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SalesPlan.objects.create(**same, version=2, state="approved", created_by=planner)


@pytest.mark.spec("MKT-53")
def test_what_consultants_reached_adds_up_to_what_the_project_reached(
    project, planner, chief, lin, chen, deal, paid, client_for, now
) -> None:
    plan = in_force(written(project, planner, now), planner, chief, now)
    gone = UserFactory(name="已调离", node=None)
    one = deal(lin, now - timedelta(days=3), total=2_000_000)
    deal(lin, now - timedelta(days=40), total=9_000_000)  # another month
    deal(chen, now - timedelta(days=2), total=3_000_000)
    deal(
        chen,
        now - timedelta(days=5),
        total=7_000_000,
        state="refunded",
        ended_at=now - timedelta(days=1),
    )
    other = deal(lin, now - timedelta(days=1), total=1_500_000)
    type(other).objects.filter(pk=other.pk).update(consultant=gone)
    paid(one, 600_000, now - timedelta(days=2))
    paid(one, -100_000, now - timedelta(days=1))
    table = table_of(plan, now)
    reached = {row.person.pk: row.actual for row in table.rows}
    assert reached[lin.pk] == Figures(
        units=D(1), area=D(100), amount=D(2_000_000), receipts=D(500_000)
    )
    assert reached[chen.pk].amount == D(3_000_000)
    assert [row.is_planned for row in table.rows] == [True, True, False]
    assert total(row.actual for row in table.rows) == table.whole.actual
    assert table.whole.actual.amount == D(6_500_000)
    assert table.whole.actual.units == 3
    html = client_for(planner).get(plan.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "6,500,000 / 20,000,000" in html
    assert "without a part" in html


def test_the_board_figure_holds_contracts_against_the_plan(
    project, planner, chief, lin, deal, now
) -> None:
    from analytics.kpis.kinds import COMPANY, Asking, Period, Place, ScopeKind
    from analytics.kpis.registry import kpi_of

    kpi = kpi_of("sales_vs_plan")
    asking = Asking(Period(date(2026, 5, 1), date(2026, 6, 1)), COMPANY, now)
    assert kpi.read(asking).note == "no_plan"
    in_force(written(project, planner, now), planner, chief, now)
    deal(lin, now - timedelta(days=3), total=5_000_000)
    later = Asking(asking.period, Place(ScopeKind.PROJECT, project.pk), now + timedelta(minutes=1))
    found = kpi.read(later)
    assert (found.value, found.top, found.bottom, found.n) == (25, 5_000_000, 20_000_000, 1)
    rows = kpi.rows(later)
    assert (rows.count, rows.total) == (found.n, found.top)
    region = kpi.by_place(later.period, ScopeKind.REGION, later.now)
    assert region[project.node.region_id].value == 25


@pytest.mark.parametrize("n", [1, 20])
def test_the_list_asks_as_often_for_one_plan_as_for_many(
    project, planner, lin, client_for, n, now, django_assert_max_num_queries
) -> None:
    for place in range(n):
        month = date(2024 + place // 12, place % 12 + 1, 1)
        written(project, planner, now, day=month)
    browser = client_for(planner)
    browser.get("/sales-plans/")
    with django_assert_max_num_queries(16):
        assert browser.get("/sales-plans/").status_code == 200


def test_plans_of_other_projects_do_not_exist(org, project, planner, client_for, lin, now) -> None:
    plan = written(project, planner, now)
    stranger = UserFactory(role="supervisor", node=org.team_b)
    assert client_for(stranger).get(plan.get_absolute_url()).status_code == 404
    assert client_for(lin).get("/sales-plans/").status_code == 403
    assert Span(plan.span.start, plan.span.end).days == 31
