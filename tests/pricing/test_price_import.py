"""Prices from a spreadsheet: into a draft, row by row refused, signed like any other list."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_site.approvals.services import sign
from crm_site.common.refusals import NotAllowedError
from crm_site.exchange.errors import MappingError
from customers.models import PriceList, UnitPrice
from customers.pricing.rules import ListState
from customers.pricing.selectors import price_at
from customers.pricing.services.lists import create_list, submit_list
from tests.customers.importing import causes, uploaded
from tests.customers.importing import imported as imported_with
from tests.customers.test_import_revert import reverted

pytestmark = pytest.mark.django_db
HEAD = ["楼栋", "单元", "房号", "单价", "总价", "底价", "底价系数"]


@pytest.fixture
def begun(project, boss, now) -> PriceList:
    return create_list(
        project=project, reason="首次开盘", author=boss, now=now, message_plan="逐户说明"
    )


def imported(rows, *, actor, now, into):
    return imported_with([HEAD, *rows], actor=actor, now=now, kind="price", list=str(into.pk))


def cells(unit, *values: str) -> list[str]:
    return [unit.building.name, "1单元", unit.number, *values]


def test_a_file_fills_a_draft_that_is_signed_as_ever(
    make_units, unit, boss, director, begun, now
) -> None:
    units = list(type(unit).objects.order_by("pk"))
    rows = [
        cells(units[0], "20000", "", "", "95%"),
        cells(units[1], "", "2000000", "1900000", ""),
        ["", "", str(units[2]), "21000", "", "", "0.96"],
    ]
    job = imported(rows, actor=boss, now=now, into=begun)
    assert job.counts == {"created": 3}
    first, second, third = UnitPrice.objects.filter(price_list=begun).order_by("unit")
    assert (first.unit_price, first.public_total) == (Decimal(20_000), Decimal(1_964_000))
    assert (first.floor_total, first.floor_coefficient) == (Decimal(1_865_800), Decimal("0.95"))
    assert (second.public_total, second.floor_total) == (Decimal(2_000_000), Decimal(1_900_000))
    assert (third.unit, third.floor_coefficient) == (units[2], Decimal("0.96"))
    assert price_at(units[0], at=now) is None
    submitted = submit_list(price_list=begun, actor=boss, now=now)
    approval = submitted.approval
    later = now + timedelta(minutes=1)
    sign(approval_id=approval.pk, digest=approval.digest, signer=director, now=later)
    begun.refresh_from_db()
    assert begun.state == ListState.APPROVED
    assert price_at(units[0], at=now + timedelta(hours=1)).public_total == Decimal(1_964_000)


def test_again_changes_nothing_and_a_new_value_is_taken(unit, boss, begun, now) -> None:
    row = cells(unit, "20000", "", "", "95")
    imported([row], actor=boss, now=now, into=begun)
    again = imported([row], actor=boss, now=now, into=begun)
    assert again.counts == {"unchanged": 1}
    job = imported([cells(unit, "21000", "", "", "")], actor=boss, now=now, into=begun)
    assert job.counts == {"updated": 1}
    price = UnitPrice.objects.get()
    assert (price.unit_price, price.floor_coefficient) == (Decimal(21_000), Decimal("0.95"))
    reverted(job, now=now + timedelta(hours=1))
    price.refresh_from_db()
    assert (price.unit_price, price.public_total) == (Decimal(20_000), Decimal(1_964_000))


def test_each_dirty_row_is_named_and_none_of_it_is_written(unit, boss, begun, now) -> None:
    units = list(type(unit).objects.order_by("pk"))
    rows = [
        cells(units[0], "20000", "", "", "0.95"),
        cells(units[1], "-20000", "", "", "0.95"),
        cells(units[1], "0", "", "", "0.95"),
        cells(units[0], "21000", "", "", "0.95"),
        ["9栋", "", "0101", "20000", "", "", "0.95"],
        cells(units[2], "", "", "", "0.95"),
        cells(units[3], "20000", "1", "", "0.95"),
        cells(units[4], "20000", "", "9999999", ""),
        cells(units[5], "20000", "", "", ""),
        cells(units[6], "20000", "", "", "0"),
        cells(units[7], "两万", "", "", "0.95"),
        cells(units[8], "20000", "", "1900000", "0.5"),
    ]
    job = imported(rows, actor=boss, now=now, into=begun)
    assert causes(job) == {
        "price_not_positive": [3, 4],
        "repeated_unit": [5],
        "price_unit_unknown": [6],
        "no_price_given": [7],
        "total_differs": [8],
        "floor_above_public": [9],
        "floor_missing": [10],
        "floor_share_wrong": [11],
        "not_a_number": [12],
        "floor_twice": [13],
    }
    assert job.counts == {"created": 1, "bad": 11}
    assert UnitPrice.objects.get().unit == units[0]


def test_only_a_draft_is_filled_and_an_import_goes_back(unit, boss, director, begun, now) -> None:
    job = imported([cells(unit, "20000", "", "", "0.95")], actor=boss, now=now, into=begun)
    submit_list(price_list=begun, actor=boss, now=now)
    with pytest.raises(MappingError):
        imported([cells(unit, "1", "", "", "0.95")], actor=boss, now=now, into=begun)
    reverted(job, now=now + timedelta(hours=1))
    assert UnitPrice.objects.get().unit_price == Decimal(20_000)
    later = create_list(project=begun.project, reason="二次开盘", author=boss, now=now)
    second = imported([cells(unit, "22000", "", "", "0.95")], actor=boss, now=now, into=later)
    reverted(second, now=now + timedelta(hours=2))
    assert not UnitPrice.objects.filter(price_list=later).exists()


def test_other_roles_import_no_prices(seller, money_keeper, unit, now) -> None:
    for user in (seller, money_keeper):
        with pytest.raises(NotAllowedError):
            uploaded([HEAD, cells(unit, "20000", "", "", "1")], actor=user, now=now, kind="price")
    assert not UnitPrice.objects.exists()
