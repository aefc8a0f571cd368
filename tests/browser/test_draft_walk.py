"""A form that outlived its session: nothing that was typed is lost, and it is saved once (B-44)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from crm_site.staff.sessions import SEEN, STARTED
from customers.models import Customer
from tests.browser.conftest import PASSWORD

FORM = "#customer-form"
TYPED = {
    "name": "欧阳　静怡 “大客户”",
    "phone": "138 0013 8000",
    "budget_min": "240.5",
    "budget_max": "260",
    "enquiry": "想看三房，\n周末带父母来 <b>&amp;</b> 问学区\n  地下车位 🚗 几个？",
}
CHOSEN = ["source", "layout", "intent", "urgency", "complexity"]


def fill_in(page: Page) -> None:
    for name, text in TYPED.items():
        page.locator(f"{FORM} [name={name}]").fill(text)
    for name in CHOSEN:
        box = page.locator(f"{FORM} select[name={name}]")
        box.select_option(index=box.locator("option").count() - 1)


def stands_in(page: Page) -> dict[str, str]:
    values: dict[str, str] = page.evaluate(
        """form => Object.fromEntries([...document.querySelector(form).elements]
            .filter(e => e.name && e.type !== 'hidden').map(e => [e.name, e.value]))""",
        FORM,
    )
    return values


def end_session(page: Page) -> None:
    """Let half an hour and a minute pass on the server without a request."""
    (cookie,) = [each for each in page.context.cookies() if each["name"] == "anju_session"]
    session = SessionStore(cookie["value"])
    for stamp in (SEEN, STARTED):
        session[stamp] -= 31 * 60
    session.save()


@pytest.mark.check("B-44")
def test_a_half_filled_form_outlives_its_session(
    sellers: dict[str, User], open_page: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(401)
    lin = sellers["lin"]
    page = open_page("/accounts/login/")
    page.clock.install()
    log_in(page, lin)
    page.goto("/customers/add/")
    fill_in(page)
    typed = stands_in(page)
    assert {name: typed[name] for name in TYPED} == TYPED

    toasts = page.locator("[role=status] .toast")
    page.clock.run_for(27 * 60_000)
    expect(toasts.filter(has_text="2 分钟")).to_have_count(0)
    page.clock.run_for(2 * 60_000)
    expect(toasts.filter(has_text="2 分钟")).to_be_visible()
    assert stands_in(page) == typed

    end_session(page)
    # at once: a look of the bell that meets the ended session leads to the login as well
    page.locator(f"{FORM} button[type=submit]").evaluate("button => button.click()")
    page.wait_for_url("**/accounts/login/**")
    assert Customer.objects.count() == 0
    log_in(page, lin)
    page.wait_for_url("**/customers/add/")
    assert stands_in(page) == typed

    page.locator(f"{FORM} button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("欧阳静怡 “大客户”")
    customer = Customer.objects.get()
    assert (customer.budget_min, customer.budget_max) == (2_405_000, 2_600_000)
    saved = customer.leads.get().enquiry.splitlines()  # the service trims each line
    assert saved == [line.strip() for line in TYPED["enquiry"].splitlines()]
    page.goto("/customers/add/")
    assert stands_in(page)["name"] == stands_in(page)["enquiry"] == ""


def log_in(page: Page, user: User) -> None:
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def test_whoever_stays_is_kept_signed_in_and_another_account_sees_no_draft(
    sellers: dict[str, User], open_page: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(401)
    page = open_page("/accounts/login/")
    page.clock.install()
    log_in(page, sellers["lin"])
    page.goto("/customers/add/")
    fill_in(page)
    page.clock.run_for(29 * 60_000)
    warning = page.locator("[role=status] .toast").filter(has_text="2 分钟")
    with page.expect_response("**/session/") as answer:
        warning.locator("[data-undo]").click()
    assert answer.value.status == 204
    expect(warning).to_have_count(0)
    end_session(page)
    page.locator(f"{FORM} button[type=submit]").click()
    page.wait_for_url("**/accounts/login/**")
    log_in(page, sellers["chen"])
    page.wait_for_url("**/customers/add/")
    assert stands_in(page)["name"] == stands_in(page)["phone"] == ""
    assert Customer.objects.count() == 0
