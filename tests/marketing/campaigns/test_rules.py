"""The rules of campaigns, by tables worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from marketing.campaigns.rules import effect, gates, plans
from marketing.campaigns.rules.effect import ChannelCost, Counts
from marketing.campaigns.rules.moves import Change, NoWayError, way
from marketing.campaigns.rules.pace import misplaced, windows_of
from marketing.campaigns.rules.plans import Activity
from marketing.campaigns.rules.procedure import PlanningState, next_by_hand
from marketing.campaigns.rules.shift import Limits, Line, advise
from marketing.campaigns.rules.states import TRANSITIONS, CampaignState, SalesPhase, may_move

D = Decimal
PRE, PEAK, POST = SalesPhase.PRE_LAUNCH, SalesPhase.PEAK, SalesPhase.POST_HANDOVER
LAUNCH, HANDOVER = date(2026, 6, 1), date(2027, 6, 1)


def test_a_campaign_goes_from_draft_to_review_and_stops_on_the_way() -> None:
    way_through = ["draft", "approved", "running", "ended", "reviewed"]
    states = [CampaignState(one) for one in way_through]
    for source in CampaignState:
        for target in CampaignState:
            follows = source in states[:-1] and target == states[states.index(source) + 1]
            stops = target == "stopped" and source in states[:3]
            assert may_move(source, target) is (follows or stops), (source, target)
    assert set(TRANSITIONS) == set(CampaignState)


@pytest.mark.parametrize(
    ("phase", "first", "last", "found"),
    [
        (PRE, date(2026, 5, 1), date(2026, 5, 31), None),
        (PRE, date(2026, 5, 1), date(2026, 6, 30), None),  # 31 of 61 days before the launch
        (PRE, date(2026, 5, 3), date(2026, 6, 30), PEAK),  # 29 of 59
        (PRE, date(2027, 7, 1), date(2027, 7, 31), POST),
        (PEAK, date(2027, 6, 1), date(2027, 6, 1), POST),
        (PEAK, date(2027, 5, 31), date(2027, 5, 31), None),
        (POST, date(2026, 5, 31), date(2026, 5, 31), PRE),
        (POST, date(2030, 1, 1), date(2030, 2, 1), None),
    ],
)
def test_publicity_belongs_to_the_phase_most_of_its_days_lie_in(phase, first, last, found) -> None:
    assert misplaced(phase, first, last, windows_of(LAUNCH, HANDOVER)) == found


def test_without_dates_nothing_is_out_of_place() -> None:
    assert windows_of(None, HANDOVER) == []
    assert misplaced(PRE, LAUNCH, LAUNCH, []) is None
    open_end = windows_of(LAUNCH, None)
    assert misplaced(PEAK, date(2040, 1, 1), date(2040, 1, 2), open_end) is None
    assert misplaced(POST, LAUNCH, LAUNCH, open_end) == PEAK


def test_figures_of_an_effect_by_hand() -> None:
    counts = Counts(
        leads=40,
        qualified=20,
        visits=10,
        deals=4,
        revenue=D(8_000_000),
        gained=5,
        kept=4,
        cost=D(300_000),
    )
    assert effect.conversion(counts) == D("10.00")
    assert effect.retention(counts) == D("80.00")
    # 15 % of 8 million is 1.2 million: (1,200,000 - 300,000) / 300,000
    assert effect.return_on_cost(counts, margin=D(15)) == D("300.00")
    assert effect.cost_per(counts, counts.leads) == D("7500.00")
    nothing = Counts()
    assert effect.conversion(nothing) is None
    assert effect.retention(nothing) is None
    assert effect.return_on_cost(nothing, margin=D(15)) is None
    assert effect.cost_per(counts, 0) is None


@pytest.mark.parametrize(
    ("channels", "found"),
    [
        ({"douyin": ChannelCost(D(100), 3), "billboard": ChannelCost(D(70), 0)}, D(70)),
        ({"douyin": ChannelCost(D(100), 3), "": ChannelCost(D(30), 0)}, D(0)),
        ({"douyin": ChannelCost(D(100), 0), "": ChannelCost(D(30), 0)}, D(130)),
        ({}, D(0)),
    ],
)
def test_cost_without_a_qualified_lead_is_wasted(channels, found) -> None:
    assert effect.wasted(channels) == found


def test_the_share_of_the_unplanned_and_the_days_behind_plan() -> None:
    def activity(**more):
        planned = {"planned_start": date(2026, 5, 1), "planned_end": date(2026, 5, 31)}
        given = {"start": None, "end": None, "is_unplanned": False}
        return Activity(**planned | given | more)

    rows = [
        activity(start=date(2026, 5, 4), end=date(2026, 6, 6)),  # 6 days behind
        activity(start=date(2026, 4, 29)),  # 2 days early
        activity(is_unplanned=True),
    ]
    assert [plans.slippage(one) for one in rows] == [6, -2, None]
    found = plans.discipline(rows)
    assert (found.number, found.unplanned) == (3, 1)
    assert (found.unplanned_share, found.slippage) == (D("33.33"), D("2.00"))
    empty = plans.discipline([])
    assert (empty.unplanned_share, empty.slippage) == (None, None)


@pytest.mark.parametrize(
    ("budget", "shares", "found"),
    [
        ("100", {"a": "50", "b": "50"}, [("a", "50.00"), ("b", "50.00")]),
        ("0.05", {"a": "33.33", "b": "66.67"}, [("b", "0.03"), ("a", "0.02")]),
        ("1000", {"a": "30"}, [("a", "300.00")]),  # the rest stays with the campaign
        ("1000", {}, []),
    ],
)
def test_a_budget_is_split_by_shares_to_the_cent(budget, shares, found) -> None:
    parts = plans.parts_of(D(budget), {code: D(share) for code, share in shares.items()})
    assert parts == [(code, D(part)) for code, part in found]


def line(key, *, cost=10_000, free=1_000, leads=50, deals=5):
    return Line(key=key, name=str(key), cost=D(cost), free=D(free), leads=leads, deals=deals)


def test_advice_moves_from_dear_deals_to_cheap_ones() -> None:
    cheap, dear = line(1, deals=10), line(2, deals=2, free=5_001)
    found = advise([cheap, dear], Limits())
    assert [(one.source.key, one.target.key, one.amount) for one in found] == [(2, 1, D(1500))]


@pytest.mark.parametrize(
    "other",
    [
        line(2, deals=7),  # not clearly dearer
        line(2, deals=2, leads=19),  # too few leads to judge
        line(2, deals=2, free=0),  # nothing left to move
        line(2, deals=4, leads=20, cost=40_000),  # dear, yet converts better
    ],
)
def test_there_is_no_advice_without_ground(other) -> None:
    assert advise([line(1, deals=10, leads=100), other], Limits()) == []


def test_a_budget_without_a_deal_gives_too_and_nobody_gives_to_it() -> None:
    found = advise([line(1, deals=0), line(2)], Limits())
    assert [(one.source.key, one.target.key) for one in found] == [(1, 2)]
    assert advise([line(1, deals=0), line(2, deals=0)], Limits()) == []


PARENTS = {1: None, 2: 1, 3: 1, 4: 2, 5: 3, 6: 4}


@pytest.mark.parametrize(
    ("source", "target", "changes"),
    [
        (2, 3, [(2, -9), (3, 9)]),
        (6, 5, [(6, -9), (4, -9), (2, -9), (3, 9), (5, 9)]),
        (1, 6, [(2, 9), (4, 9), (6, 9)]),  # out of the free part above
        (6, 2, [(6, -9), (4, -9)]),  # back up
    ],
)
def test_money_goes_up_to_what_both_share_and_down_again(source, target, changes) -> None:
    assert way(source, target, D(9), PARENTS) == [Change(node, D(by)) for node, by in changes]


@pytest.mark.parametrize(("source", "target"), [(2, 2), (2, 99)])
def test_money_does_not_leave_its_tree(source, target) -> None:
    with pytest.raises(NoWayError):
        way(source, target, D(9), PARENTS)


def test_points_that_hold_a_campaign_up() -> None:
    points = [("q1", "资源"), ("q2", "可行"), ("q3", "战略")]
    check = gates.Check(points, {"q1": "yes", "q2": "partly", "q3": "no"})
    assert gates.refused_points(check) == ["战略"]
    assert gates.unticked_points(check) == ["可行", "战略"]
    assert gates.unticked_points(gates.Check(points, {})) == ["资源", "可行", "战略"]


def test_only_a_signature_takes_a_plan_past_the_review() -> None:
    by_hand = {one: next_by_hand(one) for one in PlanningState}
    assert by_hand == {
        "brief": "proposal",
        "proposal": "review",
        "review": "asked",
        "asked": None,
        "approved": "handed_out",
        "handed_out": "reviewed",
        "reviewed": None,
    }
