"""The box that holds one customer, by keyboard alone, and what it says to those who listen."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from customers.models import Customer, Task
from tests.factories import CustomerFactory

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def page(sellers: dict[str, User], sign_in: Callable[..., Any]) -> Page:
    for name in ("赵敏仪", "赵明远", "钱多多"):
        CustomerFactory(owner=sellers["lin"], name=name)
    found: Page = sign_in(sellers["lin"])
    found.goto("/tasks/add/")
    return found


def test_type_choose_and_save_without_a_mouse(page: Page) -> None:
    box = page.get_by_role("combobox", name="客户")
    box.focus()
    page.keyboard.type("赵")
    offered = page.locator(".picker [data-value]")
    expect(offered).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".picker [role=status]")).to_have_text("找到 2 位客户，按上下方向键选择")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(offered.nth(1)).to_have_attribute("aria-selected", "true")
    chosen = str(offered.nth(1).get_attribute("data-name"))
    assert box.get_attribute("aria-activedescendant") == offered.nth(1).get_attribute("id")
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.keyboard.press("Enter")
    expect(box).to_have_value(chosen)
    expect(box).to_have_attribute("aria-expanded", "false")
    page.get_by_label("事项").fill("送资料")
    page.get_by_label("到期").fill("2099-05-20T10:00")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/tasks/")
    assert Task.objects.get().customer == Customer.objects.get(name=chosen)


def test_escape_closes_the_list_and_what_was_typed_is_refused_by_name(
    page: Page, page_errors: Any
) -> None:
    page_errors.allow(422)
    box = page.get_by_role("combobox", name="客户")
    box.focus()
    page.keyboard.type("赵")
    expect(page.locator(".picker [data-value]")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator(".picker ul")).to_be_hidden()
    expect(box).to_be_focused()
    page.get_by_label("事项").fill("送资料")
    page.get_by_label("到期").fill("2099-05-20T10:00")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".err-sum")).to_contain_text("有多位客户符合“赵”")
    expect(page.get_by_role("combobox", name="客户")).to_have_value("赵")
    assert not Task.objects.exists()
