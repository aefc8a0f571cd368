"""The unit board in a browser: states are hidden, a unit opens beside the board or on its page."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from customers.models import Building, Project, Unit
from customers.property.services import withhold_unit
from tests.factories import NOW


@pytest.fixture
def board(sellers: dict[str, User]) -> Building:
    project = Project.objects.get(code="yunqili")
    building = Building.objects.create(project=project, name="3栋", floors=3)
    units = Unit.objects.bulk_create(
        Unit(
            project=project,
            building=building,
            entrance="1",
            floor=floor,
            number=f"{floor:02d}0{place}",
            forecast_area=98,
        )
        for floor in range(1, 4)
        for place in (1, 2)
    )
    withhold_unit(unit=units[0], reason="样板间", actor=sellers["supervisor"], now=NOW)
    return building


def cells(page: Page) -> Any:
    return page.locator("#board td a:visible")


def test_filter_and_panel_by_mouse_and_by_keyboard(
    board: Building, sellers: dict[str, User], sign_in: Callable[..., Any]
) -> None:
    page = sign_in(sellers["lin"])
    page.goto("/units/")
    expect(cells(page)).to_have_count(6)
    page.get_by_label("可售").uncheck()
    expect(cells(page)).to_have_count(1)
    page.get_by_label("可售").focus()
    page.keyboard.press("Space")
    expect(cells(page)).to_have_count(6)
    panel = page.locator("#unit-panel")
    page.get_by_role("link", name="0101").click()
    expect(panel).to_contain_text("样板间")
    page.get_by_role("link", name="0302").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", level=2).first).to_have_text("3栋-1-0302")
    expect(page.locator("#board a[aria-current]")).to_have_text("0302可售")
    assert page.url.endswith("/units/")


def test_on_a_phone_a_unit_has_a_page_of_its_own(
    board: Building, sellers: dict[str, User], sign_in: Callable[..., Any]
) -> None:
    page = sign_in(sellers["lin"], width=360)
    page.goto("/units/")
    page.get_by_role("link", name="0302").click()
    page.wait_for_url("**/units/*/")
    expect(page.locator("main")).to_contain_text("3栋-1-0302")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
