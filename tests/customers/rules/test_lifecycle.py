"""Stages, phases, days in each stage, and the derived views, as tables and properties."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.axes import POSITIONS, BuyingStage, CustomerClass, LeadState, Phase
from customers.rules.derived import (
    Base,
    ProcessView,
    TenureView,
    base_of,
    process_view,
    tenure_view,
)
from customers.rules.lifecycle import (
    PHASE_OF_STAGE,
    SERVICE_PHASE_OF_STAGE,
    STAGE_MOVES,
    ServicePhase,
    days_by_stage,
    may_set_stage,
    phase_of,
    service_phase_of,
    stage_after_event,
    stage_of_lead,
    stage_spans,
)

T0 = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
P, W, D, S, M = BuyingStage
moments = st.integers(0, 1000).map(lambda days: T0 + days * DAY)


@pytest.mark.spec("CUS-21")
@pytest.mark.parametrize(
    ("stage", "phase", "service"),
    [
        (P, Phase.POTENTIAL, ServicePhase.FIRST_CONTACT),
        (W, Phase.NEW, ServicePhase.FIRST_CONTACT),
        (D, Phase.ACTIVE, ServicePhase.PURCHASE_DECISION),
        (S, Phase.ACTIVE, ServicePhase.PURCHASE_DECISION),
        (M, Phase.ACTIVE, ServicePhase.MOVE_IN_MAINTENANCE),
    ],
)
def test_every_stage_has_its_phase_and_service_phase(stage, phase, service):
    assert phase_of(stage, CustomerClass.INTENT) is phase
    assert service_phase_of(stage, phase) is service
    assert service_phase_of(stage, Phase.CHURNED) is ServicePhase.EXIT


@pytest.mark.spec("CUS-21")
def test_the_mapping_table_covers_all_stages_and_gives_churned_for_none():
    assert (
        set(PHASE_OF_STAGE) == set(SERVICE_PHASE_OF_STAGE) == set(STAGE_MOVES) == set(BuyingStage)
    )
    assert Phase.CHURNED not in PHASE_OF_STAGE.values()
    assert set(PHASE_OF_STAGE.values()) == set(Phase) - {Phase.CHURNED}
    assert set(SERVICE_PHASE_OF_STAGE.values()) == set(ServicePhase) - {ServicePhase.EXIT}


def test_the_map_of_leads_agrees_with_the_map_of_stages():
    for state, place in POSITIONS.items():
        assert PHASE_OF_STAGE[place.stage] is place.phase, state
    assert stage_of_lead(LeadState.LOST) is None


@given(st.sampled_from(BuyingStage), st.sampled_from(CustomerClass))
def test_who_has_bought_is_never_below_active(stage, owned):
    bought = process_view(owned) is ProcessView.CLOSED
    assert phase_of(stage, owned) is (Phase.ACTIVE if bought else PHASE_OF_STAGE[stage])


@given(st.sampled_from(BuyingStage), st.sampled_from(BuyingStage))
def test_events_go_forward_only_and_nobody_moves_to_where_they_are(one, other):
    after = stage_after_event(one, other)
    order = list(BuyingStage)
    assert order.index(after) == max(order.index(one), order.index(other))
    assert not may_set_stage(one, one)


def test_days_in_each_stage_add_up_repeated_stays():
    moves = [
        (T0 + 3 * DAY, P, W),
        (T0 + 10 * DAY, W, D),
        (T0 + 12 * DAY, D, D),
        (T0 + 15 * DAY, D, W),
    ]
    now = T0 + 20 * DAY + timedelta(hours=23)
    spans = stage_spans(moves, current=W, started_at=T0, now=now)
    assert [(span.stage, span.days) for span in spans] == [(P, 3), (W, 7), (D, 5), (W, 5)]
    assert days_by_stage(spans) == {P: 3, W: 12, D: 5}
    assert spans[-1].until is None


def test_without_a_move_the_first_stay_lasts():
    (span,) = stage_spans([], current=D, started_at=T0, now=T0 + 4 * DAY)
    assert (span.stage, span.days) == (D, 4)


@given(st.lists(st.tuples(moments, st.sampled_from(BuyingStage)), max_size=8))
def test_the_stays_follow_each_other_without_a_gap(steps):
    steps.sort(key=lambda step: step[0])
    stage, moves = P, []
    for at, to in steps:
        moves.append((at, stage, to))
        stage = to
    now = T0 + 2000 * DAY
    spans = stage_spans(moves, current=stage, started_at=T0, now=now)
    assert spans[0].since == T0
    assert all(one.until == two.since for one, two in pairwise(spans))
    assert sum(span.days for span in spans) == (now - T0) // DAY
    assert spans[-1].stage is stage


@pytest.mark.spec("CUS-17")
@given(st.sampled_from(CustomerClass), st.sampled_from(Phase))
def test_everybody_has_exactly_one_value_in_each_view_and_the_views_agree(owned, phase):
    process, tenure = process_view(owned), tenure_view(owned, phase)
    assert process in ProcessView
    assert tenure in TenureView
    assert (process is ProcessView.CLOSED) == (tenure is not TenureView.POTENTIAL)


@pytest.mark.parametrize(
    ("owned", "estate", "base"),
    [
        (CustomerClass.POTENTIAL, "", None),
        (CustomerClass.INTENT, "绿城物业小区", Base.MANAGED_ONLY),
        (CustomerClass.FIRST_PURCHASE, "绿城物业小区", Base.OWNER),
        (CustomerClass.EXISTING, "", Base.OWNER),
        (CustomerClass.HIGH_VALUE, "", Base.OWNER),
    ],
)
def test_owners_and_residents_of_managed_estates_are_the_existing_base(owned, estate, base):
    assert base_of(owned, estate) is base
