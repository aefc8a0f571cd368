"""A lead from the QR code of an agency to its commission, and the commission taken back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm_site.staff.models import User
from customers.models import Building, Layout, Unit
from customers.payment.services.receiving import Money, receive, refund
from marketing.channels.models import Channel, Commission, LeadCode, LeadIntake, Partner
from marketing.channels.tasks import settle_commission
from tests.factories import UserFactory
from tests.marketing.channels.conftest import sell


@pytest.fixture
def agency(sellers: dict[str, User]) -> Partner:
    """An agency whose contract runs, and the channel it works through."""
    channel = Channel.objects.create(code="agent", name="渠道中介", type="agent", subtype="agency")
    today = timezone.localdate()
    return Partner.objects.create(
        name="链家滨江店",
        channel=channel,
        state="active",
        state_since=timezone.now(),
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=90),
        is_everywhere=True,
    )


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


def money(amount: int, number: str, note: str = "") -> Money:
    day = timezone.localdate()
    return Money(
        amount=Decimal(amount), receipt_no=number, received_on=day, way="transfer", note=note
    )


@pytest.mark.spec("MKT-68")
def test_a_lead_walks_from_the_qr_code_to_commission_and_back(
    sellers: dict[str, User],
    agency: Partner,
    unit: Unit,
    open_page: Callable[..., Any],
    sign_in: Callable[..., Any],
) -> None:
    home = sellers["lin"].node.project  # type: ignore[union-attr]
    manager = UserFactory(username="qudao", name="渠道经理", role="channel", node=home)
    cashier = UserFactory(username="caiwu", name="财务", role="finance", node=home)
    page = sign_in(manager)
    page.goto("/channels/codes/add/")
    page.locator("[name=label]").fill("门店二维码")
    page.locator("[name=channel]").select_option(str(agency.channel_id))
    page.locator("[name=project]").select_option(str(unit.project_id))
    page.locator("[name=partner]").select_option(str(agency.pk))
    page.locator("main form button[type=submit]").click()
    expect(page.locator("img[src^='data:image/svg+xml']")).to_be_visible()
    code = LeadCode.objects.get()

    visitor = open_page(f"/q/{code.code}/", width=360)
    visitor.locator("[name=name]").fill("高雅琴")
    visitor.locator("[name=phone]").fill("13800138000")
    visitor.locator("form button[type=submit]").click()
    expect(visitor.locator(".banner-green")).to_be_visible()
    intake = LeadIntake.objects.get()
    assert (intake.partner, intake.way) == (agency, "qr")

    purchase = sell(intake, unit, seller=sellers["lin"], manager=manager)
    assert Commission.objects.get().amount == 16_000
    now = timezone.now()
    receive(purchase=purchase, money_in=money(250_000, "R-1"), actor=cashier, now=now)
    settle_commission()
    page.goto(f"/partners/{agency.pk}/commission/")
    expect(page.locator(".banner-green")).to_be_visible()
    expect(page.locator(".kv")).to_contain_text("4,000")
    expect(page.locator(".kv")).to_contain_text("12,000")

    payer = sign_in(cashier)
    payer.goto(f"/partners/{agency.pk}/pay/")
    payer.locator("[name=amount]").fill("4000")
    payer.locator("[name=reference]").fill("FK-1")
    payer.locator("main form button[type=submit]").click()
    payer.wait_for_url("**/commission/")

    refund(purchase=purchase, money_back=money(250_000, "R-2", "退房"), actor=cashier, now=now)
    settle_commission()
    page.reload()
    expect(page.locator(".banner-green")).to_be_visible()
    pots = page.locator(".kv dd")
    assert [text.strip() for text in pots.all_inner_texts()] == ["16,000", "0", "4,000", "4,000"]
