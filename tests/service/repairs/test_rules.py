"""The warranty by part to the day, the steps of a repair, and the interval of a share."""

from datetime import date

import pytest

from crm_site.policies.errors import ShapeError
from crm_site.policies.shapes import from_json, to_json
from service.repairs.policies import WarrantyRules
from service.repairs.rules.learning import share_of, stands_out
from service.repairs.rules.steps import STEPS, Stage, Step, after, may_step
from service.repairs.rules.warranty import Part, Reason, Standing, judge, last_day

TERMS = WarrantyRules().terms(1)


@pytest.mark.parametrize(
    ("part", "handed", "until"),
    [
        (Part.WATERPROOFING, "2021-06-10", "2026-06-10"),
        (Part.INSULATION, "2021-06-10", "2026-06-10"),
        (Part.SERVICES, "2024-06-10", "2026-06-10"),
        (Part.DECORATION, "2024-02-29", "2026-02-28"),
        (Part.STRUCTURE, "2024-06-10", "2074-06-10"),
        (Part.HEATING, "2024-06-10", "2026-03-15"),  # winters of 2024 and 2025
        (Part.HEATING, "2024-11-15", "2026-03-15"),  # handed over as the season begins
        (Part.HEATING, "2024-11-16", "2027-03-15"),  # the running season does not count
        (Part.HEATING, "2025-01-20", "2027-03-15"),
        (Part.COOLING, "2024-05-01", "2025-09-30"),
        (Part.COOLING, "2024-06-02", "2026-09-30"),
    ],
)
@pytest.mark.spec("SVC-99")
def test_the_last_day_of_the_warranty(part, handed, until) -> None:
    day, last = date.fromisoformat(handed), date.fromisoformat(until)
    assert last_day(part, day, TERMS) == last
    within = judge(part, reported_on=last, handed_on=day, has_unit=True, terms=TERMS)
    assert (within.standing, within.reason, within.until) == (Standing.IN, Reason.WITHIN, last)
    past = date.fromordinal(last.toordinal() + 1)
    over = judge(part, reported_on=past, handed_on=day, has_unit=True, terms=TERMS)
    assert (over.standing, over.reason) == (Standing.OUT, Reason.EXPIRED)


@pytest.mark.parametrize(
    ("part", "handed", "has_unit", "standing", "reason"),
    [
        (Part.SERVICES, None, True, Standing.BEFORE, Reason.NOT_HANDED),
        (Part.SERVICES, date(2026, 6, 1), True, Standing.BEFORE, Reason.NOT_HANDED),
        (None, date(2024, 6, 1), True, Standing.UNKNOWN, Reason.NO_PART),
        (Part.SERVICES, None, False, Standing.UNKNOWN, Reason.NO_UNIT),
    ],
)
def test_what_the_rule_cannot_say_and_what_comes_before(
    part, handed, has_unit, standing, reason
) -> None:
    found = judge(
        part, reported_on=date(2026, 5, 20), handed_on=handed, has_unit=has_unit, terms=TERMS
    )
    assert (found.standing, found.reason, found.until) == (standing, reason, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("waterproofing_years", 4),
        ("services_years", 1),
        ("heating_seasons", 1),
        ("structure_years", 40),
        ("heating_from", "31-12"),
        ("cooling_until", "02-29"),
        ("cooling_until", "soon"),
    ],
)
def test_less_than_the_law_is_not_taken(field, value) -> None:
    with pytest.raises(ShapeError):
        from_json(WarrantyRules, to_json(WarrantyRules()) | {field: value})


def test_each_step_leads_where_the_table_says() -> None:
    way = [Step.DISPATCH, Step.VISIT, Step.REPAIR, Step.ACCEPT]
    stage = Stage.REPORTED
    for step in way:
        assert may_step(stage, step)
        stage = after(stage, step)
    assert stage is Stage.ACCEPTED
    assert after(Stage.REPAIRED, Step.REFUSE) is Stage.REPORTED
    assert after(Stage.ACCEPTED, Step.REOPEN) is Stage.REPORTED
    assert not any(may_step(Stage.DROPPED, step) for step in STEPS)
    assert not may_step(Stage.REPORTED, Step.ACCEPT)


def test_the_interval_of_a_share() -> None:
    found = share_of(8, 20)
    assert found.rate == pytest.approx(0.4)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2188, 0.6134)  # Wilson, 95 %
    assert share_of(0, 0).rate is None
    assert share_of(0, 10).low == pytest.approx(0.0)
    base = share_of(100, 1000)
    assert stands_out(found, base, fewest=20)
    assert not stands_out(found, base, fewest=21)  # too few cases
    assert not stands_out(share_of(3, 20), base, fewest=20)  # within chance
