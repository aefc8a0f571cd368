"""The inspection on a phone whose network goes: what was typed survives, and is written once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm_site.staff.models import User
from customers.handover.rules import Risk, RiskArea
from customers.handover.services import batches
from customers.models import Building, DefectEvent, Unit, UnitDefect, UnitDelivery
from tests.factories import UserFactory
from tests.property.conftest import png

PHONE = {"width": 360, "has_touch": True}


@pytest.fixture
def inspector(sellers: dict[str, User]) -> User:
    region = sellers["executive"].node
    assert region is not None
    project = sellers["lin"].node.project  # type: ignore[union-attr]
    return UserFactory(username="zhou", name="周倩", role="specialist", node=project)


@pytest.fixture
def delivery(inspector: User) -> UnitDelivery:
    project = inspector.node.project.housing_project  # type: ignore[union-attr]
    building = Building.objects.create(project=project, name="3栋", floors=18)
    unit = Unit.objects.create(
        project=project, building=building, floor=1, number="0101", forecast_area=98
    )
    now = timezone.localtime()
    batch = batches.plan_batch(
        project=project,
        plan=batches.BatchPlan(
            name="首批",
            planned_on=now.date() + timedelta(days=20),
            risks=dict.fromkeys(RiskArea, Risk.LOW),
        ),
        actor=inspector,
        now=now,
        today=now.date(),
    )
    batches.add_units(batch=batch, units=[unit], actor=inspector, now=now)
    return UnitDelivery.objects.get()


def enter(page: Any, text: str, *, photo: bytes | None = None) -> None:
    """Record a defect in the kitchen."""
    page.get_by_label("房间", exact=True).select_option("kitchen")
    page.get_by_label("工种").select_option("water")
    page.get_by_label("严重", exact=True).check()
    page.get_by_label("问题描述").fill(text)
    if photo is not None:
        page.get_by_label("照片").set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": photo}
        )
    page.get_by_role("button", name="登记缺陷").tap()


def test_offline_then_the_tab_is_killed_then_online_gives_exactly_one_record(
    inspector: User, delivery: UnitDelivery, sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page = sign_in(inspector, **PHONE)
    page.goto(f"/handover/units/{delivery.pk}/inspection/")
    context = page.context
    enter(page, "水管接头渗水")
    expect(page.locator("#found")).to_contain_text("水管接头渗水")
    assert UnitDefect.objects.count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    context.set_offline(True)
    enter(page, "地漏堵塞", photo=png())
    expect(page.locator("#queue")).to_contain_text("地漏堵塞")
    page.wait_for_timeout(500)  # a first try has failed
    assert UnitDefect.objects.count() == 1
    page.close()  # the tab is gone, with everything it held in memory
    page_errors.found.clear()  # the failed tries are what this is about
    context.set_offline(False)

    again = context.new_page()
    page_errors.watch(again)
    again.goto(f"/handover/units/{delivery.pk}/inspection/")
    expect(again.locator("#found")).to_contain_text("地漏堵塞")
    expect(again.locator("#queue")).to_be_hidden()
    again.reload()
    again.wait_for_timeout(500)
    texts = UnitDefect.objects.order_by("pk").values_list("text", "severity")
    assert list(texts) == [("水管接头渗水", "major"), ("地漏堵塞", "major")]
    assert DefectEvent.objects.count() == 2
    assert UnitDefect.objects.get(text="地漏堵塞").photo is not None


def test_an_answer_lost_on_the_way_makes_no_second_record(
    inspector: User, delivery: UnitDelivery, sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page = sign_in(inspector, **PHONE)
    page.goto(f"/handover/units/{delivery.pk}/inspection/")
    lost = []

    def lose(route: Any) -> None:
        """Let the first request reach the server and lose its answer."""
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/defects/", lose)
    with page.expect_event("requestfailed"):
        enter(page, "窗框划伤")
    expect(page.locator("#queue")).to_contain_text("窗框划伤")
    assert lost == [201]
    assert UnitDefect.objects.count() == 1
    page_errors.found.clear()
    page.get_by_role("button", name="立即发送").tap()
    expect(page.locator("#queue")).to_be_hidden()
    expect(page.locator("#found")).to_contain_text("窗框划伤")
    assert UnitDefect.objects.count() == 1


def test_what_the_server_does_not_take_stays_with_its_reason(
    inspector: User, delivery: UnitDelivery, sign_in: Callable[..., Any], page_errors: Any
) -> None:
    page_errors.allow(409)
    page = sign_in(inspector, **PHONE)
    page.goto(f"/handover/units/{delivery.pk}/inspection/")
    enter(page, "玻璃破裂", photo=b"no picture")
    expect(page.locator("#queue")).to_contain_text("未被接受")
    expect(page.locator("#queue")).to_contain_text("JPEG")
    page.get_by_role("button", name="丢弃").tap()
    expect(page.locator("#queue")).to_be_hidden()
    assert not UnitDefect.objects.exists()
