"""The unit board: one statement, small, for one building and for a project of 5,000 (MKT-56)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Building, Unit
from customers.property.board import lay_out, project_board
from customers.property.services import withhold_unit
from customers.purchase.services.holding import hold_unit

pytestmark = pytest.mark.django_db


def fill(project, *, buildings: int, floors: int, columns: int) -> int:
    made = Building.objects.bulk_create(
        Building(project=project, name=f"{number}栋", floors=floors, sort_key=number)
        for number in range(1, buildings + 1)
    )
    rows = [
        Unit(
            project=project,
            building=each,
            entrance=str(1 + column // 4),
            floor=floor,
            number=f"{floor:02d}{column % 4 + 1:02d}",
            forecast_area=Decimal(100),
        )
        for each in made
        for floor in range(1, floors + 1)
        for column in range(columns)
    ]
    return len(Unit.objects.bulk_create(rows))


def test_five_thousand_units_are_a_small_page_of_few_statements(project, seller, client) -> None:
    client.force_login(seller)
    fill(project, buildings=1, floors=3, columns=4)
    url = f"/units/?project={project.code}&building=all"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        small = client.get(url)
    Building.objects.filter(project=project).update(name="0栋")
    assert fill(project, buildings=20, floors=31, columns=8) == 4960
    with CaptureQueriesContext(connection) as many:
        page = client.get(url)
    assert page.status_code == small.status_code == 200
    html = page.content.decode()
    assert html.count("<td><a class=u-a") == 4960 + 12
    assert len(page.content) < 300_000
    assert len(many) == len(few)


def test_each_state_has_its_word_its_shape_and_its_colour(
    project, make_units, seller, buyer, boss_of, client
) -> None:
    units = make_units(9)
    hold_unit(unit=units[0], customer=buyer, actor=seller, now=timezone.now())
    withhold_unit(unit=units[1], reason="样板间", actor=boss_of, now=timezone.now())
    client.force_login(seller)
    html = client.get("/units/").content.decode()
    for number, letter, word in (
        ("0101", "h", "预留"),
        ("0102", "w", "不售"),
        ("0103", "a", "可售"),
    ):
        cell = html[html.index(f'class="u-n">{number}') - 60 :][:400]
        assert f'class="u u-{letter}"' in cell
        assert word in cell
        assert "<svg" in cell
    legend = html[html.index('class="legend"') :]
    assert legend.index("可售") < legend.index("预留") < legend.index("不售")


def test_a_car_park_goes_by_rows(project) -> None:
    park = Building.objects.create(project=project, name="车库")
    Unit.objects.bulk_create(
        Unit(
            project=project,
            building=park,
            kind="parking",
            floor=-1,
            number=f"B1-{space:03d}",
            forecast_area=Decimal("12.6"),
        )
        for space in range(1, 20)
    )
    [board] = project_board(project)
    assert [(floor.label, len(floor.cells)) for floor in board.floors] == [
        ("B1", 8),
        ("", 8),
        ("", 3),
    ]
    assert lay_out(park, []).floors == []
