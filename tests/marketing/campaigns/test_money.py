"""Budgets, their moves and cost: requested, approved, paid, allocated, never overspent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_site.approvals.models import Approval
from crm_site.audit.models import AuditEvent
from marketing.campaigns.errors import OverBudgetError
from marketing.campaigns.models import BudgetEvent, BudgetMove, BudgetNode, CostItem
from marketing.campaigns.rules.states import BudgetKind
from marketing.campaigns.selectors import costs_between
from marketing.campaigns.services.budgets import (
    Change,
    NewNode,
    change_budget,
    free_of,
    set_budget,
)
from marketing.campaigns.services.costs import Charge, CostDraft, book_cost, request_cost
from tests.factories import CustomerFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
MAY = date(2026, 5, 6)


def asked(**more):
    given = {
        "on": "2026-05-06",
        "amount": "2000",
        "note": "抖音投放五月",
        "item": "media",
        "kind": "marketing",
        "payee": "云图传媒",
        "project": "",
        "campaign": "",
        "placement": "",
        "channel_code": "",
    }
    return given | more


@pytest.mark.spec("MKT-55")
def test_cost_is_requested_approved_paid_and_allocated(
    client, client_for, running, chief, payer, sign_all, now
) -> None:
    row = running(shares={"walk_in": D(100)})
    made = client.post("/costs/add/", asked())  # charged nowhere
    cost = CostItem.objects.get()
    assert made["Location"] == f"/costs/{cost.pk}/"
    assert (cost.state, cost.is_unallocated, cost.node.kind) == ("requested", True, "company")
    teller = client_for(payer)
    paid = {"paid_on": "2026-05-07", "reference": "V-001"}
    assert teller.post(f"/costs/{cost.pk}/pay/", paid).status_code == 409  # not approved
    assert costs_between(date(2026, 5, 1), date(2026, 6, 1), now) == []
    sign_all(chief)
    cost.refresh_from_db()
    assert cost.state == "approved"
    desk = teller.get("/costs/?unallocated=yes")
    assert [one.pk for one in desk.context["rows"]] == [cost.pk]
    assert desk.context["unallocated"] == 1
    assert "tag-amber" in desk.content.decode()
    assert teller.post(f"/costs/{cost.pk}/pay/", paid | {"reference": ""}).status_code == 422
    assert teller.post(f"/costs/{cost.pk}/pay/", paid).status_code == 302
    cost.refresh_from_db()
    assert (cost.state, cost.paid_on, cost.reference) == ("paid", date(2026, 5, 7), "V-001")
    unallocated = costs_between(date(2026, 5, 1), date(2026, 6, 1), now)
    assert [(one.amount, one.channel, one.campaign) for one in unallocated] == [(D(2000), "", "")]
    url = f"/costs/{cost.pk}/allocate/"
    base = teller.get(url).context["form"].edit_base
    put = {"campaign": row.pk, "project": "", "placement": "", "channel_code": "walk_in"}
    put |= {"reason": "属于春季开放日", "edit_base": base}
    assert teller.post(url, put).status_code == 302
    cost.refresh_from_db()
    assert (cost.project_id, cost.node.kind, cost.is_unallocated) == (
        row.project_id,
        "channel",
        False,
    )
    assert teller.get("/costs/?unallocated=yes").context["rows"] == []
    line = costs_between(date(2026, 5, 1), date(2026, 6, 1), now)[0]
    assert (line.campaign, line.channel, line.project) == (row.code, "walk_in", row.project_id)
    assert costs_between(date(2026, 5, 7), date(2026, 6, 1), now) == []  # half-open days
    steps = list(cost.events.order_by("pk").values_list("kind", flat=True))
    assert steps == ["requested", "approved", "paid", "charged"]
    assert AuditEvent.objects.filter(kind="cost.changed").count() == 4


@pytest.mark.spec("MKT-55")
def test_the_cost_of_a_customer_counts_what_is_allocated_and_what_is_not(
    org, running, company, now
) -> None:
    from analytics.kpis.hooks import Cost, costs_of, forget, register_cost_source
    from analytics.kpis.kinds import COMPANY, Asking, Period
    from analytics.kpis.services.reading import read_kpi

    row, period = running(), Period(date(2026, 5, 1), date(2026, 6, 1))
    for number in range(4):
        customer = CustomerFactory(project=row.project, region=row.region)
        lead = LeadFactory(customer=customer, campaign=row.code, owner=None)
        if number < 2:
            _contract(customer, lead, row.owner)
    for amount, charge in ((D(3000), Charge(campaign=row)), (D(1000), Charge())):
        book_cost(
            draft=CostDraft(on=MAY, amount=amount, note="投放", charge=charge), actor=None, now=now
        )
    later = now + timedelta(days=1)
    is_brought = any(one.kind == "marketing" for one in costs_of(period, later) or ())
    if not is_brought:
        register_cost_source(
            "test",
            lambda asked, at: [
                Cost(one.key, one.on, one.amount, one.label, kind=one.kind)
                for one in costs_between(asked.start, asked.end, at)
            ],
        )
    try:
        asking = Asking(period=period, place=COMPANY, now=later)
        assert read_kpi("cac_lead", asking).value == D(1000)
        assert read_kpi("cac_buyer", asking).value == D(2000)
    finally:
        if not is_brought:
            forget("test")


@pytest.mark.spec("MKT-21")
def test_spending_over_the_budget_is_blocked_with_what_is_left(
    client, running, chief, sign_all
) -> None:
    row = running()
    over = asked(amount="50000.01", campaign=row.pk)
    answer = client.post("/costs/add/", over)
    assert answer.status_code == 409
    assert "50,000" in answer.content.decode()
    assert not CostItem.objects.exists()
    assert client.post("/costs/add/", asked(amount="30000", campaign=row.pk)).status_code == 302
    second = client.post("/costs/add/", asked(amount="30000", campaign=row.pk))
    assert second.status_code == 302  # both wait; only one of them fits
    first, other = Approval.objects.filter(kind="marketing-cost").order_by("pk")
    from crm_site.approvals.services import sign

    now = other.created_at
    sign(approval_id=first.pk, digest=first.digest, signer=chief, now=now)
    with pytest.raises(OverBudgetError):
        sign(approval_id=other.pk, digest=other.digest, signer=chief, now=now)
    other.refresh_from_db()
    assert other.state == "waiting"  # the signature was not given
    states = list(CostItem.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["approved", "requested"]


def test_cost_that_is_refused_charges_nothing(client, client_for, money, chief) -> None:
    client.post("/costs/add/", asked(project=money.project_id))
    approval = Approval.objects.get()
    client_for(chief).post(f"/approvals/{approval.pk}/refuse/", {"reason": "价格偏高"})
    assert CostItem.objects.get().state == "refused"
    assert free_of(money) == money.amount


def test_without_a_budget_nothing_is_requested(client, chief) -> None:
    answer = client.post("/costs/add/", asked())
    assert answer.status_code == 409
    assert "2026" in answer.content.decode()


def test_booked_cost_of_another_part_is_booked_once(company, org, now) -> None:
    charge = Charge(project=org.project_one, channel_code="agent")
    draft = CostDraft(
        on=MAY, amount=D(900), note="佣金", kind="sales", charge=charge, source_key="commission:7"
    )
    first = book_cost(draft=draft, actor=None, now=now)
    assert book_cost(draft=draft, actor=None, now=now) == first
    assert CostItem.objects.count() == 1
    assert free_of(company) == D(999_100)


def test_a_charge_names_one_campaign_and_its_project(client, org, running, make_campaign) -> None:
    row = running()
    wrong = asked(campaign=row.pk, project=org.project_two.pk)
    assert client.post("/costs/add/", wrong).status_code == 422
    draft = make_campaign(code="other")
    assert client.post("/costs/add/", asked(campaign=draft.pk)).status_code == 422  # a draft


@pytest.mark.spec("MKT-75")
def test_a_child_never_gets_more_than_its_parent_has(
    client_for, head, chief, org, company, money
) -> None:
    boss = client_for(head)
    url = f"/budgets/add/?parent={company.pk}"
    over = {"project": org.project_two.pk, "amount": "800000.01"}
    answer = boss.post(url, over)
    assert answer.status_code == 409
    assert "800,000" in answer.content.decode()
    assert BudgetNode.objects.count() == 2
    assert boss.post(url, over | {"amount": "800000"}).status_code == 302
    assert boss.post(url, over | {"amount": "0"}).status_code == 409  # there is one already
    with pytest.raises(OverBudgetError):
        change_budget(
            node=money, change=Change(amount=D(200_001), reason="加"), actor=chief, now=_now()
        )
    with pytest.raises(Exception, match="1,000,000"):
        change_budget(
            node=company, change=Change(amount=D(999_999), reason="减"), actor=head, now=_now()
        )
    tree = boss.get("/budgets/?year=2026").context["branches"]
    assert [(one.depth, one.node.amount, one.free) for one in tree] == [
        (0, D(1_000_000), D(0)),
        (1, D(800_000), D(800_000)),
        (1, D(200_000), D(200_000)),
    ]


def _now():
    from tests.factories import NOW

    return NOW


@pytest.mark.spec("MKT-75")
def test_a_move_is_signed_and_leaves_a_trail_at_every_node(
    client, client_for, org, chief, head, running, company, money, now
) -> None:
    row = running(shares={"walk_in": D(100)})
    other = set_budget(
        new=NewNode(
            kind=BudgetKind.PROJECT, parent=company, amount=D(100_000), project=org.project_two
        ),
        actor=head,
        now=now,
    )
    leaf = BudgetNode.objects.get(kind="channel")
    moved = {"source": leaf.pk, "target": money.pk, "amount": "50000.01", "reason": "转化低"}
    assert client.post("/budgets/move/?year=2026", moved).status_code == 409  # more than is left
    same = moved | {"amount": "10000", "target": leaf.pk}
    assert client.post("/budgets/move/?year=2026", same).status_code == 422
    hidden = moved | {"amount": "10000", "target": other.pk}
    assert client.post("/budgets/move/?year=2026", hidden).status_code == 422  # not theirs to see
    asked_for = moved | {"amount": "10000"}
    assert client.post("/budgets/move/?year=2026", asked_for).status_code == 302
    move = BudgetMove.objects.get()
    assert move.state == "asked"
    leaf.refresh_from_db()
    assert leaf.amount == D(50_000)  # nothing moves before the signature
    approval = Approval.objects.get(pk=move.approval_id)
    signer = client_for(chief)
    signed = signer.post(f"/approvals/{approval.pk}/sign/", {"digest": approval.digest})
    assert signed.status_code == 302
    held = dict(BudgetNode.objects.values_list("kind", "amount"))
    assert (held["channel"], held["campaign"]) == (D(40_000), D(40_000))
    money.refresh_from_db()
    assert (money.amount, free_of(money)) == (D(200_000), D(160_000))
    trail = BudgetEvent.objects.filter(move=move).order_by("pk")
    assert [(one.node.kind, one.difference) for one in trail] == [
        ("channel", D(-10_000)),
        ("campaign", D(-10_000)),
    ]
    page = signer.get(f"/budgets/{leaf.pk}/").content.decode()
    assert "转化低" in page
    assert row.code


def test_a_budget_is_changed_for_a_reason_and_not_over_anothers_change(
    client_for, head, company, money
) -> None:
    boss = client_for(head)
    url = f"/budgets/{money.pk}/edit/"
    change = {"amount": "150000", "was": "200000", "reason": "首开推迟"}
    assert boss.post(url, change | {"reason": ""}).status_code == 422
    assert boss.post(url, change).status_code == 302
    assert boss.post(url, change | {"amount": "180000"}).status_code == 409  # saw 200,000
    money.refresh_from_db()
    assert money.amount == D(150_000)
    events = list(money.events.order_by("pk"))
    assert [(one.kind, one.difference, one.note) for one in events] == [
        ("set", D(200_000), ""),
        ("lowered", D(-50_000), "首开推迟"),
    ]


def test_a_refused_move_moves_nothing(client, client_for, chief, running, money) -> None:
    running()
    node = BudgetNode.objects.get(kind="campaign")
    moved = {"source": money.pk, "target": node.pk, "amount": "1000", "reason": "加投"}
    client.post("/budgets/move/?year=2026", moved)
    approval = Approval.objects.get(kind="budget-move")
    client_for(chief).post(f"/approvals/{approval.pk}/refuse/", {"reason": "再看一周"})
    assert BudgetMove.objects.get().state == "refused"
    node.refresh_from_db()
    assert node.amount == D(50_000)


@pytest.mark.spec("MKT-75")
def test_advice_names_the_dear_and_the_cheap_channel_with_its_figures(client, running, now) -> None:
    row = running(shares={"douyin": D(50), "walk_in": D(50)})
    owner = row.owner
    for channel, signed in (("douyin", 1), ("walk_in", 5)):
        for number in range(20):
            customer = CustomerFactory(project=row.project, region=row.region)
            lead = LeadFactory(customer=customer, source=channel, campaign=row.code, owner=None)
            if number < signed:
                _contract(customer, lead, owner)
        charge = Charge(campaign=row, channel_code=channel)
        draft = CostDraft(on=MAY, amount=D(10_000), note="投放", charge=charge)
        book_cost(draft=draft, actor=None, now=now)
    page = client.get("/budgets/?year=2026")
    (one,) = page.context["advice"]
    assert (one.source.per_deal, one.target.per_deal) == (D(10_000), D(2_000))
    assert one.amount == D(4500)  # 30 % of the 15,000 that are left
    nodes = dict(BudgetNode.objects.filter(kind="channel").values_list("channel_code", "pk"))
    query = f"year=2026&source={nodes['douyin']}&target={nodes['walk_in']}&amount=4500"
    form = client.get(f"/budgets/move/?{query}").context["form"]
    given = {name: form[name].value() for name in ("source", "target", "amount", "reason")}
    assert client.post(f"/budgets/move/?{query}", given).status_code == 302
    evidence = BudgetMove.objects.get().evidence
    assert evidence["per_deal"] == ["10000.00", "2000.00"]
    assert evidence["deals"] == [1, 5]


def _contract(customer, lead, consultant, **more):
    from customers.purchase.models import Purchase
    from tests.factories import NOW

    given = {
        "project": lead.project,
        "customer": customer,
        "lead": lead,
        "consultant": consultant,
        "state": "cancelled",
        "state_since": NOW,
        "begun_at": NOW,
        "signed_at": NOW,
        "ended_at": None,
        "agreed_total": D(2_000_000),
    }
    return Purchase.objects.create(**given | {"state": "presubscribed", "expires_at": NOW} | more)


def test_money_is_for_those_who_may_see_it(client_for, org, company, running, now) -> None:
    from tests.conftest import make_user

    running()
    lead = client_for(make_user(org, "supervisor"))
    for path in ("/budgets/", "/costs/", f"/budgets/{company.pk}/"):
        assert lead.get(path).status_code == 403
    far = client_for(UserFactory(role="marketing", node=org.project_three.node))
    node = BudgetNode.objects.get(kind="project")
    assert far.get(f"/budgets/{node.pk}/").status_code == 404
    assert far.get(f"/budgets/{company.pk}/").status_code == 200


@pytest.mark.parametrize("path", ["/budgets/?year=2026", "/costs/"])
def test_desk_and_tree_take_few_statements(
    client, org, company, marketer, chief, now, django_assert_max_num_queries, path
) -> None:
    for place in range(20):
        charge = Charge(project=org.project_one)
        draft = CostDraft(on=MAY, amount=D(10), note=f"第{place}笔", charge=charge)
        request_cost(draft=draft, actor=marketer, now=now) if place < 2 else book_cost(
            draft=draft, actor=None, now=now
        )
    client.get(path)
    with django_assert_max_num_queries(24):
        assert client.get(path).status_code == 200
