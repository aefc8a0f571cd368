"""A lead from the QR code of an agency to its commission, and the commission taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from crm_site.staff.models import User
from customers.models import Building, Layout, Unit
from marketing.channels.models import Channel, Commission, LeadCode, LeadIntake, Partner
from marketing.channels.tasks import settle_commission
from tests.browser.service_steps import fill, fits
from tests.factories import UserFactory
from tests.marketing.channels.conftest import sell


@pytest.fixture
def unit(sellers: dict[str, User]) -> Unit:
    project = sellers["lin"].node.project.housing_project  # type: ignore[union-attr]
    building = Building.objects.create(project=project, name="3栋", floors=18)
    layout = Layout.objects.create(project=project, name="三房两卫")
    return Unit.objects.create(
        project=project,
        building=building,
        entrance="1",
        floor=1,
        number="0101",
        layout=layout,
        forecast_area=98,
    )


@pytest.fixture
def staff(sellers: dict[str, User]) -> dict[str, User]:
    """Who answers for channels and who books money, beside the sellers."""
    Channel.objects.create(code="agent", name="渠道中介", type="agent", subtype="agency")
    home = sellers["lin"].node
    return sellers | {
        "channel": UserFactory(username="qudao", role="channel", node=home.project),  # type: ignore[union-attr]
        "finance": UserFactory(username="caiwu", role="finance", node=home.region),  # type: ignore[union-attr]
    }


def send(page: Page, url: str, **given: str) -> None:
    """Fill the form at an address in and send it; the page goes on to another."""
    page.goto(url)
    form = page.locator("main form").last
    fill(form, **given)
    form.locator("button[type=submit]").click()
    page.wait_for_url(lambda at: not at.endswith(url))


def pots(page: Page, partner: Partner) -> list[str]:
    """What the ledger shows as earned, due, paid and owed, after the job of the hour."""
    settle_commission()
    page.goto(f"/partners/{partner.pk}/commission/")
    expect(page.locator("main .banner-green")).to_be_visible()  # the deals say the same
    fits(page, 1440)
    return [text.strip() for text in page.locator("main .kv dd").all_inner_texts()]


def partner_of(page: Page) -> Partner:
    """Enter an agency by hand and begin the co-operation with it."""
    today = timezone.localdate()
    page.goto("/partners/")
    page.get_by_role("link", name="新增渠道伙伴").first.click()
    form = page.locator("main form").last
    fill(
        form,
        name="链家滨江店",
        channel=str(Channel.objects.get().pk),
        starts_on=f"{today - timedelta(days=30)}",
        ends_on=f"{today + timedelta(days=90)}",
    )
    form.locator("[name=is_everywhere]").check()
    form.locator("button[type=submit]").click()
    expect(page.locator("main .banner-red")).to_be_visible()  # no lead before it begins
    partner = Partner.objects.get()
    send(page, f"/partners/{partner.pk}/move/", to="active", note="比选得分第一")
    expect(page.locator("main .banner-red")).to_have_count(0)
    return partner


@pytest.mark.spec("MKT-68")
def test_a_lead_walks_from_the_qr_code_to_commission_and_back(
    staff: dict[str, User],
    unit: Unit,
    open_page: Callable[..., Any],
    sign_in: Callable[..., Any],
) -> None:
    page = sign_in(staff["channel"])
    agency = partner_of(page)
    send(
        page,
        "/channels/codes/add/",
        label="门店二维码",
        channel=str(agency.channel_id),
        project=str(unit.project_id),
        partner=str(agency.pk),
    )
    expect(page.locator("img[src^='data:image/svg+xml']")).to_be_visible()
    fits(page, 1440)
    code = LeadCode.objects.get().code
    assert page.locator("main .kv a").first.inner_text().endswith(f"/q/{code}/")

    visitor = open_page(f"/q/{code}/", width=360)
    form = visitor.locator("form", has=visitor.locator("[name=phone]"))
    fill(form, name="高雅琴", phone="13800138000")
    form.locator("button[type=submit]").click()
    expect(visitor.locator(".banner-green")).to_be_visible()
    assert visitor.evaluate("document.documentElement.scrollWidth") <= 360
    intake = LeadIntake.objects.get()
    assert (intake.partner, intake.way) == (agency, "qr")
    page.goto("/channels/leads/")
    expect(page.locator("main tbody tr")).to_contain_text([agency.name])

    purchase = sell(intake, unit, seller=staff["lin"], manager=staff["channel"])
    assert Commission.objects.get().amount == 16_000
    assert pots(page, agency) == ["16,000", "0", "0", "0"]

    payer, paying = sign_in(staff["finance"]), f"/purchases/{purchase.pk}/payments/"
    booked = {"received_on": f"{timezone.localdate()}", "way": "transfer"}
    send(payer, f"{paying}receive/", amount="250000", receipt_no="R-1", **booked)
    assert pots(page, agency) == ["12,000", "4,000", "0", "0"]
    send(payer, f"/partners/{agency.pk}/pay/", amount="4000", reference="FK-1")
    assert pots(page, agency) == ["12,000", "0", "4,000", "0"]

    send(payer, f"{paying}refund/", amount="250000", receipt_no="R-2", note="退房", **booked)
    assert pots(page, agency) == ["16,000", "0", "4,000", "4,000"]
    page.goto("/partners/")
    page.get_by_role("link", name=agency.name).click()
    expect(page.locator("main .kv").nth(1)).to_contain_text("4,000")
    page.set_viewport_size({"width": 360, "height": 640})
    shown = [f"partners/{agency.pk}/", f"partners/{agency.pk}/commission/", "partners/commission/"]
    shown += ["channels/", "channels/leads/", "channels/scorecard/", "channels/codes/"]
    for path in [*shown, f"channels/codes/{LeadCode.objects.get().pk}/"]:
        page.goto(f"/{path}")
        fits(page, 360)
