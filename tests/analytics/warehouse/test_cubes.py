"""The summary tables hold exactly what the events say (ANA-53)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from analytics.kpis.kinds import Period
from analytics.warehouse.models import CubeCell, CubeSum
from analytics.warehouse.places import regions, sight_of, teams
from analytics.warehouse.questions import UnknownWordError, question
from analytics.warehouse.rules.levels import begin_of
from analytics.warehouse.rules.measures import DIMENSIONS, LEVELS, MEASURES, Measure
from analytics.warehouse.selectors import as_of, base_cube, base_rows, cube
from analytics.warehouse.services.refreshing import rebuild_cubes
from tests.analytics.warehouse.world import Chance, Item

pytestmark = pytest.mark.django_db
SLICES = 150


def value_of(item: Item, dimension: str, folds: dict[str, Any]) -> Any:
    if dimension in LEVELS:
        return begin_of(dimension, item.day)
    if dimension in folds:
        column = {"region": "project", "team": "consultant"}[dimension]
        return folds[dimension].get(getattr(item, column), 0)
    return getattr(item, dimension)


def matches(item: Item, measure: Measure) -> bool:
    if item.fact != measure.fact:
        return False
    return not measure.any_of or any(
        all(getattr(item, key) == value for key, value in case.items()) for case in measure.any_of
    )


@pytest.mark.spec("ANA-53")
def test_the_cube_equals_the_events_on_random_slices(cubed: Chance) -> None:
    chance, folds = cubed.random, {"region": regions(), "team": teams()}
    spans, filled = cubed.spans(), 0
    for _slice in range(SLICES):
        key = chance.choice(list(MEASURES))
        measure = MEASURES[key]
        by = tuple(chance.sample(DIMENSIONS, chance.randrange(4)))
        start, end = next(spans)
        where = {}
        for dimension in chance.sample(DIMENSIONS, chance.choice((0, 0, 1, 2))):
            found = sorted({value_of(item, dimension, folds) for item in cubed.items}, key=str)
            where[dimension] = chance.choice(found)

        def keep(item: Item, measure=measure, start=start, end=end, where=where) -> bool:
            return (
                matches(item, measure)
                and start <= item.day < end
                and all(value_of(item, d, folds) == value for d, value in where.items())
            )

        expected = cubed.sums(
            keep, lambda item, by=by: tuple(value_of(item, each, folds) for each in by)
        )
        asked = (key, by, where, Period(start, end))
        summed, base = cube(*asked), base_cube(*asked)
        for found_cube in (summed, base):
            cells = {k: (s.n, s.amount, s.squares) for k, s in found_cube.cells.items() if s.n}
            assert cells == expected, asked
        assert summed.total == base.total
        filled += bool(expected)
    assert filled > SLICES / 4, "the slices must not all be empty"


def test_rolling_up_keeps_the_total_and_drilling_down_splits_it(cubed: Chance) -> None:
    by_day = cube("signed_amount", ("day", "project", "consultant"))
    assert by_day.whole.n > 0
    months = cube("signed_amount", ("month",))
    assert sum(sums.amount for sums in months.cells.values()) == by_day.total
    assert by_day.rolled_up("project").cells == cube("signed_amount", ("project",)).cells
    month = next(iter(months.cells))[0]
    inside = cube("signed_amount", ("day",), {"month": month})
    assert inside.total == months.value(month)


def test_the_total_of_means_is_the_mean_of_all_items(cubed: Chance) -> None:
    answers = [item.amount for item in cubed.items if item.fact == "answer"]
    found = cube("answer_points", ("project", "topic"))
    assert found.total == sum(answers, Decimal(0)) / len(answers)
    mean = found.total
    spread = sum(((each - mean) ** 2 for each in answers), Decimal(0)) / (len(answers) - 1)
    assert abs(found.whole.deviation - spread.sqrt()) < Decimal("0.0001")


def test_rows_behind_a_figure_are_as_many_as_it_says_and_page_to_their_end(cubed: Chance) -> None:
    figure = cube("talks", (), {"channel": "phone"})
    asked = question("talks", (), {"channel": "phone"})
    seen, before = [], None
    while True:
        page = base_rows(asked, before=before, limit=7)
        assert page.count == figure.total
        seen += [row["id"] for row in page.rows]
        before = page.before
        if before is None:
            break
    expected = {i.key for i in cubed.items if i.fact == "talk" and i.channel == "phone"}
    assert len(seen) == len(set(seen)) == figure.total
    assert set(seen) == expected


def test_questions_that_need_no_fine_dimension_read_the_coarse_table(cubed: Chance) -> None:
    assert question("leads", ("month", "region")).is_coarse
    assert question("visits", ("project", "channel")).is_coarse
    assert not question("leads", ("grade",)).is_coarse
    assert not question("leads", (), {"team": cubed.org.team_a.pk}).is_coarse
    CubeCell.objects.all().delete()
    assert cube("leads", ("project",)).total == 60


def test_a_person_sees_the_cells_of_their_place_only(
    cubed: Chance, executive, consultant, supervisor, head_office
) -> None:
    whole = cube("talks").total
    assert cube("talks", seen=sight_of(head_office)).total == whole
    east = {cubed.org.project_one.pk, cubed.org.project_two.pk}
    of_region = [i for i in cubed.items if i.fact == "talk" and i.project in east]
    assert cube("talks", seen=sight_of(executive)).total == len(of_region) < whole
    team = {user.pk for user in cubed.people if user.node == cubed.org.team_a}
    of_team = [i for i in cubed.items if i.fact == "talk" and i.consultant in team]
    assert cube("talks", seen=sight_of(supervisor)).total == len(of_team) > 0
    assert cube("talks", seen=sight_of(consultant)).total == 0


def test_a_filter_never_widens_what_one_sees(cubed: Chance, executive) -> None:
    other = {"project": cubed.org.project_three.pk}
    assert cube("talks", (), other).total > 0
    assert cube("talks", (), other, seen=sight_of(executive)).total == 0
    south = {"region": cubed.org.region_south.pk}
    assert cube("talks", (), south, seen=sight_of(executive)).total == 0


@pytest.mark.parametrize("asked", [("moon", ()), ("talks", ("moon",)), ("talks", (), {"moon": 1})])
def test_words_that_do_not_exist_are_refused(asked: Any) -> None:
    with pytest.raises(UnknownWordError):
        cube(*asked)


def test_a_rebuild_writes_the_same_cells_again(cubed: Chance, now) -> None:
    before = list(CubeCell.objects.order_by("pk").values_list()), CubeSum.objects.count()
    done = rebuild_cubes(slot="nightly:2026-05-20", now=now)
    assert done.rebuilt == 9
    assert (list(CubeCell.objects.order_by("pk").values_list()), CubeSum.objects.count()) == before
    assert rebuild_cubes(slot="nightly:2026-05-20", now=now).rebuilt == 0


def test_a_rebuild_that_was_ended_half_way_goes_on_where_it_stopped(cubed: Chance, now) -> None:
    later = now + dt.timedelta(hours=1)
    first = rebuild_cubes(slot="x", now=later, seconds=0)
    assert not first.is_finished
    assert as_of() == now
    assert rebuild_cubes(slot="x", now=later).is_finished
    assert as_of() == later
