"""How customers and leads move: owners, classes, states, stages."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.rules.axes import CaseStage, CustomerClass, LeadState
from customers.rules.classes import may_correct, steps_to
from customers.rules.leads import path_to
from customers.rules.ownership import Claim, Desk, claim, share_out
from customers.rules.stages import may_stamp, stage_durations

NOW = datetime(2026, 5, 20, tzinfo=UTC)
C, S = CustomerClass, LeadState


@pytest.mark.parametrize(
    ("owner", "until", "capturer", "outcome"),
    [
        (None, None, None, Claim.STAYS),
        (None, None, 2, Claim.PASSES),
        (1, NOW + timedelta(microseconds=1), 2, Claim.STAYS),
        (1, NOW, 2, Claim.PASSES),
        (1, None, 2, Claim.PASSES),
        (1, NOW, 1, Claim.STAYS),
        (1, NOW, None, Claim.STAYS),
    ],
)
def test_protection_decides_a_dispute(owner, until, capturer, outcome):
    assert claim(owner=owner, protected_until=until, capturer=capturer, now=NOW) is outcome


def test_sharing_out_levels_open_leads_up_to_the_room():
    desks = [
        Desk(consultant=1, open_leads=0, room=2),
        Desk(consultant=2, open_leads=1, room=9),
        Desk(consultant=3, open_leads=0, room=0),
    ]
    assert share_out([11, 12, 13, 14], desks) == {1: [11, 12], 2: [13, 14]}
    assert share_out([11, 12, 13], desks[:1]) == {1: [11, 12]}
    assert share_out([11], []) == {}


@pytest.mark.parametrize(
    ("from_", "to", "steps"),
    [
        (C.POTENTIAL, C.INTENT, [C.INTENT]),
        (C.POTENTIAL, C.FIRST_PURCHASE, [C.INTENT, C.FIRST_PURCHASE]),
        (C.FIRST_PURCHASE, C.EXISTING, [C.EXISTING]),
        (C.EXISTING, C.HIGH_VALUE, [C.HIGH_VALUE]),
        (C.HIGH_VALUE, C.EXISTING, [C.EXISTING]),
        (C.INTENT, C.POTENTIAL, []),
        (C.POTENTIAL, C.EXISTING, []),
        (C.INTENT, C.HIGH_VALUE, []),
        (C.EXISTING, C.FIRST_PURCHASE, []),
    ],
)
def test_classes_an_event_passes_through(from_, to, steps):
    assert steps_to(from_, to) == steps


def test_a_person_corrects_by_one_step():
    assert may_correct(C.FIRST_PURCHASE, C.INTENT)
    assert may_correct(C.POTENTIAL, C.INTENT)
    assert not may_correct(C.POTENTIAL, C.EXISTING)
    assert not may_correct(C.INTENT, C.INTENT)


@pytest.mark.parametrize(
    ("from_", "to", "path"),
    [
        (S.NEW, S.CONTACTED, [S.ASSIGNED, S.CONTACTED]),
        (S.ASSIGNED, S.VISITED, [S.VISITED]),
        (S.CONTACTED, S.SIGNED, [S.VISITED, S.SUBSCRIBED, S.SIGNED]),
        (S.VISITED, S.CONTACTED, []),
        (S.LOST, S.CONTACTED, []),
        (S.SIGNED, S.SIGNED, []),
        (S.NEW, S.LOST, []),
    ],
)
def test_way_forward_of_a_lead(from_, to, path):
    assert path_to(from_, to) == path


def test_no_case_skips_collecting_the_need():
    assert may_stamp({}, CaseStage.COLLECT_NEED)
    assert not may_stamp({}, CaseStage.DELIVER_INFORMATION)
    assert may_stamp({"collect_need": {"at": NOW.isoformat()}}, CaseStage.SOLVE_PROBLEM)


def test_stage_durations_count_from_the_stage_before():
    stamps = {
        "collect_need": {"at": (NOW + timedelta(hours=2)).isoformat()},
        "solve_problem": {"at": (NOW + timedelta(hours=7)).isoformat()},
    }
    assert stage_durations(stamps, received_at=NOW, now=NOW + timedelta(days=1)) == {
        CaseStage.COLLECT_NEED: timedelta(hours=2),
        CaseStage.SOLVE_PROBLEM: timedelta(hours=5),
    }
