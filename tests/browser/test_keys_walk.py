"""From the contract to the keys: the money that is due, the stations, the signature."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm_site.staff.models import User
from customers.handover.services import notices
from customers.models import Building, Instalment, PaymentPlan, Purchase, PurchaseParty, Unit
from tests.factories import CustomerFactory, UserFactory
from tests.handover.conftest import approve, attach, fill, man, planned_batch, walk


@pytest.fixture
def people(sellers: dict[str, User]) -> dict[str, User]:
    project = sellers["lin"].node.project  # type: ignore[union-attr]
    region = sellers["executive"].node
    return sellers | {
        "specialist": UserFactory(username="zhou", name="周倩", role="specialist", node=project),
        "finance": UserFactory(username="qian", name="钱立", role="finance", node=region),
    }


@pytest.fixture
def signed(people: dict[str, User]) -> Purchase:
    """A signed purchase with an instalment due yesterday, its unit ready for the keys."""
    now = timezone.localtime()
    project = people["lin"].node.project.housing_project  # type: ignore[union-attr]
    building = Building.objects.create(project=project, name="3栋", floors=18)
    unit = Unit.objects.create(
        project=project, building=building, entrance="1", floor=3, number="0301", forecast_area=98
    )
    customer = CustomerFactory(owner=people["lin"], name="高雅琴")
    purchase = Purchase.objects.create(
        project=project,
        unit=unit,
        customer=customer,
        consultant=people["lin"],
        state="signed",
        state_since=now,
        begun_at=now,
        subscribed_at=now,
        signed_at=now,
        list_total=Decimal(1_000_000),
        agreed_total=Decimal(1_000_000),
        contract_no="HT-1",
    )
    PurchaseParty.objects.create(purchase=purchase, customer=customer, role="buyer")
    plan = PaymentPlan.objects.create(
        purchase=purchase, method="full", total=1_000_000, made_by=people["lin"]
    )
    Instalment.objects.create(
        plan=plan,
        position=1,
        label="全款",
        amount=1_000_000,
        due_on=now.date() - timedelta(days=1),
    )
    specialist = people["specialist"]
    batch = planned_batch(project, specialist, now, days=0)
    (delivery,) = fill(batch, [unit], specialist, now)
    walk(delivery, specialist, now)
    approve(batch, specialist, [people["executive"]], now)
    attach(batch.project, now)
    notices.send_notices(batch=batch, actor=specialist, now=now)
    man(batch, now.date(), specialist)
    return purchase


def test_paid_then_through_the_stations_to_the_keys(
    people: dict[str, User], signed: Purchase, sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(409)
    delivery = signed.unit.delivery  # type: ignore[union-attr]
    hall = sign_in(people["specialist"], width=360, has_touch=True)
    hall.goto(f"/handover/units/{delivery.pk}/")
    hall.get_by_role("button", name="业主到场登记").click()

    def station(note: str = "") -> None:
        hall.get_by_role("button", name="叫号").click()
        if note:
            hall.locator("#note").fill(note)
        hall.get_by_role("button", name="本环节完成").click()

    station("本人，身份证")
    station("契税，票据 17")
    expect(hall.locator("main")).to_contain_text("1,000,000")
    expect(hall.locator("main")).to_contain_text("已到期未付")

    desk = sign_in(people["finance"])
    desk.goto(f"/purchases/{signed.pk}/")
    desk.get_by_role("link", name="付款", exact=True).click()
    desk.get_by_role("link", name="登记收款").first.click()
    desk.get_by_label("收据编号").fill("SJ-1")
    desk.get_by_label("金额").fill("1000000")
    desk.get_by_role("button", name="登记收款").click()
    expect(desk.locator("main")).to_contain_text("SJ-1")

    hall.goto(f"/handover/units/{delivery.pk}/")
    hall.locator("#note").fill("契税，票据 17")
    hall.get_by_role("button", name="本环节完成").click()
    station()
    station("无异议")
    station("入户门 5 把")
    hall.get_by_role("button", name="叫号").click()
    hall.get_by_label("签字人").fill("高雅琴")
    hall.get_by_role("button", name="完成交付").click()
    expect(hall.locator(".rec-n")).to_contain_text("已收房")
    assert hall.evaluate("document.documentElement.scrollWidth") <= 360
    signed.refresh_from_db()
    assert signed.state == "handed_over"
