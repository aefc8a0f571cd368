"""A campaign from plan to review in a browser: checked, signed, run, judged (MKT-21, 28, 77)."""

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
from customers.models import Lead, Purchase
from marketing.campaigns.models import BudgetNode, Campaign, CampaignReview, CostItem
from marketing.content.models import Advert
from marketing.segments.models import SegmentSnapshot
from marketing.segments.services.keeping import SegmentDraft, write_segment
from tests.browser.service_steps import fill, fits
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, Organisation, UserFactory

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
PHONE = 360
STRONG = {"way": "all", "parts": [{"field": "intent", "op": "at_least", "value": "2"}]}
REVIEWERS = ("channel", "design", "engineering", "head_office", "service_manager", "executive")
TEXT = "湖畔公园旁的家，敬请品鉴。"


def accessible(page: Page) -> None:
    """The page has no fault that a machine finds."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def team(transactional_db: None) -> dict[str, User]:
    """Who plans, sells and signs, with the budget of the project and a segment to choose."""
    org = Organisation()
    keys = ("marketing", "consultant", *(key for key in REVIEWERS if key != "design"))
    people = {key: make_user(org, key) for key in keys}
    node = org.project_one.node
    people["design"] = UserFactory(username="design", name="设计甲", role="engineering", node=node)
    draft = SegmentDraft(name="强意向", rules=STRONG)
    write_segment(draft=draft, actor=people["marketing"], now=timezone.now())
    for intent in (3, 2, 1):
        CustomerFactory(owner=people["consultant"], intent=intent)
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


def word(page: Page, advert: Advert, text: str) -> None:
    """Write the text of an advert on its page."""
    page.goto(f"/adverts/{advert.pk}/")
    page.get_by_role("link", name="撰写文案").click()
    fill(page.locator("form.form-w"), text=text, facts="测绘报告")
    page.locator("form.form-w button.btn-p").click()
    page.wait_for_url(f"**/adverts/{advert.pk}/")


def sign_by(people: list[Page], approval: Approval) -> None:
    """Let each of these people sign on the page of the request."""
    for reader in people:
        reader.goto(f"/approvals/{approval.pk}/")
        reader.locator("form[action$='/sign/'] button").click()
        reader.wait_for_load_state()
        expect(reader.locator("form[action$='/sign/']")).to_have_count(0)


def sold(campaign: Campaign, seller: User) -> Lead:
    """A lead of the campaign that signed for two million."""
    now = timezone.now()
    customer = CustomerFactory(owner=seller)
    lead = LeadFactory(customer=customer, campaign=campaign.code, state="signed", received_at=now)
    Purchase.objects.create(
        project=lead.project,
        customer=customer,
        lead=lead,
        consultant=seller,
        state="presubscribed",
        state_since=now,
        begun_at=now,
        expires_at=now,
        signed_at=now,
        agreed_total=Decimal(2_000_000),
    )
    return lead


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
    form.locator("[name=segment_id]").select_option(label="强意向")
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

    # The advert: nothing starts while one of six signatures is missing, or the text is another.
    page.goto(f"/campaigns/{row.pk}/")
    adverts = page.locator("section[aria-labelledby=panel-adverts]")
    adverts.get_by_role("link", name="新建广告").click()
    form = page.locator("form.form-w")
    expect(form.locator("[name=campaign_code]")).to_have_value("lake-day")
    fill(form, title="湖畔开放日整版", medium="press", plan="本周日报，面向改善家庭")
    form.locator("button.btn-p").click()
    page.wait_for_url("**/adverts/*/")
    advert = Advert.objects.get()
    word(page, advert, "湖畔公园旁的家。")
    page.get_by_role("button", name="申请会审").click()
    expect(page.get_by_text("会审中").first).to_be_visible()
    asked = Approval.objects.get(subject_kind="advert")
    readers = [boss if key == "executive" else sign_in(team[key]) for key in REVIEWERS]
    sign_by(readers[:-1], asked)
    page.goto(f"/campaigns/{row.pk}/")
    expect(adverts).to_contain_text(advert.number)
    page.get_by_role("button", name="启动").click()
    expect(page.get_by_text(advert.number).first).to_be_visible()
    row.refresh_from_db()
    assert row.state == "approved"
    word(page, advert, TEXT)
    expect(page.locator("section[aria-labelledby=signed]")).not_to_contain_text("已签")
    boss.goto(f"/approvals/{asked.pk}/")
    expect(boss.get_by_text("已失效：内容已变更")).to_have_count(5)
    expect(boss.get_by_text(TEXT).first).to_be_visible()
    sign_by(readers, asked)
    advert.refresh_from_db()
    assert advert.state == "approved"
    page.goto(f"/campaigns/{row.pk}/")
    accessible(page)
    page.get_by_role("button", name="启动").click()
    expect(page.get_by_text("进行中").first).to_be_visible()
    accessible(page)
    frozen = SegmentSnapshot.objects.get()
    CustomerFactory(owner=team["consultant"], intent=3)
    page.reload()
    shown = page.locator("section[aria-labelledby=panel-segment]")
    expect(shown.locator(f"a[href='/segments/frozen/{frozen.pk}/']")).to_have_text("2")

    page.locator(f"a[href='/costs/add/?campaign={row.pk}']").click()
    form = page.locator("form.form-w")
    fill(form, amount="20000", note="日报整版", item="media", channel_code="walk_in")
    form.locator("button.btn-p").click()
    page.wait_for_url("**/costs/*/")
    sign_by([boss], Approval.objects.latest("pk"))
    assert CostItem.objects.get().state == "approved"
    customer = sold(row, team["consultant"]).customer
    page.goto(f"/campaigns/{row.pk}/")
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
    review = page.locator("section[aria-labelledby=review]")
    expect(review).to_contain_text("1400.00 %")  # 15 % of two million less 20,000, of 20,000
    assert CampaignReview.objects.get().figures["roi"] == "1400.00"
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
