"""The frame in a real browser: nothing in the console, keys, dialogs, drafts, toasts, reflow."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site")]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def violations(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [(item["id"], node["html"]) for item in found for node in item["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("path", ["/accounts/login/", "/page/", "/nothing/"])
def test_pages_are_accessible_and_do_not_scroll_sideways(
    open_page, page_errors, consultant, path, width, theme
):
    page_errors.allow(404)
    user = None if "login" in path else consultant
    page = open_page(path, user=user, width=width, theme=theme)
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_targets_on_the_phone_are_large_enough(open_page, consultant):
    page = open_page("/page/", user=consultant, width=360)
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, summary')]
            .filter(e => e.getClientRects().length && !e.closest('dialog') && !e.matches('.skip'))
            .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
    )
    assert small == []


def test_letters_act_unless_typing_composing_or_switched_off(open_page, consultant):
    page = open_page("/page/", user=consultant)
    page.focus("#anything")
    page.keyboard.press("c")
    assert not page.is_visible("#confirm")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'c', isComposing: true, bubbles: true}))"
    )
    assert not page.is_visible("#confirm")
    page.keyboard.press("c")
    assert page.is_visible("#confirm")
    page.keyboard.press("Escape")
    assert not page.is_visible("#confirm")
    page.wait_for_selector("[data-dialog=confirm]:focus")
    page.evaluate("document.activeElement.blur(); document.documentElement.dataset.keys = 'off'")
    page.keyboard.press("c")
    assert not page.is_visible("#confirm")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#gsearch:focus")


def test_toasts_of_the_server_and_of_refusals(open_page, page_errors, consultant):
    page_errors.allow(409)
    page = open_page("/page/", user=consultant)
    page.click("#ask-toast")
    page.wait_for_selector("[role=status] .toast:has-text('已保存')")
    assert "撤销" in page.inner_text("[role=status] [data-undo]")
    page.click("#ask-fault")
    page.wait_for_selector("[role=alert] .toast:has-text('Lu Yuan changed it')")
    page.click("[role=alert] [data-act=dismiss]")
    assert page.locator("[role=alert] .toast").count() == 0


def test_theme_switch_lasts_and_shows_at_once(open_page, consultant):
    page = open_page("/page/", user=consultant)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(245, 247, 250)"
    page.click(".top-r > [data-act=theme]")
    assert page.evaluate(ground) == "rgb(20, 20, 20)"
    page.reload()
    assert page.get_attribute("#dark", "media") == "screen"
    assert page.evaluate(ground) == "rgb(20, 20, 20)"


def test_draft_survives_the_end_of_the_session(open_page, page_errors, consultant):
    page = open_page("/form/", user=consultant)
    page.fill("#id_note", "客户想再看一次 1801")
    page.wait_for_timeout(2300)
    page.context.clear_cookies(name="anju_session")
    page.reload()
    assert "/accounts/login/" in page.url
    page.fill("#id_username", "consultant")
    consultant.set_password("long enough 1")
    consultant.save()
    page.fill("#id_password", "long enough 1")
    page.click("main button")
    page.wait_for_url("**/form/")
    assert page.input_value("#id_note") == "客户想再看一次 1801"


def test_draft_goes_once_the_form_was_saved(open_page, consultant):
    page = open_page("/form/", user=consultant)
    page.fill("#id_name", "Li")
    page.click("main button[type=submit]")
    page.wait_for_url("**/list/")
    page.goto("/form/")
    assert page.input_value("#id_name") == ""


def test_errors_take_the_focus_and_lead_to_the_field(open_page, page_errors, consultant):
    page_errors.allow(422)
    page = open_page("/form/", user=consultant)
    page.click("main button[type=submit]")
    page.wait_for_selector(".err-sum:focus")
    assert page.title().startswith("出错：")
    page.click(".err-sum a")
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_first_visit_loads_little_and_nothing_from_elsewhere(open_page, consultant, live_server):
    urls = []
    page = open_page("/page/", user=consultant)
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: urls.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert len(urls) <= 15
    assert [url for url in urls if not url.startswith((live_server.url, "data:"))] == []
