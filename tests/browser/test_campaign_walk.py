"""A campaign from plan to review in a browser: checked, signed, run, judged (MKT-21)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.approvals.models import Approval
from crm_site.staff.models import User
from marketing.campaigns.models import BudgetNode, Campaign
from tests.browser.service_steps import fill, fits
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, Organisation

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
PHONE = 360


def accessible(page: Page) -> None:
    """The page has no fault that a machine finds."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def team(transactional_db: None) -> dict[str, User]:
    """Who plans and who signs, with the budget of the project."""
    org = Organisation()
    people = {key: make_user(org, key) for key in ("marketing", "executive")}
    year = timezone.localdate().year
    company = BudgetNode.objects.create(kind="company", year=year, amount=Decimal(1_000_000))
    BudgetNode.objects.create(
        kind="project",
        parent=company,
        year=year,
        amount=Decimal(300_000),
        project=org.project_one,
        region=org.region_east,
    )
    return people


def answer(page: Page, values: dict[str, str]) -> None:
    """Fill a check in and complete it."""
    form = page.locator("#fill-form")
    for key, value in values.items():
        form.locator(f"input[name='q-{key}'][value='{value}']").check()
    form.locator("button[name=complete]").click()


def test_a_campaign_from_plan_to_review(
    team: dict[str, User], sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(409, 422)  # a launch without its check, a review without feedback
    today = timezone.localdate()
    page = sign_in(team["marketing"])
    page.goto("/campaigns/")
    accessible(page)
    page.get_by_role("link", name="新建营销活动").first.click()
    form = page.locator("form.form-w")
    fill(
        form,
        name="湖畔开放日",
        code="lake-day",
        kind="event",
        phase="peak",
        starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=14)).isoformat(),
        aim="到访 120 组",
        message="湖景样板间开放",
        budget="60000",
        expected_leads="80",
    )
    form.locator("[name=project]").select_option(label="云栖里")
    form.locator("button.btn-p").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("湖畔开放日")
    row = Campaign.objects.get()
    url = f"**/campaigns/{row.pk}/"

    page.locator("section[aria-labelledby=mix] a").click()
    fill(page.locator("form.form-w"), share_walk_in="60", share_wechat="40")
    page.locator("form.form-w button.btn-p").click()
    page.wait_for_url(url)
    expect(page.locator("section[aria-labelledby=mix]")).to_contain_text("60.00 %")

    checks = page.locator("section[aria-labelledby=checks]")
    checks.get_by_role("button", name="填写").first.click()
    answer(page, {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes"})
    page.goto(f"/campaigns/{row.pk}/")
    page.get_by_role("link", name="提交审批").click()
    page.locator("form.form-w button.btn-p").click()
    page.wait_for_url(url)

    boss = sign_in(team["executive"])
    boss.goto(f"/approvals/{Approval.objects.get().pk}/")
    expect(boss.get_by_text("60,000").first).to_be_visible()
    boss.locator("form[action$='/sign/'] button").click()
    expect(boss.get_by_text("已批准").first).to_be_visible()

    page.goto(f"/campaigns/{row.pk}/")
    page.get_by_role("button", name="启动").click()
    expect(page.get_by_text("请先填写营销四原则检查").first).to_be_visible()
    page.goto(f"/campaigns/{row.pk}/")
    page.locator("section[aria-labelledby=checks]").get_by_role("button", name="填写").last.click()
    answer(page, {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes"})
    page.goto(f"/campaigns/{row.pk}/")
    page.get_by_role("button", name="启动").click()
    expect(page.get_by_text("进行中").first).to_be_visible()
    accessible(page)

    customer = CustomerFactory(project=row.project, region=row.region)
    LeadFactory(customer=customer, owner=None, campaign="lake-day", received_at=timezone.now())
    page.get_by_role("button", name="结束活动").click()
    page.get_by_role("link", name="复盘").first.click()
    fill(page.locator("form.form-w"), judgement="到访达标", lessons="增派接待")
    page.locator("form.form-w button.btn-p").click()
    expect(page.get_by_text("请先记录客户反馈").first).to_be_visible()
    page.goto(f"/campaigns/{row.pk}/loop/")
    fill(page.locator("form.form-w"), kind="feedback", text="停车位少")
    page.locator("form.form-w button.btn-p").click()
    page.wait_for_url(f"{url}#loop")
    page.goto(f"/campaigns/{row.pk}/review/")
    fill(page.locator("form.form-w"), judgement="到访达标", lessons="增派接待")
    page.locator("form.form-w button.btn-p").click()
    page.wait_for_url(url)
    expect(page.get_by_text("已复盘").first).to_be_visible()
    expect(page.locator("section[aria-labelledby=review]")).to_contain_text("0.00 %")
    page.locator("section[aria-labelledby=figures] a[href$='?of=leads']").click()
    expect(page.get_by_role("link", name=customer.name)).to_be_visible()

    page.goto("/campaigns/calendar/")
    accessible(page)
    page.set_viewport_size({"width": PHONE, "height": 740})
    for path in (f"/campaigns/{row.pk}/", "/campaigns/calendar/", "/campaigns/matrix/"):
        page.goto(path)
        fits(page, PHONE)
    boss.goto("/budgets/")
    expect(boss.get_by_text("湖畔开放日").first).to_be_visible()
    accessible(boss)
