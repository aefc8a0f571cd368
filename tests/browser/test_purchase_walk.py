"""A unit held on a phone in four taps, on to the contract; the colleague sees it is taken."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from crm_site.staff.models import User
from customers.models import Building, Layout, Purchase, Unit
from tests.factories import CustomerFactory, LeadFactory

PHONE = {"width": 360, "has_touch": True}


@pytest.fixture
def units(sellers: dict[str, User]) -> list[Unit]:
    project = sellers["lin"].node.project.housing_project  # type: ignore[union-attr]
    building = Building.objects.create(project=project, name="3栋", floors=18)
    layout = Layout.objects.create(project=project, name="三房两卫")
    return Unit.objects.bulk_create(
        Unit(
            project=project,
            building=building,
            entrance="1",
            floor=floor,
            number=f"{floor:02d}01",
            layout=layout,
            forecast_area=98,
        )
        for floor in range(1, 7)
    )


@pytest.mark.check("B-27")
def test_a_phone_holds_a_unit_in_four_taps(
    sellers: dict[str, User], units: list[Unit], sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(409)
    buyer = CustomerFactory(owner=sellers["lin"], name="高雅琴")
    LeadFactory(customer=buyer)
    phone = sign_in(sellers["lin"], **PHONE)
    phone.goto(f"/customers/{buyer.pk}/purchases/")
    taps = 0

    def tap(target: Any) -> None:
        nonlocal taps
        taps += 1
        box = target.bounding_box()
        assert box["height"] >= 44
        target.tap()

    tap(phone.get_by_label("可售房源房号"))
    phone.keyboard.type("0301")
    phone.keyboard.press("Enter")
    tap(phone.get_by_role("link", name="预留", exact=True))
    tap(phone.get_by_role("button", name="确认预留"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("3栋-1-0301")
    assert taps <= 4
    purchase = Purchase.objects.get()
    assert (purchase.customer, purchase.unit, purchase.state) == (buyer, units[2], "held")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360

    # Who comes second sees that it is taken, by whom in words only, and three like it.
    other = CustomerFactory(owner=sellers["chen"], name="贺志倩")
    second = sign_in(sellers["chen"], **PHONE)
    second.goto(f"/units/{units[2].pk}/hold/?customer={other.pk}")
    second.get_by_role("button", name="确认预留").tap()
    expect(second.get_by_role("heading", level=1)).to_have_text("房源已被预留")
    expect(second.locator("main").get_by_role("alert")).to_contain_text("置业顾问")
    expect(second.locator("main .lines li")).to_have_count(3)
    assert "高雅琴" not in second.locator("main").inner_text()


def test_from_the_hold_to_the_contract_by_its_buttons(
    sellers: dict[str, User], units: list[Unit], sign_in: Callable[..., Any]
) -> None:
    buyer = CustomerFactory(owner=sellers["lin"], name="高雅琴")
    LeadFactory(customer=buyer)
    page = sign_in(sellers["lin"])
    page.goto("/units/")
    page.get_by_role("link", name="0101").click()
    panel = page.locator("#unit-panel")
    panel.get_by_role("link", name="预留").click()
    page.get_by_role("combobox", name="客户").press_sequentially("高")
    page.locator(".picker [data-value]").first.click()
    page.get_by_role("button", name="确认预留").click()
    page.get_by_role("link", name="转认购").click()
    page.get_by_label("标价").fill("2906000")
    page.get_by_label("成交价").fill("2877000")
    page.get_by_label("定金").fill("50000")
    page.get_by_role("button", name="转认购").click()
    page.get_by_role("link", name="互动档案").click()
    page.get_by_role("link", name="登记告知").click()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="登记客户确认").click()
    page.get_by_label("凭证").fill("HD-2026-001")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".rec-n")).to_contain_text("100%")
    page.goto(f"/purchases/{Purchase.objects.get().pk}/")
    page.get_by_role("link", name="签约", exact=True).click()
    page.get_by_label("合同编号").fill("HT-2026-001")
    page.get_by_role("button", name="签约").click()
    expect(page.locator(".rec-n")).to_contain_text("签约")
    assert Purchase.objects.get().contract_no == "HT-2026-001"
    assert buyer.leads.get().state == "signed"
