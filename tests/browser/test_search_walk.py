"""The global search by keyboard: open, type, choose, go, leave; silent while one composes."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from customers.models import Customer
from tests.factories import CustomerFactory


@pytest.fixture
def page(sellers: dict[str, User], sign_in: Callable[..., Any]) -> Page:
    for name in ("赵敏仪", "赵明远", "钱多多"):
        CustomerFactory(owner=sellers["lin"], name=name)
    found: Page = sign_in(sellers["lin"])
    found.goto("/customers/")
    return found


def hits(page: Page) -> Any:
    return page.locator("#gsearch-panel a")


def test_open_type_choose_and_go(page: Page) -> None:
    page.locator("table[data-select] tbody a").first.focus()
    page.keyboard.press("Control+k")
    box = page.locator("#gsearch")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("赵")
    expect(hits(page)).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(hits(page).nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(hits(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")  # round to the box
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(hits(page).nth(1)).to_be_focused()
    name = hits(page).nth(1).locator("span").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_escape_gives_the_focus_back_and_empties_the_box(page: Page) -> None:
    start = page.locator("table[data-select] tbody a").nth(1)
    start.focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("赵")
    expect(hits(page)).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(start).to_be_focused()
    expect(page.locator("#gsearch-panel")).to_be_hidden()
    expect(page.locator("#gsearch")).to_have_value("")
    expect(page.locator("#gsearch")).to_have_attribute("aria-expanded", "false")


def test_leaving_by_tab_closes_and_a_late_answer_opens_nothing(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("赵")
    expect(hits(page)).to_have_count(2)
    for _each in range(3):  # two hits, then out
        page.keyboard.press("Tab")
    expect(page.locator("#gsearch-panel")).to_be_hidden()
    held: list[Any] = []
    page.route("**/search/?q=*", lambda route: held.append(route))
    page.keyboard.press("Control+k")
    with page.expect_request("**/search/?q=*"):
        page.keyboard.type("敏")
    page.locator("main").click(position={"x": 4, "y": 4})
    with page.expect_response("**/search/?q=*"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#gsearch-panel")).to_be_hidden()


def test_nothing_happens_while_an_input_method_composes(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Control+k")
    browser = page.context.new_cdp_session(page)
    browser.send(
        "Input.imeSetComposition", {"text": "zhao", "selectionStart": 4, "selectionEnd": 4}
    )
    for key, code in (("Enter", 13), ("ArrowDown", 40)):
        pressed = {"key": key, "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": code}
        browser.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **pressed})
        browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
    page.wait_for_timeout(600)
    assert [url for url in asked if "/search/" in url] == []
    expect(page.locator("#gsearch")).to_be_focused()
    expect(page.locator("#gsearch")).to_have_value("zhao")
    browser.send("Input.insertText", {"text": "赵"})
    expect(hits(page)).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*/")
    assert Customer.objects.filter(name=page.locator("h1").inner_text()).exists()
