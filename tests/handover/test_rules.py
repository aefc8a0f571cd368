"""The tables and arithmetic of the handover."""

from datetime import date, datetime

import pytest

from customers.handover.rules import (
    APPROVERS,
    DIRECT,
    PRESIDE,
    SIGN,
    Duty,
    Risk,
    RiskArea,
    SlotPlan,
    Station,
    checks_for,
    grade_of,
    months_before,
    next_station,
    rate,
    rooms_of,
    roster_gaps,
)

L, M, H = Risk.LOW, Risk.MEDIUM, Risk.HIGH


@pytest.mark.parametrize(
    ("risks", "grade"),
    [
        ((L, L, L, L), L),
        ((M, L, L, L), L),
        ((M, M, L, L), M),
        ((H, L, L, L), M),
        ((M, M, M, M), M),
        ((H, M, M, L), M),
        ((H, M, M, M), H),
        ((H, H, L, L), H),
        ((H, H, H, H), H),
    ],
)
def test_the_grade_of_a_batch(risks: tuple[Risk, ...], grade: Risk) -> None:
    found = grade_of(dict(zip(RiskArea, risks, strict=True)), medium_points=2, high_points=5)
    assert found is grade


def test_higher_grades_ask_for_more_and_for_higher_approvers() -> None:
    low, medium, high = checks_for(L), checks_for(M), checks_for(H)
    assert set(low) < set(medium) < set(high)
    assert (APPROVERS[L], APPROVERS[M], APPROVERS[H]) == ((SIGN,), (DIRECT,), (DIRECT, PRESIDE))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 8, 20), date(2026, 5, 20)),
        (date(2026, 5, 31), date(2026, 2, 28)),
        (date(2028, 5, 31), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2025, 12, 31)),
        (date(2026, 2, 15), date(2025, 11, 15)),
    ],
)
def test_three_months_before(day: date, before: date) -> None:
    assert months_before(day, 3) == before


def test_slots_fill_the_time_and_leave_the_rest() -> None:
    plan = SlotPlan(datetime(2026, 5, 28, 9), datetime(2026, 5, 28, 11, 30), 60, 4)
    assert [start.hour for start, _end in plan.times()] == [9, 10]


def test_rooms_follow_the_layout() -> None:
    flat = rooms_of("flat", bedrooms=3, living_rooms=1, bathrooms=2)
    assert flat == [
        *("entrance", "living", "kitchen", "bedroom-1", "bedroom-2", "bedroom-3"),
        *("bathroom-1", "bathroom-2", "balcony"),
    ]
    assert rooms_of("parking", bedrooms=0, living_rooms=0, bathrooms=0) == ["space"]
    assert "bathroom" in rooms_of("flat", bedrooms=0, living_rooms=0, bathrooms=0)


def test_the_stations_follow_each_other() -> None:
    assert next_station("identity") is Station.FEES
    assert next_station("sign") is None


def test_the_lead_counts_only_from_the_property_company() -> None:
    others = [(duty, "centre") for duty in Duty]
    assert roster_gaps(others) == [Duty.LEAD]
    assert roster_gaps([*others, ("lead", "property")]) == []


def test_the_rate_needs_somebody_invited() -> None:
    assert rate(0, 0) is None
    assert rate(2, 3) == 66.7
