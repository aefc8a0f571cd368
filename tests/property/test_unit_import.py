"""Unit lists from spreadsheets: matched, refused row by row, taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import NotAllowedError
from crm_site.exchange.models import ImportKept
from customers.models import Building, Layout, Unit, UnitEvent
from customers.purchase.services.holding import hold_unit
from tests.customers.importing import causes, checked, set_options, uploaded
from tests.customers.importing import imported as imported_with
from tests.customers.test_import_revert import reverted

pytestmark = pytest.mark.django_db
HEAD = ["楼栋", "单元", "楼层", "房号", "物业类型", "户型", "预测建筑面积", "套内面积", "朝向"]
GOOD = [
    ["3栋", "1单元", "18层", "1801", "住宅", "三房两卫", "110.40㎡", "86.11", "南北通透"],
    ["3栋", "1单元", "", "1802", "", "三房一卫", "98.2", "", "南"],
    ["地下车库", "", "", "B1-012", "车位", "", "12.6", "", ""],
]


def imported(rows, *, actor, now, kind):
    return imported_with(rows, actor=actor, now=now, kind=kind, project="yunqili")


def test_rows_become_units_with_their_buildings_and_layouts(executive, project, now) -> None:
    job = uploaded([HEAD, *GOOD], actor=executive, now=now, kind="unit")
    set_options(job, project=project.code)
    checked(job, now=now)
    assert job.options == {"project": project.code}
    assert job.counts == {"created": 3}
    assert job.findings == {
        "new_buildings": {"3栋": 1, "地下车库": 1},
        "new_layouts": {"三房两卫": 1, "三房一卫": 1},
    }
    assert Unit.objects.count() == Building.objects.count() == Layout.objects.count() == 0
    job = imported([HEAD, *GOOD], actor=executive, now=now, kind="unit")
    assert job.counts == {"created": 3}
    first, second, space = Unit.objects.order_by("pk")
    assert (str(first), first.floor, first.kind) == ("3栋-1-1801", 18, "flat")
    assert (first.forecast_area, first.inner_area) == (Decimal("110.40"), Decimal("86.11"))
    assert (first.orientation, first.layout.name) == ("south_north", "三房两卫")
    assert (second.floor, second.kind, second.orientation) == (18, "flat", "south")
    assert (str(space), space.floor, space.kind) == ("地下车库-B1-012", -1, "parking")
    assert first.building.floors == 18
    assert set(UnitEvent.objects.values_list("kind", flat=True)) == {"added"}
    [event] = AuditEvent.objects.filter(kind="unit.imported")
    assert event.facts["count"] == 3


def test_the_same_list_again_changes_nothing_and_a_new_value_is_taken(
    executive, project, now
) -> None:
    imported([HEAD, *GOOD], actor=executive, now=now, kind="unit")
    again = imported([HEAD, *GOOD], actor=executive, now=now, kind="unit")
    assert again.counts == {"unchanged": 3}
    head = ["楼栋", "单元", "房号", "实测面积"]
    rows = [head, ["3 栋", "1", "1801", "111.02"], ["3栋", "1", "1802", ""]]
    measured = imported(rows, actor=executive, now=now, kind="unit")
    assert measured.counts == {"updated": 1, "unchanged": 1}
    unit = Unit.objects.get(number="1801")
    assert (unit.measured_area, unit.forecast_area) == (Decimal("111.02"), Decimal("110.40"))
    assert unit.events.latest("pk").facts == {"measured_area": [None, "111.02"]}
    assert Unit.objects.count() == 3


def test_a_whole_address_in_one_column_is_taken_apart(executive, project, now) -> None:
    rows = [["房号", "面积"], ["3栋-2单元-0601", "98.2"], ["5栋-0702", "98.2"], ["0801", "98.2"]]
    job = imported(rows, actor=executive, now=now, kind="unit")
    assert causes(job) == {"no_building": [4]}
    assert [str(unit) for unit in Unit.objects.order_by("pk")] == ["3栋-2-0601", "5栋-0702"]


def test_each_dirty_row_is_named_and_none_of_it_is_written(executive, project, now) -> None:
    def row(**changed: str) -> list[str]:
        return list((dict(zip(HEAD, GOOD[0], strict=True)) | changed).values())

    rows = [
        HEAD,
        GOOD[0],
        row(房号="1802", 预测建筑面积="-98.2"),
        row(房号="1803", 预测建筑面积="0"),
        row(房号="1804", 预测建筑面积="约一百"),
        row(房号="1805", 朝向="朝海"),
        GOOD[0],
        row(房号="1806", 楼栋=""),  # what a merged cell leaves
        row(房号="1807", 物业类型="写字楼"),
        row(房号="1808", 套内面积="120"),
        row(房号="A座", 楼层=""),
        row(房号="1809", 预测建筑面积=""),
        row(房号="1810", 预测建筑面积="1000000"),
        row(房号="1811", 楼层="顶层"),
        row(房号=""),
        row(房号="1812", 预测建筑面积="nan"),
    ]
    job = imported(rows, actor=executive, now=now, kind="unit")
    assert causes(job) == {
        "area_not_positive": [3, 4],
        "area_unreadable": [5, 16],
        "orientation_unknown": [6],
        "repeated_unit": [7],
        "no_building": [8],
        "unit_kind_unknown": [9],
        "inner_above_area": [10],
        "no_floor": [11],
        "no_area": [12],
        "area_too_large": [13],
        "floor_unreadable": [14],
        "no_unit_number": [15],
    }
    assert job.counts == {"created": 1, "bad": 14}
    assert [str(unit) for unit in Unit.objects.all()] == ["3栋-1-1801"]


def test_merged_headers_are_reported_row_by_row(executive, project, now) -> None:
    rows = [
        ["楼栋", "单元", "房号", "建筑面积", ""],
        ["", "", "", "预测", "实测"],
        ["3栋", "1", "1801", "98.2", "98.5"],
    ]
    job = imported(rows, actor=executive, now=now, kind="unit")
    assert set(causes(job)) == {"area_unreadable"}
    assert [str(unit) for unit in Unit.objects.all()] == ["3栋-1-1801"]


def test_an_import_is_taken_back_but_for_what_was_worked_with(
    executive, project, seller, buyer, now
) -> None:
    imported([HEAD, GOOD[1]], actor=executive, now=now, kind="unit")
    changed = [*GOOD[1][:6], "99.9", *GOOD[1][7:]]
    job = imported([HEAD, GOOD[0], changed, GOOD[2]], actor=executive, now=now, kind="unit")
    assert job.counts == {"created": 2, "updated": 1}
    hold_unit(unit=Unit.objects.get(number="B1-012"), customer=buyer, actor=seller, now=now)
    reverted(job, now=now + timedelta(days=1))
    assert job.state == "reverted"
    numbers = set(Unit.objects.values_list("number", flat=True))
    assert numbers == {"1802", "B1-012"}
    assert Unit.objects.get(number="1802").forecast_area == Decimal("98.20")
    kept = ImportKept.objects.get(job=job)
    assert (kept.row, kept.code) == (4, "kept_other")
    assert set(Building.objects.values_list("name", flat=True)) == {"3栋", "地下车库"}
    assert set(Layout.objects.values_list("name", flat=True)) == {"三房一卫"}


@pytest.mark.parametrize("role", ["supervisor", "consultant", "marketing"])
def test_other_roles_import_no_units(cast, project, now, role) -> None:
    with pytest.raises(NotAllowedError):
        uploaded([HEAD, *GOOD], actor=cast[role], now=now, kind="unit")
    assert Unit.objects.count() == 0
