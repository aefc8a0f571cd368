"""A manager walks from a tile to the rows behind it, and takes the dashboard away as a PDF."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from crm_site.staff.models import User
from tests.analytics.kpis.factories import PurchaseFactory
from tests.factories import CustomerFactory, InteractionFactory


def test_from_the_tile_to_the_rows_to_the_paper(
    sellers: dict[str, User], sign_in: Callable[..., Any]
) -> None:
    now = timezone.now()
    for number in range(3):
        customer = CustomerFactory(owner=sellers["lin" if number else "chen"])
        PurchaseFactory(
            customer=customer,
            state_since=now,
            begun_at=now,
            subscribed_at=now - timedelta(minutes=2),
            signed_at=now - timedelta(minutes=1),
        )
        InteractionFactory(customer=customer, channel="visit", at=now - timedelta(minutes=3))
    page = sign_in(sellers["executive"])
    page.goto("/analytics/")
    tile = page.locator('[data-kpi="signings"] .kpi-v a')
    expect(tile).to_have_attribute("data-value", "3")
    expect(page.locator("[data-chart][data-drawn] canvas").first).to_be_visible()
    requested = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert [name for name in requested if "echarts" in name]
    # the same figures by the table under the picture
    table = page.locator("[data-chart] details").first
    table.locator("summary").click()
    expect(table.locator("tbody tr").last.locator("td").first).to_have_text("3")

    tile.click()
    page.wait_for_url("**/analytics/kpis/signings/**")
    expect(page.locator("#row-count")).to_have_text("3")
    page.go_back()
    expect(tile).to_have_attribute("data-value", "3")

    # one level down, still the same figure
    page.goto("/analytics/boards/project/")
    expect(page.locator('[data-kpi="signings"] .kpi-v a')).to_have_attribute("data-value", "3")
    menu = page.locator("details.menu", has=page.locator('a[href*="/pdf/"]'))
    menu.locator("summary").click()
    with page.expect_download() as waited:
        menu.locator('a[href*="/pdf/"]').click()
    assert waited.value.suggested_filename.endswith(".pdf")
    content = Path(waited.value.path()).read_bytes()
    assert content.startswith(b"%PDF")
    assert re.search(rb"/FontFile[23]", content)


def test_by_hand_it_is_read_anew_and_the_choice_of_place_stays(
    sellers: dict[str, User], sign_in: Callable[..., Any]
) -> None:
    now = timezone.now()
    page = sign_in(sellers["executive"])
    page.goto("/analytics/boards/project/?period=week")
    expect(page.locator('[data-kpi="visits"] .kpi-v a')).to_have_attribute("data-value", "0")
    customer = CustomerFactory(owner=sellers["lin"])
    InteractionFactory(customer=customer, channel="visit", at=now)
    page.locator("[data-refresh]").click()
    expect(page.locator('[data-kpi="visits"] .kpi-v a')).to_have_attribute("data-value", "1")
    page.locator("#dash-place").select_option(index=1)
    page.wait_for_url("**place=project-**")
    assert "period=week" in page.url


def test_on_a_phone_nothing_is_cut(sellers: dict[str, User], sign_in: Callable[..., Any]) -> None:
    page = sign_in(sellers["executive"], width=360)
    page.goto("/analytics/boards/executive/")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


# As between a turn of the screen and the moment the library hears of it: in one piece.
DRAWN_WIDER = """() => {
  const box = document.querySelector('[data-drawn] [data-box]');
  const canvas = box.querySelector('canvas');
  for (const each of [box.firstElementChild, canvas]) each.style.width = '900px';
  const { scrollWidth } = document.documentElement;
  const of = (one) => one.getBoundingClientRect();
  const beside = of(canvas).right - of(box).right;
  return { page: scrollWidth - innerWidth, beside, below: of(canvas).bottom - of(box).bottom };
}"""


def test_a_chart_drawn_for_a_wider_screen_widens_no_phone_and_is_whole_on_paper(
    sellers: dict[str, User], sign_in: Callable[..., Any]
) -> None:
    page = sign_in(sellers["executive"], width=360)
    page.goto("/analytics/boards/executive/")
    page.locator("[data-chart]").first.scroll_into_view_if_needed()
    expect(page.locator("[data-chart][data-drawn] canvas").first).to_be_visible()
    on_screen = page.evaluate(DRAWN_WIDER)
    assert on_screen["page"] <= 0
    assert on_screen["beside"] > 0  # it was wider
    page.emulate_media(media="print")
    on_paper = page.evaluate(DRAWN_WIDER)
    assert on_paper["beside"] <= 0
    assert on_paper["below"] <= 0
