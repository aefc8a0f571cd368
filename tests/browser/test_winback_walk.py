"""A red customer from the nightly score to the results: warned, called, back, counted (CUS-99…)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.churn.services.running import score_churn
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.policies import WINBACK
from analytics.winback.tasks import tend_winback
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from crm_site.staff.models import User
from customers.models import Customer
from tests.analytics.churn.conftest import known
from tests.analytics.churn.test_scoring import neglect
from tests.browser.service_steps import fill, fits
from tests.factories import InteractionFactory

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
DAYS_AGO = 40  # the thirty days to come back are over today


def accessible(page: Page) -> None:
    """The page has no fault that a machine finds."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def customer(sellers: dict[str, User]) -> Customer:
    """Somebody whom everything drives away; nobody is left alone, so that the walk has a case."""
    ensure_default(WINBACK)
    row = PolicyVersion.objects.get(key=WINBACK, version=1)
    PolicyVersion.objects.filter(pk=row.pk).update(payload=row.payload | {"holdout_percent": 0})
    then = timezone.now() - timedelta(days=DAYS_AGO)
    found = known(sellers["lin"], then, days=100, name="林晓燕")
    neglect(found, then)
    return found


def test_a_red_warning_from_the_score_to_the_results(
    sellers: dict[str, User],
    customer: Customer,
    sign_in: Callable[..., Any],
    page_errors: Any,
) -> None:
    page_errors.allow(422)  # a callback with an empty part
    then = timezone.now() - timedelta(days=DAYS_AGO)
    score_churn(slot="nightly:walk", now=then)
    alert = ChurnAlert.objects.get()
    assert (alert.customer, alert.level) == (customer, "red")
    case = WinbackCase.objects.get()

    page = sign_in(sellers["lin"])
    page.goto("/")
    section = page.locator("section, div").filter(has_text="可能流失的客户").last
    expect(section).to_be_visible()
    page.locator(f"a[href='/churn/cases/{case.pk}/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("林晓燕")
    accessible(page)

    page.get_by_role("link", name="记录回访").click()
    form = page.locator("#winback-form")
    fill(form, problem="接待等了四十分钟", solution="周六专人接待")
    form.locator("[name=outcome]").select_option("recovered")
    form.locator("button.btn-p").click()
    expect(page.get_by_text("回访的三个部分都要填写").first).to_be_visible()
    fill(page.locator("#winback-form"), need="三室朝南，总价三百万以内")
    page.locator("#winback-form button.btn-p").click()
    page.wait_for_url(f"**/churn/cases/{case.pk}/")
    expect(page.get_by_text("三室朝南").first).to_be_visible()

    page.get_by_role("link", name="制定计划").click()
    expect(page.locator("[name=offer]")).not_to_be_empty()
    page.locator("#winback-form button.btn-p").click()
    page.wait_for_url(f"**/churn/cases/{case.pk}/")

    came = then + timedelta(days=3)
    InteractionFactory(customer=customer, channel="visit", result="visited", at=came)
    tend_winback()
    page.goto(f"/churn/cases/{case.pk}/")
    expect(page.get_by_text("已挽回").first).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    fits(page, 360)

    boss = sign_in(sellers["supervisor"])
    boss.goto("/churn/results/")
    expect(boss.get_by_text(re.compile(r"100(\.0)? %")).first).to_be_visible()
    row = boss.locator("#tool-table tbody tr").filter(has_text="回访")
    expect(row.locator("td").nth(2)).to_have_text("1")
    accessible(boss)
    row.locator("td").nth(2).get_by_role("link").click()
    expect(boss.get_by_role("link", name="林晓燕")).to_be_visible()
